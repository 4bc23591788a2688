import { CALL, type Chain, emptyChain } from '../../../core/market/chain.ts';
import type { Money } from '../../../core/market/money.ts';
import type { Tally } from './tally.ts';

const RIGHTS = 2;
/** Expirations times this, plus strikes and rights, is one whole number that sorts like the three. */
const STRIKES = 2 ** 32;

/** What a chain has besides its rows. */
export interface ChainFacts {
  readonly symbol: string;
  readonly takenAt: number;
  readonly quotedAt: number;
  readonly complete: boolean;
  readonly spot: number | null;
  readonly spotAt: number;
}

/** The rows of one snapshot as they come in, in columns that are used again for the next. */
export class ChainRows {
  size = 0;
  line = new Int32Array(0);
  expiration = new Int32Array(0);
  strike = new Int32Array(0);
  right = new Uint8Array(0);
  bid = new Int32Array(0);
  ask = new Int32Array(0);
  last = new Int32Array(0);
  volume = new Int32Array(0);
  openInterest = new Int32Array(0);
  volatility = new Float64Array(0);
  delta = new Float64Array(0);
  gamma = new Float64Array(0);
  theta = new Float64Array(0);
  vega = new Float64Array(0);
  /** The order that sorted the snapshot before, which often sorts the next. */
  #order = new Uint32Array(0);
  readonly #absent: ReadonlySet<string>;
  /** Columns in which nothing is known, the same for all chains: nobody writes into a chain. */
  #nothing = nothing(0);

  /** `absent`: columns of which no row says anything. */
  constructor(absent: ReadonlySet<string> = new Set()) {
    this.#absent = absent;
  }

  /** The index of a new row; every column must be written there. */
  add(): number {
    if (this.size === this.line.length) this.#grow(Math.max(1024, this.size * 2));
    this.size += 1;
    return this.size - 1;
  }

  /** The rows as a sorted chain, each contract once; the rows are gone from here. */
  take(facts: ChainFacts, tally: Tally): Chain {
    const chain = this.#strictlyAscends() ? this.#asTheyStand(facts) : this.#inOrder(facts, this.#sorted(tally));
    chain.quotedAt.fill(facts.quotedAt);
    this.size = 0;
    return chain;
  }

