import { newYorkDay } from '../../../core/calendar/new-york.ts';
import type { EpochDay, EpochMs } from '../../../core/calendar/time.ts';
import { MISSING } from '../../../core/market/chain.ts';
import type { FileReport, HistoryPart, HistorySource, KnownHistory } from '../history.ts';
import { ChainFinish } from './chain-finish.ts';
import { ChainRows } from './chain-rows.ts';
import { fingerprintOf } from './fingerprint.ts';
import { type ContractBars, type LeanKind, leanBars } from './lean-bars.ts';
import type { LeanContract } from './lean-contract.ts';
import { Tally } from './tally.ts';
import { checkedPrice, flagQuote } from './value-checks.ts';

export interface LeanOptionsOptions {
  readonly symbol: string;
  /** Archives of one symbol, year and bar size, which make one chain together. */
  readonly files: readonly { readonly kind: LeanKind; readonly path: string }[];
}

interface Contract {
  readonly contract: LeanContract;
  readonly quote: ContractBars | null;
  readonly trade: ContractBars | null;
  readonly interest: ContractBars | null;
}

/** Where the reading of a contract stands while the snapshots pass by. */
interface Cursor {
  quote: number;
  trade: number;
  interest: number;
  last: number;
  volume: number;
  openInterest: number;
  /** Line of an open interest that no row has shown yet; 0 = none. */
  unshown: number;
  day: EpochDay;
}

/** Option archives of QuantConnect's Lean: quotes, trades and open interest in bars of a day or an hour. */
export class LeanOptions implements HistorySource {
  readonly paths: readonly string[];
  readonly #symbol: string;
  readonly #files: LeanOptionsOptions['files'];
  #tallies: Tally[];

  constructor({ symbol, files }: LeanOptionsOptions) {
    this.#symbol = symbol;
    this.#files = files;
    this.paths = files.map(({ path }) => path);
    this.#tallies = [];
  }

