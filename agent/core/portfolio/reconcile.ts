import { newYorkDate } from '../calendar/new-york.ts';
import type { EpochMs } from '../calendar/time.ts';
import type { Money } from '../market/money.ts';
import type { Fill } from '../orders/fill.ts';
import { type BookRow, bookRows, bothSides, changeOf, type RowSources } from './book-rows.ts';
import type { Finding } from './finding.ts';
import { type ForeignHolding, shareOfStranger } from './foreign-holding.ts';
import type { Pending } from './pending.ts';
import { settleSymbol } from './settlement.ts';
import { splitOf } from './split.ts';
import { countStrangers } from './stranger-trades.ts';

export interface BooksRequest extends RowSources {
  /** Executions of today that belong to no order of ours. */
  readonly strangers: readonly Fill[];
  readonly pending: ReadonlyMap<string, Pending>;
  readonly now: EpochMs;
  /** The owner takes the broker's word for what nothing explains. */
  readonly accept: boolean;
}

/** What the comparison comes to, once the fills of its findings are booked. */
export interface BooksVerdict {
  readonly findings: readonly Finding[];
  /** All that is held for somebody else, or that must be remembered of him. */
  readonly foreign: readonly ForeignHolding[];
}

/**
 * Compares our books with the positions that the broker reported in a complete answer, and says of every difference what
 * it is. Somebody else's part of an instrument is what was there beyond ours at the last comparison, changed by the
 * executions that are not ours: it is never booked, and never counted as a difference.
 */
export function compareBooks(request: BooksRequest): BooksVerdict {
  const rows = bookRows(request);
  const symbols = new Map<string, BookRow[]>();
  for (const row of rows) symbols.set(row.instrument.symbol, [...(symbols.get(row.instrument.symbol) ?? []), row]);
  const verdicts = [...symbols.values()].map((own) => ofSymbol(own, request));
  return {
    findings: verdicts.flatMap(({ findings }) => findings),
    foreign: verdicts.flatMap((verdict) => verdict.foreign),
  };
}

function ofSymbol(rows: readonly BookRow[], request: BooksRequest): BooksVerdict {
  const concerned = (row: BookRow): boolean => row.known || deliverable(row, rows);
  const counted = countStrangers(rows, request.strangers, concerned);
  // What nobody of us has anything to do with is somebody else's, whatever became of it. Options may still deliver shares.
  const folded = counted.rows.map((row) => (concerned(row) || row.instrument.kind === 'option' ? row : asForeign(row)));
  const { rows: after, findings } = explained(folded, counted.findings, request);
  if (findings.some(isUnderWay)) return { findings, foreign: after.flatMap(holdingOf) };
  if (request.accept) return accepted(after, findings, request.now);
  const last = after.map((row) => (row.known || named(findings, row.key) ? row : asForeign(row)));
  const rest = last.filter((row) => changeOf(row) !== 0 && !named(findings, row.key)).map(unexplainedRow);
  return { findings: [...findings, ...rest], foreign: last.flatMap(holdingOf) };
}

function explained(
  rows: readonly BookRow[],
  found: readonly Finding[],
  { pending, now }: BooksRequest,
): { readonly rows: readonly BookRow[]; readonly findings: readonly Finding[] } {
  const late = rows.filter((row) => isLate(row, pending)).map(lateRow);
  if (late.length > 0 || found.some(({ effect }) => effect === 'wait')) return { rows, findings: [...found, ...late] };
  const split = splitOf(rows, now);
  if (split !== null)
    return { rows: split.effect === 'adopt' ? rows.map(afterSplit(split)) : rows, findings: [...found, split] };
  const settled = settleSymbol(rows, now);
  return { rows: settled.rows, findings: [...found, ...settled.findings] };
}

/** Shares that options of ours would bring or take away. */
function deliverable({ instrument }: BookRow, rows: readonly BookRow[]): boolean {
  return instrument.kind === 'stock' && rows.some((row) => row.instrument.kind === 'option' && row.here !== 0);
}

function isLate(row: BookRow, pending: ReadonlyMap<string, Pending>): boolean {
  const { above, below } = pending.get(row.key) ?? { above: 0, below: 0 };
  const change = changeOf(row);
  return change !== 0 && change <= above && change >= -below;
}

function afterSplit({ keys }: Finding): (row: BookRow) => BookRow {
  return (row) => (keys.includes(row.key) ? { ...row, here: row.there } : row);
}

function asForeign(row: BookRow): BookRow {
  return { ...row, foreign: row.there - row.here || 0 };
}

/** In a moment it will look different: nothing is concluded about the symbol. */
function isUnderWay({ kind }: Finding): boolean {
  return kind === 'late' || kind === 'stranger';
}

function isOpen({ effect }: Finding): boolean {
  return effect === 'wait' || effect === 'halt';
}

function named(findings: readonly Finding[], key: string): boolean {
  return findings.some((finding) => isOpen(finding) && finding.keys.includes(key));
}

function holdingOf({ instrument, conId, foreign, seen }: BookRow): ForeignHolding[] {
  return foreign === 0 && seen.length === 0 ? [] : [{ instrument, conId, quantity: foreign, seen }];
}

function lateRow(row: BookRow): Finding {
  const text = `${bothSides(row)}: an order of ours that is not finished explains it`;
  return finding(row, { kind: 'late', text, effect: 'wait' });
}

function unexplainedRow(row: BookRow): Finding {
  return finding(row, { kind: 'unexplained', text: bothSides(row), effect: 'halt' });
}

/** As if a stranger had traded it at our own price: nothing is earned or lost by it. */
function accepted(rows: readonly BookRow[], findings: readonly Finding[], now: EpochMs): BooksVerdict {
  const found = findings.filter((finding) => !isOpen(finding));
  const after = rows.map((row) => {
    const change = changeOf(row);
    if (change === 0) return row;
    const parts = shareOfStranger(row, change);
    const before = findings.find((finding) => isOpen(finding) && finding.keys.includes(row.key));
    const text = `${bothSides(row)}: the broker's word is taken`;
    const fills = parts.here === 0 ? [] : [acceptedFill(row, parts.here, now)];
    const evidence = before === undefined ? [] : [before.text, ...before.evidence];
    if (row.known || before !== undefined) {
      found.push({ ...finding(row, { kind: 'accepted', text, effect: 'adopt' }), fills, evidence });
    }
    return { ...row, here: row.here + parts.here || 0, foreign: row.foreign + parts.foreign || 0 };
  });
  return { findings: found, foreign: after.flatMap(holdingOf) };
}

function acceptedFill(row: BookRow, signed: number, now: EpochMs): Fill {
  const key = row.key.replaceAll(' ', '');
  return {
    execId: `accepted.${key}.${newYorkDate(now)}.${now}.01`,
    ...{ orderRef: '', permId: 0, instrument: row.instrument, conId: row.conId, at: now },
    side: signed > 0 ? 'buy' : 'sell',
    quantity: Math.abs(signed),
    price: row.ourPrice ?? (0 as Money),
  };
}

function finding(row: BookRow, about: Pick<Finding, 'kind' | 'text' | 'effect'>): Finding {
  return { ...about, symbol: row.instrument.symbol, keys: [row.key], evidence: [], fills: [] };
}
