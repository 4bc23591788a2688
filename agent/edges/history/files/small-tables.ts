import { epochDay, type IsoDate, isoDate } from '../../../core/calendar/time.ts';
import type { CorporateAction } from '../../../core/market/corporate-action.ts';
import { splitRatio } from '../../../core/market/corporate-action.ts';
import { type Money, money } from '../../../core/market/money.ts';
import type { InterestRate } from '../history.ts';
import { BROKEN, day, real } from './fields.ts';
import { sessionDayAfter } from './moments.ts';
import type { RowScanner } from './row-scanner.ts';
import type { ReadTable } from './table-file.ts';
import type { Tally } from './tally.ts';

/** Ticker and date of each announcement. */
export const readEarnings: ReadTable = async function* (scans, { tally }) {
  const dates = new Map<string, Set<IsoDate>>();
  for await (const scan of rowsBelowHeader(scans, 2, tally)) {
    const symbol = scan.text(0).toUpperCase();
    const date = dayOf(scan, 1);
    const known = dates.get(symbol) ?? new Set();
    if (symbol === '' || date === null) tally.reject('broken', scan.line);
    else if (known.has(date)) tally.reject('repeated', scan.line);
    else dates.set(symbol, known.add(date));
  }
  for (const [symbol, days] of dates) yield { kind: 'earnings', symbol, dates: [...days].sort() };
};

/** Date and percent; a simple yearly rate, turned into a continuous one. */
export const readRates: ReadTable = async function* (scans, { tally }) {
  const rates: InterestRate[] = [];
  for await (const scan of rowsBelowHeader(scans, 2, tally)) {
    const date = dayOf(scan, 0);
    const percent = real(scan.bytes, scan.starts[1] as number, scan.ends[1] as number);
    if (date === null || !(percent > -100 && percent < 100)) tally.reject('broken', scan.line);
    else rates.push({ date, rate: Math.log1p(percent / 100) });
  }
  yield { kind: 'rates', rates };
};

/** The last day under a ticker, and the ticker; the last row says which one the company has today. */
export const readLeanMap: ReadTable = async function* (scans, { tally, symbol }) {
  const rows: { date: IsoDate; ticker: string }[] = [];
  for await (const scan of rowsOf(scans, tally)) {
    const date = dayOf(scan, 0);
    if (scan.count < 2) tally.reject('columns', scan.line);
    else if (date === null) tally.reject('broken', scan.line);
    else rows.push({ date, ticker: scan.text(1).toUpperCase() });
  }
  const other = rows.findLast(({ ticker }) => ticker !== symbol)?.date;
  const first = other === undefined ? rows[0]?.date : isoDate(epochDay(other) + 1);
  if (first !== undefined) yield { kind: 'actions', symbol, actions: [{ kind: 'listing', date: first }] };
};

interface FactorRow {
  readonly date: IsoDate;
  readonly price: number;
  readonly split: number;
  readonly close: number;
}

/**
 * The last day before a change, the factors that hold until then, and its close. From one row to the next the split factor
 * grows by the new shares per old one, and the price factor by 1 / (1 - dividend / close).
 */
export const readLeanFactors: ReadTable = async function* (scans, { tally, symbol }) {
  const rows: FactorRow[] = [];
  for await (const scan of rowsOf(scans, tally)) {
    const date = dayOf(scan, 0);
    const [price, split, close] = [1, 2, 3].map((field) =>
      real(scan.bytes, scan.starts[field] as number, scan.ends[field] as number),
    ) as [number, number, number];
    if (scan.count !== 4) tally.reject('columns', scan.line);
    else if (date === null || !(price > 0 && split > 0 && close >= 0)) tally.reject('broken', scan.line);
    else rows.push({ date, price, split, close });
  }
  const actions = rows.slice(1).flatMap((next, index) => changesAfter(rows[index] as FactorRow, next));
  yield { kind: 'actions', symbol, actions };
};

function changesAfter(row: FactorRow, next: FactorRow): CorporateAction[] {
  const after = sessionDayAfter(epochDay(row.date));
  if (after === BROKEN) return [];
  const date = isoDate(after);
  const actions: CorporateAction[] = [];
  const shares = splitRatio(next.split / row.split);
  if (shares !== null && shares.from !== shares.to) actions.push({ kind: 'split', date, ...shares });
  const amount = money(row.close * (1 - row.price / next.price));
  if (amount > 0) actions.push({ kind: 'dividend', date, amount: amount as Money });
  return actions;
}

/** Every row but the first, which is the header, when it has as many columns as it should. */
async function* rowsBelowHeader(
  scans: AsyncIterable<RowScanner>,
  columns: number,
  tally: Tally,
): AsyncGenerator<RowScanner> {
  let header = true;
  for await (const scan of scans) {
    while (scan.next()) {
      if (header) {
        header = false;
        continue;
      }
      tally.rows += 1;
      if (scan.count === columns) yield scan;
      else tally.reject('columns', scan.line);
    }
  }
  if (header) tally.fail('empty: there is not even a header');
}

async function* rowsOf(scans: AsyncIterable<RowScanner>, tally: Tally): AsyncGenerator<RowScanner> {
  for await (const scan of scans) {
    while (scan.next()) {
      tally.rows += 1;
      yield scan;
    }
  }
  if (tally.rows === 0) tally.fail('empty: there is not one row');
}

function dayOf(scan: RowScanner, field: number): IsoDate | null {
  const found = day(scan.bytes, scan.starts[field] as number, scan.ends[field] as number);
  return found === BROKEN ? null : isoDate(found);
}
