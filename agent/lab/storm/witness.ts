import { createHash } from 'node:crypto';
import { isOpenAt } from '../../core/calendar/sessions.ts';
import type { EpochMs } from '../../core/calendar/time.ts';
import type { Instrument } from '../../core/market/contract.ts';
import { purposeOf } from '../../core/orders/attempts.ts';
import type { Intent } from '../../core/orders/intent.ts';
import type { OrderTicket } from '../../edges/broker/broker.ts';
import type { Write } from '../../edges/store/store.ts';
import type { Clock } from '../../edges/system/clock.ts';
import type { Book, BookEvent, OrderRequest } from '../exchange/book.ts';
import type { Market, MarketQuote } from '../exchange/market.ts';
import type { Evidence, Fact, GuardWord, Purpose, TrueQuote } from './evidence.ts';

/** Writes down what happens, as it happens, and what is on the disk of the appliance. */
export class Witness {
  readonly #clock: Pick<Clock, 'now'>;
  readonly #market: Market;
  readonly #digest = createHash('sha256');
  readonly #stored = new Map<string, EpochMs>();
  readonly #purposes = new Map<string, Purpose>();
  readonly #evidence: Evidence[] = [];
  readonly lines: string[] = [];

  constructor(clock: Pick<Clock, 'now'>, market: Market) {
    this.#clock = clock;
    this.#market = market;
  }

  get evidence(): readonly Evidence[] {
    return this.#evidence;
  }

  /** Of everything that was written down: the same for the same storm. */
  digest(): string {
    return this.#digest.copy().digest('hex').slice(0, 16);
  }

  note(fact: Fact): void {
    const at = this.#clock.now();
    this.#evidence.push({ ...fact, at });
    this.#line({ at, ...fact });
  }

  guard(word: GuardWord): void {
    const last = this.#evidence.findLast((fact) => fact.kind === 'guard');
    if (last?.word.halted === word.halted && last.word.working === word.working) return;
    const tripped = word.halted !== null && (last === undefined || last.word.halted === null);
    this.note({ kind: 'guard', word, tripped });
  }

  /** A synced write that is on the disk. */
  written(writes: readonly Write[]): void {
    for (const write of writes) {
      if (write.table === 'intents' && 'put' in write) this.#intent(write.put);
    }
    this.#line({ at: this.#clock.now(), kind: 'written', keys: writes.map(({ table, key }) => `${table}/${key}`) });
  }

  /** Just before its first byte is written. */
  placing(orderId: number, ticket: OrderTicket, link: string): void {
    const { orderRef, conId, side, quantity, limit } = ticket;
    const at = this.#clock.now();
    const listing = this.#market.listing(conId);
    const quote = this.#market.quote(conId);
    this.note({
      kind: 'placing',
      placing: {
        ...{ orderId, orderRef, conId, side, quantity, limit, link },
        instrument: listing?.instrument ?? null,
        stored: this.#stored.has(orderRef),
        open: isOpenAt(at),
        decidedOn: this.#stored.get(orderRef) ?? null,
        quote: quote === null ? null : seen(quote),
      },
    });
  }

  book(event: BookEvent): void {
    if (event.kind === 'order') {
      const { request } = event.order;
      const purpose = this.#purposes.get(request.orderRef) ?? null;
      this.note({ kind: 'order', order: event.order, instrument: this.#instrument(request), purpose });
    } else if (event.kind === 'execution') {
      const instrument = this.#market.listing(event.execution.conId)?.instrument ?? null;
      this.note({ kind: 'execution', execution: event.execution, instrument });
    }
  }

  #intent(intent: Intent): void {
    this.#stored.set(intent.id, intent.quotedAt);
    const key = purposeOf(intent);
    if (key !== null) this.#purposes.set(intent.id, { key, wanted: intent.pricing?.wanted ?? 0 });
  }

  #instrument({ conId }: OrderRequest): Instrument | null {
    return this.#market.listing(conId)?.instrument ?? null;
  }

  #line(line: object): void {
    const text = JSON.stringify(line);
    this.lines.push(text);
    this.#digest.update(text).update('\n');
  }
}

/**
 * The book, with every cancel of everything written down as it is received.
 * @param obeyed so many of them
 */
export function witnessedBook(book: Book, witness: Witness, obeyed = Number.POSITIVE_INFINITY): Book {
  let received = 0;
  return new Proxy(book, {
    get(target, name) {
      const value: unknown = Reflect.get(target, name, target);
      if (typeof value !== 'function') return value;
      if (name !== 'cancelAll') return value.bind(target);
      return (at: EpochMs) => {
        witness.note({ kind: 'globalCancel' });
        received += 1;
        if (received <= obeyed) target.cancelAll(at);
      };
    },
  });
}

function seen({ bid, ask, quotedAt, data }: MarketQuote): TrueQuote {
  return { bid, ask, quotedAt, live: data === 'live' };
}
