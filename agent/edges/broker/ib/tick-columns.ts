import type { EpochMs } from '../../../core/calendar/time.ts';
import { MISSING } from '../../../core/market/chain.ts';
import { MONEY_PER_DOLLAR, type Money } from '../../../core/market/money.ts';
import type { DataKind, Quote } from '../../../core/market/quote.ts';

const LARGEST = 2_147_483_647;
/** So long after its first tick a subscription may still be receiving what stood there before it began. */
const BURST_MS = 1_000;
/** The broker's mark for "there is none". */
const NONE = -1;

const BID = 1;
const ASK = 2;

const KINDS: readonly DataKind[] = ['live', 'live', 'frozen', 'delayed', 'delayedFrozen'];
const DELAYED = 3;

type Field = 'bid' | 'ask' | 'last' | 'close' | 'bidSize' | 'askSize' | 'volume' | 'callInterest' | 'putInterest';

interface TickMeaning {
  readonly field: Field;
  /** A new value of it proves that somebody quoted or traded just then. */
  readonly fresh: boolean;
  readonly delayed: boolean;
}

const tick = (field: Field, fresh = false, delayed = false): TickMeaning => ({ field, fresh, delayed });

const PRICES: Readonly<Record<number, TickMeaning>> = {
  1: tick('bid', true),
  2: tick('ask', true),
  4: tick('last', true),
  9: tick('close'),
  66: tick('bid', true, true),
  67: tick('ask', true, true),
  68: tick('last', true, true),
  75: tick('close', false, true),
};

const SIZES: Readonly<Record<number, TickMeaning>> = {
  0: tick('bidSize', true),
  3: tick('askSize', true),
  8: tick('volume'),
  27: tick('callInterest'),
  28: tick('putInterest'),
  69: tick('bidSize', true, true),
  70: tick('askSize', true, true),
  74: tick('volume', false, true),
};

const LAST_TIMESTAMP = 45;
const MODEL = 13;
const DELAYED_MODEL = 83;

export interface ModelTick {
  readonly type: number;
  readonly impliedVolatility: number | undefined;
  readonly delta: number | undefined;
  readonly gamma: number | undefined;
  readonly vega: number | undefined;
  readonly theta: number | undefined;
}

/**
 * The standing market of every subscribed contract, as columns: slot i of each column belongs to one subscription.
 * Ticks are written where they stay, so that a chain is a copy.
 */
export class TickColumns {
  readonly impliedVolatility: Float64Array;
  readonly delta: Float64Array;
  readonly gamma: Float64Array;
  readonly vega: Float64Array;
  readonly theta: Float64Array;
  readonly #fields: Readonly<Record<Field, Int32Array>>;
  readonly #heard: Uint8Array;
  readonly #kind: Uint8Array;
  readonly #stampedAt: Float64Array;
  readonly #changedAt: Float64Array;
  readonly #firstAt: Float64Array;