  #asTheyStand(facts: ChainFacts): Chain {
    const { size } = this;
    return {
      ...emptyChain(facts.symbol, 0),
      ...headOf(facts),
      size,
      conId: this.#nothing.zero.subarray(0, size),
      quotedAt: new Float64Array(size),
      expiration: this.expiration.slice(0, size),
      strike: this.strike.slice(0, size),
      right: this.right.slice(0, size),
      bid: this.#whole('bid', this.bid),
      ask: this.#whole('ask', this.ask),
      last: this.#whole('last', this.last),
      volume: this.#whole('volume', this.volume),
      openInterest: this.#whole('openInterest', this.openInterest),
      impliedVolatility: this.#real('volatility', this.volatility),
      delta: this.#real('delta', this.delta),
      gamma: this.#real('gamma', this.gamma),
      theta: this.#real('theta', this.theta),
      vega: this.#real('vega', this.vega),
    };
  }

  #whole(name: string, column: Int32Array): Int32Array {
    return this.#absent.has(name) ? this.#nothing.whole.subarray(0, this.size) : column.slice(0, this.size);
  }

  #real(name: string, column: Float64Array): Float64Array {
    return this.#absent.has(name) ? this.#nothing.real.subarray(0, this.size) : column.slice(0, this.size);
  }

  #inOrder(facts: ChainFacts, order: Uint32Array): Chain {
    const chain = { ...emptyChain(facts.symbol, order.length), ...headOf(facts) };
    for (let i = 0; i < order.length; i += 1) {
      const row = order[i] as number;
      chain.expiration[i] = this.expiration[row] as number;
      chain.strike[i] = this.strike[row] as number;
      chain.right[i] = this.right[row] as number;
      chain.bid[i] = this.bid[row] as number;
      chain.ask[i] = this.ask[row] as number;
      chain.last[i] = this.last[row] as number;
      chain.volume[i] = this.volume[row] as number;
      chain.openInterest[i] = this.openInterest[row] as number;
      chain.impliedVolatility[i] = this.volatility[row] as number;
      chain.delta[i] = this.delta[row] as number;
      chain.gamma[i] = this.gamma[row] as number;
      chain.theta[i] = this.theta[row] as number;
      chain.vega[i] = this.vega[row] as number;
    }
    return chain;
  }

  /** Whether the rows are sorted already, and no contract is there twice. */
  #strictlyAscends(): boolean {
    const { expiration, strike, right, size } = this;
    for (let row = 1; row < size; row += 1) {
      const days = (expiration[row] as number) - (expiration[row - 1] as number);
      if (days > 0) continue;
      const step = days < 0 ? days : (strike[row] as number) - (strike[row - 1] as number);
      if (step > 0) continue;
      if (step < 0 || right[row - 1] !== CALL || right[row] === CALL) return false;
    }
    return true;
  }

  /** Row numbers by expiration, strike and right; of a contract that is there twice the first. */
  #sorted(tally: Tally): Uint32Array {
    const keys = new Float64Array(this.size);
    for (let row = 0; row < this.size; row += 1) {
      const strike = (this.strike[row] as number) * RIGHTS + ((this.right[row] as number) === CALL ? 0 : 1);
      keys[row] = (this.expiration[row] as number) * STRIKES + strike;
    }
    if (!(this.#order.length === this.size && ascends(keys, this.#order))) {
      this.#order = Uint32Array.from(keys, (_, row) => row);
      if (!ascends(keys, this.#order)) {
        this.#order.sort((a, b) => (keys[a] as number) - (keys[b] as number) || a - b);
      }
    }
    if (strictlyAscends(keys, this.#order)) return this.#order;
    return this.#order.filter((row, i) => {
      if (i === 0 || keys[row] !== keys[this.#order[i - 1] as number]) return true;
      tally.reject('repeated', this.line[row] as number);
      return false;
    });
  }

  #grow(room: number): void {
    const grown = <C extends Int32Array | Uint8Array | Float64Array>(column: C, bigger: C): C => {
      bigger.set(column);
      return bigger;
    };
    const int = (column: Int32Array): Int32Array<ArrayBuffer> =>
      grown(column, new Int32Array(room)) as Int32Array<ArrayBuffer>;
    const real = (column: Float64Array): Float64Array<ArrayBuffer> =>
      grown(column, new Float64Array(room)) as Float64Array<ArrayBuffer>;
    this.line = int(this.line);
    this.expiration = int(this.expiration);
    this.strike = int(this.strike);
    this.right = grown(this.right, new Uint8Array(room));
    this.bid = int(this.bid);
    this.ask = int(this.ask);
    this.last = int(this.last);
    this.volume = int(this.volume);
    this.openInterest = int(this.openInterest);
    this.volatility = real(this.volatility);
    this.delta = real(this.delta);
    this.gamma = real(this.gamma);
    this.theta = real(this.theta);
    this.vega = real(this.vega);
    this.#nothing = nothing(room);
  }
}

function nothing(size: number) {
  const { conId, bid, gamma } = emptyChain('', size);
  return { zero: conId, whole: bid, real: gamma };
}

function headOf({ symbol, takenAt, complete, spot, spotAt }: ChainFacts) {
  return { symbol, takenAt, complete, spotAt, spot: spot as Money | null };
}

function ascends(keys: Float64Array, order: Uint32Array): boolean {
  for (let i = 1; i < order.length; i += 1) {
    if ((keys[order[i] as number] as number) < (keys[order[i - 1] as number] as number)) return false;
  }
  return true;
}

function strictlyAscends(keys: Float64Array, order: Uint32Array): boolean {
  for (let i = 1; i < order.length; i += 1) {
    if (!((keys[order[i] as number] as number) > (keys[order[i - 1] as number] as number))) return false;
  }
  return true;
}
