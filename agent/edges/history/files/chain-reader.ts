import { newYorkDate } from '../../../core/calendar/new-york.ts';
import { DAY_MS, type EpochDay, type EpochMs } from '../../../core/calendar/time.ts';
import { type Chain, MISSING } from '../../../core/market/chain.ts';
import type { ChainLayout, Field } from './chain-layouts.ts';
import { ChainRows } from './chain-rows.ts';
import { BROKEN, day, whole } from './fields.ts';
import { lastTradingDay, type Moment, momentOf, sessionDayAfter, sessionOf } from './moments.ts';
import type { Reject } from './reasons.ts';
import type { RowScanner } from './row-scanner.ts';
import type { Tally } from './tally.ts';
import { type Kind, TypedRow } from './typed-row.ts';
import { checkedDelta, checkedPrice, checkedVolatility, flagQuote } from './value-checks.ts';

export interface ChainReaderOptions {
  readonly layout: ChainLayout;
  /** The columns of the file, in lower case. */
  readonly header: readonly string[];
  /** Used when no column says it. */
  readonly symbol: string;
  /** The session that the file describes, when its name says so. */
  readonly session: EpochDay | null;
  /** A split lies between that session and the date in the name: the file is in the new shares, and nothing in it is raw. */
  readonly mixed?: boolean;
  readonly tally: Tally;
}

const MONEY = 10_000;
const TRADE_TIME =
  /^\d{4}-(0\d|1[0-2])-([0-2]\d|3[01])T([01]\d|2[0-3]):[0-5]\d:[0-5]\d(\.\d+)?([+-](0\d|1[0-4]):[0-5]\d|Z)$/;
/** A file named after a session is not taken more than a long weekend and some days later. */
const MOST_LATE_MS = 10 * DAY_MS;
const KINDS: Readonly<Record<Field, Kind>> = {
  time: 'date',
  symbol: 'text',
  expiration: 'date',
  strike: 'money',
  right: 'right',
  bid: 'money',
  ask: 'money',
  last: 'money',
  volume: 'count',
  openInterest: 'count',
  volatility: 'real',
  delta: 'real',
  gamma: 'real',
  theta: 'real',
  vega: 'real',
  spot: 'money',
  tradedAt: 'text',
};
const FIELDS = Object.keys(KINDS) as readonly Field[];

/** Turns rows of text into chains. Rows of a snapshot must stand together, and a symbol's snapshots in the order of time. */
export class ChainReader {
  /** The row that `row` takes: the caller has it read. */
  readonly values: TypedRow;
  readonly #layout: ChainLayout;
  /** Where the fields are among the values; behind all columns where there is none. */
  readonly #at: Readonly<Record<Field, number>>;
  readonly #hasSymbol: boolean;
  readonly #hasTrades: boolean;
  readonly #tally: Tally;
  readonly #named: boolean;
  readonly #rows: ChainRows;
  readonly #tradingDays = new Map<EpochDay, EpochDay>();
  /** The expiration that was looked up last, and its trading day. */
  #written: EpochDay = BROKEN;
  #traded: EpochDay = BROKEN;
  readonly #newest = new Map<string, EpochMs>();
  #symbol: string;
  /** As the file writes it. */
  #time = BROKEN;
  #moment: Moment = { takenAt: 0, quotedAt: 0, day: 0, outside: false, closed: false };
  /** What is wrong with the whole snapshot. */
  #problem: Reject | null = null;
  #spot: number | null = null;
  #newestTrade = 0;

  constructor({ layout, header, symbol, session, mixed, tally }: ChainReaderOptions) {
    this.#layout = layout;
    const at = Object.fromEntries(FIELDS.map((field) => [field, columnOf(field, layout, header)]));
    this.#at = at as Record<Field, number>;
    this.#hasSymbol = this.#at.symbol < header.length;
    this.#hasTrades = this.#at.tradedAt < header.length;
    this.#rows = new ChainRows(new Set(FIELDS.filter((field) => this.#at[field] === header.length)));
    this.values = new TypedRow(kindsOf(layout, header));
    this.#symbol = symbol;
    this.#tally = tally;
    this.#named = session !== null;
    if (session !== null) this.#begin(session, symbol);
    if (mixed) this.#problem = 'splitDay';
  }

