import type { ListedInstrument } from '../../../core/market/contract.ts';
import type { Quote } from '../../../core/market/quote.ts';
import { type Answer, answered, unanswered } from '../answer.ts';
import type { Lines } from './lines.ts';
import { offline, type Room } from './room.ts';

/** One contract's market, from the line it has or gets. The line stays until another one needs its place. */
export class Quotes {
  readonly #room: Room;
  readonly #lines: Lines;
  readonly #roundTrip: () => Promise<unknown>;

  /** @param roundTrip resolves when everything that the broker has sent so far has been heard */
  constructor(room: Room, lines: Lines, roundTrip: () => Promise<unknown>) {
    this.#room = room;
    this.#lines = lines;
    this.#roundTrip = roundTrip;
  }

  async quote(listed: ListedInstrument): Promise<Answer<Quote>> {
    const none = offline(this.#room);
    if (none !== null) return none;
    const first = this.#lines.open(listed);
    if (first === null) return unanswered('refused', 'no market-data line is free');
    if (!this.#lines.columns.answered(first)) {
      await this.#lines.settled([listed.conId], this.#room.clock.now() + this.#room.requests.timeoutMs);
      await this.#roundTrip();
    }
    const gone = offline(this.#room);
    if (gone !== null) return gone;
    const refusal = this.#lines.refusalOf(listed.conId);
    if (refusal !== null) return unanswered('refused', refusal, Number.parseInt(refusal, 10));
    const slot = this.#lines.slotOf(listed.conId);
    if (slot === null) return unanswered('unknown', 'the subscription was lost');
    if (!this.#lines.columns.answered(slot)) return unanswered('unknown', 'no bid and ask in time');
    return answered(this.#lines.columns.quote(slot));
  }
}
