import { epochDay } from '../../../core/calendar/time.ts';
import type { FileReport, HistoryPart, HistorySource, KnownHistory } from '../history.ts';
import { type Bar, barColumns } from './bar-rows.ts';
import { BROKEN, day, real } from './fields.ts';
import { fingerprintOf } from './fingerprint.ts';
import type { Reject } from './reasons.ts';
import { RowScanner } from './row-scanner.ts';
import { Tally } from './tally.ts';
import { zipEntries } from './zip-entries.ts';

const COLUMNS = 6;

/** Daily bars of a stock from QuantConnect's Lean: `20140606 00:00,open,high,low,close,volume` in whole 1/10,000 dollars. */
export class LeanEquity implements HistorySource {
  readonly paths: readonly string[];
  readonly #symbol: string;
  #tally: Tally;

  constructor({ path, symbol }: { readonly path: string; readonly symbol: string }) {
    this.paths = [path];
    this.#symbol = symbol;
    this.#tally = new Tally(path, 'lean-equity');
  }

  async *read(known: KnownHistory): AsyncGenerator<HistoryPart> {
    const [path] = this.paths as readonly [string];
    const tally = new Tally(path, 'lean-equity');
    this.#tally = tally;
    const listing = (await known.actions(this.#symbol)).find(({ kind }) => kind === 'listing');
    const first = listing === undefined ? 0 : epochDay(listing.date);
    const bars: Bar[] = [];
    for await (const { name, bytes, whole } of zipEntries(path, tally)) {
      tally.entry = name;
      const scan = new RowScanner();
      scan.push(bytes);
      if (whole) scan.finish();
      while (scan.next()) {
        tally.rows += 1;
        const bar = barIn(scan, first);
        if (typeof bar === 'string') tally.reject(bar, scan.line);
        else bars.push(bar);
      }
    }
    yield { kind: 'bars', bars: barColumns(this.#symbol, bars, tally) };
    tally.entry = null;
  }

  fingerprint(): Promise<string> {
    return fingerprintOf(this.paths);
  }

  reports(): readonly FileReport[] {
    return [this.#tally.report()];
  }
}

/** The bar in a row, or what is wrong with it; before day `first` the ticker belonged to another company. */
function barIn(scan: RowScanner, first: number): Bar | Reject {
  const { line } = scan;
  if (scan.count !== COLUMNS) return 'columns';
  const date = day(scan.bytes, scan.starts[0] as number, scan.ends[0] as number);
  const [open, high, low, close, volume] = [1, 2, 3, 4, 5].map((field) =>
    real(scan.bytes, scan.starts[field] as number, scan.ends[field] as number),
  ) as [number, number, number, number, number];
  if (date === BROKEN || [open, high, low, close, volume].includes(Number.POSITIVE_INFINITY)) return 'broken';
  return date < first ? 'listing' : { day: date, line, open, high, low, close, volume };
}
