import { newYorkDate } from '../../../core/calendar/new-york.ts';
import { DAY_MS, type EpochDay, type EpochMs } from '../../../core/calendar/time.ts';
import { CALL, type Chain, MISSING, PUT } from '../../../core/market/chain.ts';
import type { ChainLayout, Field } from './chain-layouts.ts';
import { ChainRows } from './chain-rows.ts';
import { BROKEN, day, real, whole } from './fields.ts';
import { lastTradingDay, type Moment, momentOf, sessionDayAfter, sessionOf } from './moments.ts';
import type { Reject } from './reasons.ts';
import type { RowScanner } from './row-scanner.ts';
import type { Tally } from './tally.ts';
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
const CALL_LETTER = 'c'.charCodeAt(0);
const PUT_LETTER = 'p'.charCodeAt(0);
const LOWER_CASE = 32;
const TRADE_TIME =
  /^\d{4}-(0\d|1[0-2])-([0-2]\d|3[01])T([01]\d|2[0-3]):[0-5]\d:[0-5]\d(\.\d+)?([+-](0\d|1[0-4]):[0-5]\d|Z)$/;
/** A file named after a session is not taken more than a long weekend and some days later. */
const MOST_LATE_MS = 10 * DAY_MS;
const FIELDS: readonly Field[] = [
  ...(['time', 'symbol', 'expiration', 'strike', 'right', 'bid', 'ask', 'last', 'volume'] as const),
  ...(['openInterest', 'volatility', 'delta', 'gamma', 'theta', 'vega', 'spot', 'tradedAt'] as const),
];

/** Turns rows of text into chains. Rows of a snapshot must stand together, and a symbol's snapshots in the order of time. */
export class ChainReader {
  readonly #layout: ChainLayout;
  readonly #columns: number;
  readonly #at: Readonly<Record<Field, number>>;
  readonly #tally: Tally;
  readonly #named: boolean;
  readonly #rows = new ChainRows();
  readonly #tradingDays = new Map<EpochDay, EpochDay>();
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
    this.#columns = header.length;
    this.#at = Object.fromEntries(
      FIELDS.map((field) => [field, header.indexOf(layout.fields[field] ?? '\0')]),
    ) as Record<Field, number>;
    this.#symbol = symbol;
    this.#tally = tally;
    this.#named = session !== null;
    if (session !== null) this.#begin(session, symbol);
    if (mixed) this.#problem = 'splitDay';
  }

  /** Takes the scanner's row. Returns the chain before it when the row begins another snapshot. */
  row(scan: RowScanner): Chain | null {
    this.#tally.rows += 1;
    if (scan.count !== this.#columns) return this.#reject('columns', scan);
    if (this.#named && scan.starts[0] === scan.ends[0]) return this.#underlying(scan);
    let chain: Chain | null = null;
    if (!this.#named) {
      const time = this.#timeIn(scan);
      const symbol = this.#at.symbol < 0 ? this.#symbol : scan.text(this.#at.symbol).toUpperCase();
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

  #timeIn(scan: RowScanner): number {
    const start = scan.starts[this.#at.time] as number;
    const end = scan.ends[this.#at.time] as number;
    return this.#layout.time === 'seconds' ? whole(scan.bytes, start, end, 1) : day(scan.bytes, start, end);
  }

  /** Reads a row's contract and values into the snapshot, or says why not. */
  #contract(scan: RowScanner): Reject | null {
    const { bytes, starts, ends, line } = scan;
    const at = this.#at;
    const tally = this.#tally;
    const int = (column: number, scale: number): number =>
      column < 0 ? MISSING : whole(bytes, starts[column] as number, ends[column] as number, scale);
    const float = (column: number): number =>
      column < 0 ? Number.NaN : real(bytes, starts[column] as number, ends[column] as number);
    const written = day(bytes, starts[at.expiration] as number, ends[at.expiration] as number);
    const strike = int(at.strike, MONEY);
    const letter = (bytes[starts[at.right] as number] as number) | LOWER_CASE;
    const right = letter === CALL_LETTER ? CALL : letter === PUT_LETTER ? PUT : BROKEN;
    const expiration = this.#tradingDay(written);
    if (expiration === BROKEN || !(strike > 0) || right === BROKEN || ends[at.right] === starts[at.right])
      return 'broken';
    const bid = int(at.bid, MONEY);
    const ask = int(at.ask, MONEY);
    const last = int(at.last, MONEY);
    const volume = int(at.volume, 1);
    const interest = int(at.openInterest, 1);
    const volatility = float(at.volatility) / (this.#layout.volatilityInPercent ? 100 : 1);
    const delta = float(at.delta);
    const gamma = float(at.gamma);
    const theta = float(at.theta);
    const vega = float(at.vega);
    const spot = int(at.spot, MONEY);
    if (bid === BROKEN || ask === BROKEN || last === BROKEN || volume === BROKEN || interest === BROKEN)
      return 'broken';
    if (spot === BROKEN || anyInfinite(volatility, delta, gamma) || anyInfinite(theta, vega, 0)) return 'broken';
    if (this.#problem !== 'broken' && expiration < this.#moment.day) return 'expired';
    if (this.#problem !== null) return this.#problem;
    if (this.#layout.time === 'file name' && !(last > 0 || interest > 0 || volume > 0 || volatility > 0))
      return 'nothing';
    if (at.tradedAt >= 0 && !this.#heardOfTrade(scan)) return 'broken';
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
    let found = this.#tradingDays.get(written);
    if (found === undefined) {
      found = written === BROKEN ? BROKEN : lastTradingDay(written);
      this.#tradingDays.set(written, found);
    }
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

/** What is no number was read as infinity. Adding up would not tell: infinity and an unknown value make an unknown one. */
function anyInfinite(a: number, b: number, c: number): boolean {
  return a === Number.POSITIVE_INFINITY || b === Number.POSITIVE_INFINITY || c === Number.POSITIVE_INFINITY;
}