  /** Takes the row that was read from the scanner. Returns the chain before it when the row begins another snapshot. */
  row(scan: RowScanner): Chain | null {
    this.#tally.rows += 1;
    const { values } = this;
    if (!values.fits) return this.#reject('columns', scan);
    if (this.#named && values.apart && scan.starts[0] === scan.ends[0]) return this.#underlying(scan);
    let chain: Chain | null = null;
    if (!this.#named) {
      const time = values.whole[this.#at.time] as number;
      const symbol = this.#hasSymbol ? scan.text(this.#at.symbol).toUpperCase() : this.#symbol;
      if (time === BROKEN || time === MISSING || symbol === '') return this.#reject('broken', scan);
      if (time !== this.#time || symbol !== this.#symbol) {
        chain = this.take(true);
        this.#begin(time, symbol);
      }
    }
    const problem = this.#contract(scan);
    if (problem !== null) this.#tally.reject(problem, scan.line);
    return chain;
  }

  /** The chain read so far, `null` when it has no rows. */
  take(complete: boolean): Chain | null {
    if (this.#rows.size === 0) return null;
    const { quotedAt } = this.#moment;
    const takenAt = Math.max(this.#moment.takenAt, this.#newestTrade);
    if (this.#layout.time === 'pre-open') this.#flagLateness(takenAt);
    const heardAt = this.#newestTrade > 0 ? takenAt : quotedAt;
    const facts = { symbol: this.#symbol, takenAt, quotedAt: heardAt, complete, spot: this.#spot, spotAt: quotedAt };
    this.#newest.set(this.#symbol, takenAt);
    return this.#rows.take(facts, this.#tally);
  }

  #begin(time: number, symbol: string): void {
    this.#time = time;
    this.#symbol = symbol;
    this.#spot = null;
    this.#newestTrade = 0;
    this.#problem = null;
    const moment = momentOf(this.#layout.time, time);
    if (moment === null) {
      this.#problem = 'broken';
      return;
    }
    this.#moment = moment;
    if (moment.closed) this.#problem = 'holiday';
    else if (moment.takenAt <= (this.#newest.get(symbol) ?? 0)) this.#problem = 'backward';
  }

  /** Reads a row's contract and values into the snapshot, or says why not. */
  #contract(scan: RowScanner): Reject | null {
    const { line } = scan;
    const { whole: int, real } = this.values;
    const at = this.#at;
    const tally = this.#tally;
    const written = int[at.expiration] as number;
    const strike = int[at.strike] as number;
    const right = int[at.right] as number;
    const expiration = this.#tradingDay(written);
    if (expiration === BROKEN || !(strike > 0) || right === BROKEN) return 'broken';
    const bid = int[at.bid] as number;
    const ask = int[at.ask] as number;
    const last = int[at.last] as number;
    const volume = int[at.volume] as number;
    const interest = int[at.openInterest] as number;
    const volatility = (real[at.volatility] as number) / (this.#layout.volatilityInPercent ? 100 : 1);
    const delta = real[at.delta] as number;
    const gamma = real[at.gamma] as number;
    const theta = real[at.theta] as number;
    const vega = real[at.vega] as number;
    const spot = int[at.spot] as number;
    if (bid === BROKEN || ask === BROKEN || last === BROKEN || volume === BROKEN || interest === BROKEN)
      return 'broken';
    if (spot === BROKEN || anyInfinite(volatility, delta, gamma) || anyInfinite(theta, vega, 0)) return 'broken';
    if (this.#problem !== 'broken' && expiration < this.#moment.day) return 'expired';
    if (this.#problem !== null) return this.#problem;
    if (this.#layout.time === 'file name' && !(last > 0 || interest > 0 || volume > 0 || volatility > 0))
      return 'nothing';
    if (this.#hasTrades && !this.#heardOfTrade(scan)) return 'broken';
    if (written !== expiration) tally.flag('saturday', line);
    if (this.#moment.outside) tally.flag('outside', line);
    if (spot > 0) this.#spot = spot;
    const rows = this.#rows;
    const row = rows.add();
    const quoted = flagQuote(bid, ask, line, tally);
    rows.line[row] = line;
    rows.expiration[row] = expiration;
    rows.strike[row] = strike;
    rows.right[row] = right;
    rows.bid[row] = quoted ? checkedPrice(bid, line, tally) : MISSING;
    rows.ask[row] = quoted ? checkedPrice(ask, line, tally) : MISSING;
    rows.last[row] = last === 0 ? this.#noLast(line) : checkedPrice(last, line, tally);
    rows.volume[row] = checkedPrice(volume, line, tally);
    rows.openInterest[row] = checkedPrice(interest, line, tally);
    rows.volatility[row] = checkedVolatility(volatility, { quoted, line, tally });
    rows.delta[row] = checkedDelta(delta, right, line, tally);
    rows.gamma[row] = gamma;
    rows.theta[row] = theta;
    rows.vega[row] = vega;
    return null;
  }

  #noLast(line: number): number {
    this.#tally.blank('last', line);
    return MISSING;
  }

  #tradingDay(written: EpochDay): EpochDay {
    // Rows of an expiration stand together in most files.
    if (written === this.#written) return this.#traded;
    let found = this.#tradingDays.get(written);
    if (found === undefined) {
      found = written === BROKEN ? BROKEN : lastTradingDay(written);
      this.#tradingDays.set(written, found);
    }
    this.#written = written;
    this.#traded = found;
    return found;
  }

  /** The first row of a universe is the underlying's day: open, high, low, close. */
  #underlying(scan: RowScanner): null {
    const [high, low, close] = [4, 5, 6].map((field) =>
      whole(scan.bytes, scan.starts[field] as number, scan.ends[field] as number, MONEY),
    ) as [number, number, number];
    if (close > 0 && close >= low && close <= high) this.#spot = close;
    else this.#tally.blank('spot', scan.line);
    return null;
  }

  /** False when the time of the trade cannot be. */
  #heardOfTrade(scan: RowScanner): boolean {
    const text = scan.text(this.#at.tradedAt).replace(' ', 'T');
    if (text === '') return true;
    const { bytes, starts, ends } = scan;
    const { tradedAt } = this.#at;
    if (!TRADE_TIME.test(text) || day(bytes, starts[tradedAt] as number, ends[tradedAt] as number) === BROKEN)
      return false;
    const at = Temporal.Instant.from(text).epochMilliseconds;
    if (at > this.#moment.takenAt + MOST_LATE_MS) return false;
    this.#newestTrade = Math.max(this.#newestTrade, at);
    return true;
  }

  /** A file that was meant to be taken before the open and holds trades from after it. */
  #flagLateness(takenAt: EpochMs): void {
    const next = sessionOf(sessionDayAfter(this.#moment.day));
    if (next !== null && takenAt > next.open) this.#tally.flag('later', 1, `holds trades of ${newYorkDate(takenAt)}`);
  }

  #reject(reason: Reject, scan: RowScanner): null {
    this.#tally.reject(reason, scan.line);
    return null;
  }
}

function columnOf(field: Field, layout: ChainLayout, header: readonly string[]): number {
  const column = header.indexOf(layout.fields[field] ?? '\0');
  return column < 0 ? header.length : column;
}

function kindsOf(layout: ChainLayout, header: readonly string[]): Kind[] {
  const kinds = header.map((): Kind => 'skipped');
  for (const field of FIELDS) {
    const column = columnOf(field, layout, header);
    if (column < header.length) kinds[column] = field === 'time' && layout.time === 'seconds' ? 'count' : KINDS[field];
  }
  return kinds;
}

/** What is no number was read as infinity. Adding up would not tell: infinity and an unknown value make an unknown one. */
function anyInfinite(a: number, b: number, c: number): boolean {
  return a === Number.POSITIVE_INFINITY || b === Number.POSITIVE_INFINITY || c === Number.POSITIVE_INFINITY;
}