  async *read(known: KnownHistory): AsyncGenerator<HistoryPart> {
    this.#tallies = this.#files.map(({ path, kind }) => new Tally(path, `lean-options ${kind}`));
    const contracts = await this.#contracts();
    const complete = this.#tallies.every((tally) => tally.report().complete);
    const tallies = {
      quote: this.#tallyOf('quote') ?? (this.#tallies[0] as Tally),
      interest: this.#tallyOf('openinterest') ?? (this.#tallies[0] as Tally),
    };
    const finish = new ChainFinish(known, tallies.quote, false);
    const cursors = contracts.map(newCursor);
    const rows = new ChainRows();
    for (const takenAt of timesOf(contracts)) {
      for (const [index, contract] of contracts.entries()) {
        addRow(rows, contract, cursors[index] as Cursor, { takenAt, ...tallies });
      }
      const facts = { symbol: this.#symbol, takenAt, quotedAt: takenAt, complete, spot: null, spotAt: 0 };
      const done = await finish.finish(rows.take(facts, tallies.quote), 1);
      yield { kind: 'chain', chain: done.chain };
    }
    for (const [index, { interest }] of contracts.entries()) {
      if (interest !== null) rejectRest(interest, cursors[index] as Cursor, tallies.interest);
    }
    for (const tally of this.#tallies) tally.entry = null;
  }

  fingerprint(): Promise<string> {
    return fingerprintOf(this.paths);
  }

  reports(): readonly FileReport[] {
    return this.#tallies.map((tally) => tally.report());
  }

  #tallyOf(kind: LeanKind): Tally | undefined {
    return this.#tallies[this.#files.findIndex((file) => file.kind === kind)];
  }

  async #contracts(): Promise<Contract[]> {
    const found = new Map<string, { contract: LeanContract; bars: Map<LeanKind, ContractBars> }>();
    for (const [index, { path, kind }] of this.#files.entries()) {
      for (const bars of await leanBars(path, kind, this.#tallies[index] as Tally)) {
        const { contract } = bars;
        const key = `${contract.expiration} ${contract.strike} ${contract.right}`;
        const entry = found.get(key) ?? { contract, bars: new Map() };
        entry.bars.set(kind, bars);
        found.set(key, entry);
      }
    }
    return [...found.values()].map(({ contract, bars }) => ({
      contract,
      quote: bars.get('quote') ?? null,
      trade: bars.get('trade') ?? null,
      interest: bars.get('openinterest') ?? null,
    }));
  }
}

function newCursor(): Cursor {
  return { quote: 0, trade: 0, interest: 0, last: MISSING, volume: MISSING, openInterest: MISSING, unshown: 0, day: 0 };
}

function timesOf(contracts: readonly Contract[]): EpochMs[] {
  const times = new Set<EpochMs>();
  for (const { quote, trade } of contracts) {
    for (const at of quote?.at ?? []) times.add(at);
    for (const at of trade?.at ?? []) times.add(at);
  }
  return [...times].sort((a, b) => a - b);
}

interface Now {
  readonly takenAt: EpochMs;
  /** Of the quotes, and of the open interest. */
  readonly quote: Tally;
  readonly interest: Tally;
}

/** A row when the contract has a quote or a trade in this bar; last price, volume and open interest are those of the day. */
function addRow(rows: ChainRows, { contract, quote, trade, interest }: Contract, cursor: Cursor, now: Now): void {
  const { takenAt, quote: tally } = now;
  const today = newYorkDay(takenAt);
  if (today !== cursor.day) {
    if (interest !== null) rejectUnshown(interest, cursor, now.interest);
    Object.assign(cursor, { day: today, last: MISSING, volume: MISSING, openInterest: MISSING });
  }
  const quoted = quote?.at[cursor.quote] === takenAt;
  const traded = trade?.at[cursor.trade] === takenAt;
  if (interest !== null) takeInterest(interest, cursor, now);
  if (traded) {
    cursor.last = checkedPrice(trade.first[cursor.trade] as number, cursor.trade + 1, tally);
    cursor.volume = Math.max(0, cursor.volume) + Math.max(0, trade.second[cursor.trade] as number);
    cursor.trade += 1;
  }
  if (!quoted && !traded) return;
  const bid = quoted ? (quote.first[cursor.quote] as number) : MISSING;
  const ask = quoted ? (quote.second[cursor.quote] as number) : MISSING;
  if (quoted) cursor.quote += 1;
  const line = Math.max(1, cursor.quote);
  tally.entry = quote?.entry ?? trade?.entry ?? null;
  const row = rows.add();
  const two = flagQuote(bid, ask, line, tally);
  rows.line[row] = line;
  rows.expiration[row] = contract.expiration;
  rows.strike[row] = contract.strike;
  rows.right[row] = contract.right;
  rows.bid[row] = two ? checkedPrice(bid, line, tally) : MISSING;
  rows.ask[row] = two ? checkedPrice(ask, line, tally) : MISSING;
  rows.last[row] = cursor.last;
  rows.volume[row] = cursor.volume;
  rows.openInterest[row] = cursor.openInterest;
  cursor.unshown = 0;
  for (const column of [rows.volatility, rows.delta, rows.gamma, rows.theta, rows.vega]) column[row] = Number.NaN;
}

/** The open interest published on this day, by now. */
function takeInterest(interest: ContractBars, cursor: Cursor, { takenAt, interest: tally }: Now): void {
  while ((interest.at[cursor.interest] ?? Number.POSITIVE_INFINITY) <= takenAt) {
    rejectUnshown(interest, cursor, tally);
    cursor.unshown = cursor.interest + 1;
    if (newYorkDay(interest.at[cursor.interest] as number) === cursor.day) {
      cursor.openInterest = checkedPrice(interest.first[cursor.interest] as number, cursor.unshown, tally);
    } else {
      rejectUnshown(interest, cursor, tally);
    }
    cursor.interest += 1;
  }
}

function rejectUnshown(interest: ContractBars, cursor: Cursor, tally: Tally): void {
  if (cursor.unshown === 0) return;
  tally.entry = interest.entry;
  tally.reject('openInterest', cursor.unshown);
  cursor.unshown = 0;
}

function rejectRest(interest: ContractBars, cursor: Cursor, tally: Tally): void {
  rejectUnshown(interest, cursor, tally);
  for (; cursor.interest < interest.at.length; cursor.interest += 1) {
    cursor.unshown = cursor.interest + 1;
    rejectUnshown(interest, cursor, tally);
  }
}