  constructor(slots: number) {
    const whole = (): Int32Array => new Int32Array(slots).fill(MISSING);
    const real = (): Float64Array => new Float64Array(slots).fill(Number.NaN);
    this.#fields = {
      bid: whole(),
      ask: whole(),
      last: whole(),
      close: whole(),
      bidSize: whole(),
      askSize: whole(),
      volume: whole(),
      callInterest: whole(),
      putInterest: whole(),
    };
    this.impliedVolatility = real();
    this.delta = real();
    this.gamma = real();
    this.vega = real();
    this.theta = real();
    this.#heard = new Uint8Array(slots);
    this.#kind = new Uint8Array(slots);
    this.#stampedAt = new Float64Array(slots);
    this.#changedAt = new Float64Array(slots);
    this.#firstAt = new Float64Array(slots);
  }

  clear(slot: number): void {
    for (const column of Object.values(this.#fields)) column[slot] = MISSING;
    for (const column of [this.impliedVolatility, this.delta, this.gamma, this.vega, this.theta]) {
      column[slot] = Number.NaN;
    }
    for (const column of [this.#heard, this.#kind, this.#stampedAt, this.#changedAt, this.#firstAt]) column[slot] = 0;
  }

  /** Zero, negative and crossed prices stay as they are; only "none" and what is no number become missing. */
  price(slot: number, type: number, price: number | undefined, now: EpochMs): void {
    const meaning = PRICES[type];
    if (meaning === undefined) return;
    const value = price === NONE ? Number.NaN : Math.round((price ?? Number.NaN) * MONEY_PER_DOLLAR);
    this.#write(slot, meaning, value, now);
    if (meaning.field === 'bid') (this.#heard[slot] as number) |= BID;
    if (meaning.field === 'ask') (this.#heard[slot] as number) |= ASK;
  }

  size(slot: number, type: number, size: number | undefined, now: EpochMs): void {
    const meaning = SIZES[type];
    if (meaning !== undefined && size !== undefined) this.#write(slot, meaning, Math.round(size), now);
  }

  text(slot: number, type: number, value: string, now: EpochMs): void {
    if (type !== LAST_TIMESTAMP) return;
    const at = Number(value) * 1000;
    if (value === '' || !(at > 0)) return;
    // A clock that is ahead of ours must not make a quote look fresh for longer than it is.
    this.#stampedAt[slot] = Math.max(this.#stampedAt[slot] as number, Math.min(at, now));
  }

  model(slot: number, values: ModelTick): void {
    if (values.type !== MODEL && values.type !== DELAYED_MODEL) return;
    this.impliedVolatility[slot] = values.impliedVolatility ?? Number.NaN;
    this.delta[slot] = values.delta ?? Number.NaN;
    this.gamma[slot] = values.gamma ?? Number.NaN;
    this.vega[slot] = values.vega ?? Number.NaN;
    this.theta[slot] = values.theta ?? Number.NaN;
  }

  /** What the broker says it delivers: 1 live, 2 frozen, 3 delayed, 4 delayed and frozen. */
  kind(slot: number, type: number): void {
    if (!(type >= 1 && type <= 4)) return;
    // Nothing that was delayed may pass for live because the stream is live again.
    if (this.#isDelayed(slot) && type < DELAYED) this.clear(slot);
    this.#kind[slot] = type;
  }

  /** Bid and ask have been heard of, be it that there is none. */
  answered(slot: number): boolean {
    return this.#heard[slot] === (BID | ASK);
  }

  value(slot: number, field: Field): number {
    return this.#fields[field][slot] as number;
  }

  /**
   * When this market was made. A new subscription is sent the standing quote, however old, so that its arrival says
   * nothing: the time is the newer of the exchange's own time stamp and the arrival of the last CHANGE of a price or
   * size, once the first second is over. 0 = cannot be said, or delayed: to be taken for stale.
   */
  quotedAt(slot: number): EpochMs {
    if (this.#isDelayed(slot)) return 0;
    return Math.max(this.#stampedAt[slot] as number, this.#changedAt[slot] as number);
  }

  /** Middle of a sound market, else the last trade, else null. */
  spot(slot: number): Money | null {
    const bid = this.value(slot, 'bid');
    const ask = this.value(slot, 'ask');
    const last = this.value(slot, 'last');
    if (bid > 0 && ask >= bid) return Math.round((bid + ask) / 2) as Money;
    return last > 0 ? (last as Money) : null;
  }

  quote(slot: number): Quote {
    const known = (field: Field): number | null => {
      const value = this.value(slot, field);
      return value === MISSING ? null : value;
    };
    return {
      bid: known('bid') as Money | null,
      ask: known('ask') as Money | null,
      last: known('last') as Money | null,
      close: known('close') as Money | null,
      bidSize: known('bidSize'),
      askSize: known('askSize'),
      volume: known('volume'),
      quotedAt: this.quotedAt(slot),
      data: KINDS[this.#kind[slot] as number] as DataKind,
    };
  }

  #write(slot: number, meaning: TickMeaning, value: number, now: EpochMs): void {
    const column = this.#fields[meaning.field];
    const before = column[slot] as number;
    const after = Number.isFinite(value) && Math.abs(value) < LARGEST ? value : MISSING;
    column[slot] = after;
    if (meaning.delayed && !this.#isDelayed(slot)) this.#kind[slot] = DELAYED;
    if (this.#firstAt[slot] === 0) this.#firstAt[slot] = now;
    if (!meaning.fresh || before === after || now < (this.#firstAt[slot] as number) + BURST_MS) return;
    this.#changedAt[slot] = now;
  }

  #isDelayed(slot: number): boolean {
    return (this.#kind[slot] as number) >= DELAYED;
  }
}
