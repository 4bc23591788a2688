import type { Stats } from 'node:fs';
import type { Document } from '../ground/files/document.ts';
import { LiveDocument } from '../ground/files/live-document.ts';

const COUNT = [0, 1_000_000] as const;
const DOLLARS = [0, 1_000_000_000] as const;
const PAPER_ACCOUNT = /^D[A-Z]?\d+$/;

/** What the guard lets pass, whatever the agent thinks. One contract is an option, a future, or up to 100 shares. */
export type Limits = ReturnType<typeof shape>;

export function limitsAt(path: string): LiveDocument<Limits> {
  return new LiveDocument(path, shape, distrust);
}

/** Without a word about the account the gateway would choose one. */
export function isAllowed(account: string, allowed: string): boolean {
  return allowed === 'paper' ? PAPER_ACCOUNT.test(account) : account === allowed;
}

/** The file must belong to root, or to whoever the guard runs as, and nobody else may be able to write it. */
function distrust({ uid, mode }: Stats): string | null {
  if (uid !== 0 && uid !== process.getuid?.()) return `it belongs to user ${uid}`;
  return (mode & 0o022) === 0 ? null : 'others than its owner may write it';
}

function shape(document: Document) {
  return {
    /** `paper` = any paper account. */
    account: document.text('account', /^([A-Z]{1,3}\d{4,12}|paper)$/, 'an account such as DU1234567, or paper'),
    symbols: document.texts('symbols', /^[A-Z][A-Z0-9. ]{0,11}$/, 'symbols'),
    /** `BAG` for combos, whose legs are looked at as well. */
    secTypes: document.texts('secTypes', /^(STK|OPT|FUT|FOP|BAG)$/, 'STK, OPT, FUT, FOP or BAG'),
    ordersPerMinute: document.number('ordersPerMinute', COUNT),
    ordersPerDay: document.number('ordersPerDay', COUNT),
    contractsPerOrder: document.number('contractsPerOrder', COUNT),
    contractsPerDay: document.number('contractsPerDay', COUNT),
    /** Whole dollars: strike times multiplier of what is sold, limit times multiplier of what is bought. */
    notionalPerOrder: document.number('notionalPerOrder', DOLLARS),
    notionalPerDay: document.number('notionalPerDay', DOLLARS),
    /** `covered`: never more calls short than shares held. */
    shortCalls: document.oneOf('shortCalls', 'any', 'covered'),
  };
}
