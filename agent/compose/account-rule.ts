/** The ids of Interactive Brokers' paper accounts begin with it. */
const PAPER_ACCOUNT = /^D/;

/**
 * Real money only where the configuration means it, and play money only where it says so: why the account that the broker
 * names must not be traded, or `null`.
 */
export function accountRule(wanted: {
  readonly mode: 'paper' | 'live';
  readonly id: string | null;
}): (accounts: readonly string[]) => string | null {
  return (accounts) => {
    const account = wanted.id ?? accounts[0];
    if (account === undefined) return 'the broker has named no account';
    if (!accounts.includes(account)) return `the session does not manage the account ${account} of the configuration`;
    const paper = PAPER_ACCOUNT.test(account);
    if (wanted.mode === 'paper' && !paper) return `account ${account} holds real money, but broker.mode is paper`;
    if (wanted.mode === 'live' && paper) return `account ${account} is a paper account, but broker.mode is live`;
    return null;
  };
}
