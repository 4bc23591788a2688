import { type Answer, answered, unanswered } from '../answer.ts';
import { isNonsense, type Nonsense } from './map-contract.ts';
import type { Room } from './room.ts';

/** Far more than anybody holds; so that a broker that sends garbage without end cannot fill the memory. */
const MOST_NAMED = 1_000;

/**
 * Lists that are whole or unknown. A row left out of one would look like an order that is gone or a position that was
 * closed, so that a stock, option, future or combination that cannot be read makes the whole answer unknown. What this
 * program never trades (bonds, currencies, options on futures and so on) cannot be ours and would keep every answer
 * unknown for as long as it is held: it is left out, and the log names it once.
 */
export class WholeAnswers {
  readonly #room: Room;
  readonly #named = new Set<string>();

  constructor(room: Room) {
    this.#room = room;
  }

  of<T extends object>(what: string, rows: Iterable<T | Nonsense>): Answer<readonly T[]> {
    const read: T[] = [];
    let unread: string | null = null;
    for (const row of rows) {
      if (!isNonsense(row)) read.push(row);
      else if (row.foreign) this.#name(row.nonsense);
      else unread ??= row.nonsense;
    }
    return unread === null ? answered(read) : unanswered('unknown', `${what}: the broker sent ${unread}`);
  }

  #name(what: string): void {
    if (this.#named.has(what) || this.#named.size >= MOST_NAMED) return;
    this.#named.add(what);
    this.#room.log.info({ what }, 'left out, because it is never traded here');
    this.#room.emit({ kind: 'notice', code: 0, reason: `left out: ${what}`, at: this.#room.clock.now() });
  }
}
