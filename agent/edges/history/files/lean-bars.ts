import { instantOnDay, newYorkDay } from '../../../core/calendar/new-york.ts';
import { type EpochMs, HOUR_MS, MINUTE_MS } from '../../../core/calendar/time.ts';
import { MISSING } from '../../../core/market/chain.ts';
import { BROKEN, day, whole } from './fields.ts';
import { type LeanContract, leanContract } from './lean-contract.ts';
import { sessionOf } from './moments.ts';
import { RowScanner } from './row-scanner.ts';
import type { Tally } from './tally.ts';
import { zipEntries } from './zip-entries.ts';

export type LeanKind = 'quote' | 'trade' | 'openinterest';

/** The bars of one contract, oldest first; what `first` and `second` are depends on the kind. */
export interface ContractBars {
  readonly contract: LeanContract;
  /** The file in the archive. */
  readonly entry: string;
  /** When the bar was over: only then can it be known. */
  readonly at: EpochMs[];
  /** Bid, last price or open interest. */
  readonly first: number[];
  /** Ask or volume. */
  readonly second: number[];
}

/** Which fields of a row are wanted: time, open, high, low, close … */
const COLUMNS: Readonly<Record<LeanKind, { readonly count: number; readonly first: number; readonly second: number }>> =
  {
    quote: { count: 11, first: 4, second: 9 },
    trade: { count: 6, first: 4, second: 5 },
    openinterest: { count: 2, first: 1, second: -1 },
  };

interface Reading {
  readonly kind: LeanKind;
  readonly scan: RowScanner;
  readonly tally: Tally;
}

/** All bars of an archive, one entry per contract. Prices in it are whole 1/10,000 dollars already. */
export async function leanBars(path: string, kind: LeanKind, tally: Tally): Promise<ContractBars[]> {
  const all: ContractBars[] = [];
  for await (const { name, bytes, whole: ends } of zipEntries(path, tally)) {
    tally.entry = name;
    const scan = new RowScanner();
    scan.push(bytes);
    if (ends) scan.finish();
    const contract = leanContract(name);
    if (contract !== null)
      all.push(readBars({ contract, entry: name, at: [], first: [], second: [] }, { kind, scan, tally }));
    else while (scan.next()) rejectRow(scan, tally);
    tally.entry = null;
  }
  return all;
}

function rejectRow(scan: RowScanner, tally: Tally): void {
  tally.rows += 1;
  tally.reject('entry', scan.line);
}

function readBars(bars: ContractBars, { kind, scan, tally }: Reading): ContractBars {
  const { count, first, second } = COLUMNS[kind];
  const { contract } = bars;
  const value = (field: number): number =>
    field < 0 ? MISSING : whole(scan.bytes, scan.starts[field] as number, scan.ends[field] as number, 1);
  while (scan.next()) {
    tally.rows += 1;
    const at = barTime(scan, kind);
    const a = value(first);
    const b = value(second);
    if (scan.count !== count) tally.reject('columns', scan.line);
    else if (at === BROKEN || a === BROKEN || b === BROKEN) tally.reject('broken', scan.line);
    else if (sessionOf(newYorkDay(at)) === null) tally.reject('holiday', scan.line);
    else if (newYorkDay(at) > contract.expiration) tally.reject('expired', scan.line);
    else if (at === bars.at.at(-1)) tally.reject('repeated', scan.line);
    else if (at < (bars.at.at(-1) ?? 0)) tally.reject('backward', scan.line);
    else {
      if (contract.formal !== contract.expiration) tally.flag('saturday', scan.line);
      bars.at.push(at);
      bars.first.push(a);
      bars.second.push(b);
    }
  }
  return bars;
}

/**
 * `20140606 09:00` begins the bar of that hour, which is over an hour later, or at the close; `20140606 00:00` is the whole
 * day. Open interest is published in the morning and counts from the time that is written.
 */
function barTime(scan: RowScanner, kind: LeanKind): EpochMs {
  const start = scan.starts[0] as number;
  const end = scan.ends[0] as number;
  const date = day(scan.bytes, start, end);
  const clock = end - start === 14 ? String.fromCharCode(...scan.bytes.subarray(start + 9, end)) : '';
  const match = /^([01]\d|2[0-3]):([0-5]\d)$/.exec(clock);
  if (date === BROKEN || match === null) return BROKEN;
  const since = Number(match[1]) * HOUR_MS + Number(match[2]) * MINUTE_MS;
  const begins = instantOnDay(date, since);
  const session = sessionOf(date);
  if (kind === 'openinterest' || session === null) return begins;
  return since === 0 ? session.close : Math.min(begins + HOUR_MS, session.close);
}
