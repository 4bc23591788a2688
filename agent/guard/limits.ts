import type { Stats } from 'node:fs';
import { type Document, lookAtDocument, type Read, readDocument } from '../ground/files/document.ts';

const COUNT = [0, 1_000_000] as const;
const DOLLARS = [0, 1_000_000_000] as const;

/** What the guard lets pass, whatever the agent thinks. One contract is an option, a future, or up to 100 shares. */
export type Limits = ReturnType<typeof shape>;

export function readLimits(path: string): Read<Limits> {
  return readDocument(path, shape, distrust);
}

/** What the file says now. What is wrong with it counts at once, and so does what is mended. */
export class LimitsFile {
  readonly #path: string;
  #read: Read<Limits>;
  #looking = false;

  constructor(path: string) {
    this.#path = path;
    this.#read = readLimits(path);
  }

  get value(): Limits | null {
    return this.#read.value;
  }

  get problems(): readonly string[] {
    return this.#read.problems ?? [];
  }

  read(): void {
    this.#read = readLimits(this.#path);
  }

  /** Resolves with whether it says something else than before. */
  async look(): Promise<boolean> {
    // A disk that hangs must not take one thread after another.
    if (this.#looking) return false;
    this.#looking = true;
    const before = this.#read;
    const found = await lookAtDocument(this.#path, shape, distrust);
    this.#looking = false;
    if (this.#read !== before) return false;
    this.#read = found;
    return JSON.stringify(found) !== JSON.stringify(before);
  }
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
