import type { Settings } from './schema.ts';

interface Contradiction {
  readonly key: string;
  readonly text: string;
}

/** The ids of Interactive Brokers' paper accounts begin with it. */
const PAPER_ACCOUNT = /^D/;

/** What no single setting can tell. */
export function contradictions(settings: Settings): readonly Contradiction[] {
  return [...aboutMoney(settings), ...aboutLimits(settings), ...aboutTimes(settings), ...aboutSecrets(settings)];
}

/** Real money is traded only when two settings agree. */
function aboutMoney({ broker: { mode, account }, liveTradingConfirmed: confirmed }: Settings): Contradiction[] {
  const found: Contradiction[] = [];
  const against = (key: string, text: string): void => void found.push({ key, text });
  if (mode === 'live') {
    if (account === null) against('broker.mode', 'must be paper unless broker.account names the account to trade');
    else if (PAPER_ACCOUNT.test(account)) against('broker.account', 'is a paper account, but broker.mode is live');
    if (confirmed === null) against('broker.mode', 'must be paper unless liveTradingConfirmed names the account too');
    else if (account !== null && confirmed !== account) {
      against('liveTradingConfirmed', 'must be the same account as broker.account');
    }
    return found;
  }
  if (confirmed !== null) against('liveTradingConfirmed', 'must be left out while broker.mode is paper');
  if (account !== null && !PAPER_ACCOUNT.test(account)) {
    against('broker.account', 'is no paper account (those begin with D), but broker.mode is paper');
  }
  return found;
}

function aboutLimits({ strategy: { putWrite }, risk }: Settings): Contradiction[] {
  const found: Contradiction[] = [];
  if (putWrite.minDelta >= putWrite.maxDelta) {
    found.push({ key: 'strategy.putWrite.minDelta', text: `must be below maxDelta, which is ${putWrite.maxDelta}` });
  }
  if (putWrite.minDaysToExpiration > putWrite.maxDaysToExpiration) {
    const text = `must not be above maxDaysToExpiration, which is ${putWrite.maxDaysToExpiration}`;
    found.push({ key: 'strategy.putWrite.minDaysToExpiration', text });
  }
  if (risk.maxSecuredPerSymbolDollars > risk.maxSecuredTotalDollars) {
    const text = `must not be above maxSecuredTotalDollars, which is ${risk.maxSecuredTotalDollars}`;
    found.push({ key: 'risk.maxSecuredPerSymbolDollars', text });
  }
  return found;
}

/** An order stands on an analysis of the same day. */
function aboutTimes({ schedule: { analyse, execute } }: Settings): Contradiction[] {
  if (!analyse.enabled || !execute.enabled) return [];
  const first = analyse.times.toSorted()[0] ?? '';
  if (execute.times.every((time) => time > first)) return [];
  return [{ key: 'schedule.execute.times', text: `must be later than the first analysis, which is at ${first}` }];
}

function aboutSecrets({ mqtt }: Settings): Contradiction[] {
  if (!mqtt.url.includes('@')) return [];
  return [{ key: 'mqtt.url', text: 'must not hold a user or password: see mqtt.username and secretsFile' }];
}
