import { isoDate } from '../../../core/calendar/time.ts';
import type { CorporateAction } from '../../../core/market/corporate-action.ts';
import { splitRatio } from '../../../core/market/corporate-action.ts';
import type { Money } from '../../../core/market/money.ts';
import type { HistoryPart } from '../history.ts';
import { type Bar, barColumns } from './bar-rows.ts';
import { BROKEN, day, real } from './fields.ts';
import type { RowScanner } from './row-scanner.ts';
import { headerNames } from './scanned-file.ts';
import type { ReadTable } from './table-file.ts';
import type { Tally } from './tally.ts';

const MONEY = 10_000;
const PRICES = ['open', 'high', 'low', 'close'] as const;

interface Symbols {
  readonly bars: Map<string, Bar[]>;
  readonly actions: Map<string, CorporateAction[]>;
}

/** Daily prices of one symbol or several; open, high, low and volume may be missing, dividends and splits may be there. */
export const readBarsFile: ReadTable = async function* (scans, { tally, symbol }): AsyncGenerator<HistoryPart> {
  const found: Symbols = { bars: new Map(), actions: new Map() };
  let header: readonly string[] = [];
  for await (const scan of scans) {
    while (scan.next()) {
      if (header.length === 0) header = headerNames(scan.texts());
      else readRow(scan, { header, symbol, tally, found });
    }
  }
  if (header.length === 0) tally.fail('empty: there is not even a header');
  for (const [name, actions] of found.actions) yield { kind: 'actions', symbol: name, actions };
  for (const [name, bars] of found.bars) yield { kind: 'bars', bars: barColumns(name, bars, tally) };
};

interface Reading {
  readonly header: readonly string[];
  readonly symbol: string;
  readonly tally: Tally;
  readonly found: Symbols;
}

function readRow(scan: RowScanner, { header, symbol, tally, found }: Reading): void {
  tally.rows += 1;
  if (scan.count !== header.length) {
    tally.reject('columns', scan.line);
    return;
  }
  const value = (name: string): number => {
    const field = header.indexOf(name);
    return field < 0 ? Number.NaN : real(scan.bytes, scan.starts[field] as number, scan.ends[field] as number);
  };
  const dateField = header.indexOf('date');
  const date = day(scan.bytes, scan.starts[dateField] as number, scan.ends[dateField] as number);
  const name = header.includes('symbol') ? scan.text(header.indexOf('symbol')).toUpperCase() : symbol;
  const [open, high, low, close] = PRICES.map((price) => Math.round(value(price) * MONEY)) as [
    number,
    number,
    number,
    number,
  ];
  const volume = value('volume');
  if (date === BROKEN || name === '' || [open, high, low, close, volume].includes(Number.POSITIVE_INFINITY)) {
    tally.reject('broken', scan.line);
    return;
  }
  push(found.bars, name, { day: date, line: scan.line, open, high, low, close, volume });
  const paid = value('divcash');
  const ratio = value('splitfactor');
  if (paid > 0)
    push(found.actions, name, { kind: 'dividend', date: isoDate(date), amount: Math.round(paid * MONEY) as Money });
  const shares = ratio > 0 && ratio !== 1 ? splitRatio(ratio) : null;
  if (shares !== null) push(found.actions, name, { kind: 'split', date: isoDate(date), ...shares });
}

function push<V>(lists: Map<string, V[]>, name: string, value: V): void {
  const list = lists.get(name);
  if (list === undefined) lists.set(name, [value]);
  else list.push(value);
}
