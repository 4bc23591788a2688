import { describeInstrument, type Instrument, instrumentKey } from '../market/contract.ts';
import type { Money } from '../market/money.ts';
import type { ForeignHolding } from './foreign-holding.ts';
import type { Position, ReportedPosition } from './position.ts';

/** One instrument on both sides. */
export interface BookRow {
  readonly key: string;
  readonly instrument: Instrument;
  readonly conId: number;
  /** By our books. */
  readonly here: number;
  /** Somebody else's, as of the last comparison. */
  readonly foreign: number;
  /** By the broker's. */
  readonly there: number;
  /** We have traded it, or hold it. */
  readonly known: boolean;
  /** Per share; `null` = not held here. */
  readonly ourPrice: Money | null;
  /** Per share; `null` = not held there. */
  readonly theirPrice: Money | null;
  /** Executions of strangers that have been counted. */
  readonly seen: readonly string[];
}

export interface RowSources {
  readonly ours: readonly Position[];
  /** A complete answer: an unanswered question is never an empty list here. */
  readonly reported: readonly ReportedPosition[];
  /** Keys of instruments that we ever sent an order for. */
  readonly traded: ReadonlySet<string>;
  readonly foreign: readonly ForeignHolding[];
}

/** By key. The same instrument reported twice (two model portfolios) is added up. */
export function bookRows({ ours, reported, traded, foreign }: RowSources): BookRow[] {
  const rows = new Map<string, BookRow>();
  const change = (instrument: Instrument, changes: (row: BookRow) => Partial<BookRow>): void => {
    const key = instrumentKey(instrument);
    const row = rows.get(key) ?? emptyRow(key, instrument, traded.has(key));
    rows.set(key, { ...row, ...changes(row) });
  };
  for (const { instrument, conId, quantity, averagePrice } of ours) {
    const ourPrice = quantity === 0 ? null : averagePrice;
    change(instrument, (row) => ({ conId, known: true, ourPrice, here: row.here + quantity }));
  }
  for (const { instrument, conId, quantity, seen } of foreign) {
    change(instrument, (row) => ({ conId: row.conId || conId, foreign: quantity, seen }));
  }
  for (const { instrument, conId, quantity, averagePrice } of reported) {
    const theirPrice = quantity === 0 ? null : averagePrice;
    change(instrument, (row) => ({ conId: row.conId || conId, theirPrice, there: row.there + quantity }));
  }
  return [...rows.values()].sort((a, b) => (a.key < b.key ? -1 : 1));
}

/** What the broker shows beyond what is accounted for. */
export function changeOf({ here, foreign, there }: BookRow): number {
  return there - here - foreign || 0;
}

export function bothSides({ instrument, here, foreign, there }: BookRow): string {
  const others = foreign === 0 ? '' : ` and ${foreign} not ours`;
  const broker = there === 0 ? 'none' : `${there}`;
  return `${describeInstrument(instrument)}: ${here === 0 ? 'none' : here} in our books${others}, ${broker} at the broker`;
}

function emptyRow(key: string, instrument: Instrument, known: boolean): BookRow {
  const nothing = { here: 0, foreign: 0, there: 0, ourPrice: null, theirPrice: null };
  return { key, instrument, conId: 0, known, ...nothing, seen: [] };
}
