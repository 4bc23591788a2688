import { createReadStream } from 'node:fs';
import { compose } from 'node:stream';
import { parse } from 'csv-parse';
import type { CashDividend } from '../core/pricing/dividend-grid.ts';
import { type OptionColumns, optionColumns, setOption } from '../core/pricing/option-columns.ts';

const DAYS_PER_YEAR = 365;
const DIVIDENDS = 'dividends_day:cash';

/** A piece of a CSV file with a header, as text and as fields. */
export interface OptionTable {
  readonly path: string;
  readonly header: string;
  readonly lines: readonly string[];
  readonly names: readonly string[];
  readonly rows: readonly (readonly string[])[];
}

interface Line {
  readonly record: readonly string[];
  /** As it stands in the file. */
  readonly raw: string;
}

const ROWS_AT_ONCE = 20_000;

/** Expected trouble with a file or a call: one sentence for the person, and the code the process ends with. */
class TableError extends Error {
  readonly code = 'option-table';
  readonly exitCode: number;
  constructor(message: string, exitCode: number, cause?: unknown) {
    super(message, { cause });
    this.exitCode = exitCode;
  }
}

const PLAIN_REASONS: Readonly<Record<string, string>> = {
  ENOENT: 'there is no such file',
  EACCES: 'reading it is not allowed',
  EISDIR: 'it is a folder',
};

/** The table in pieces of so many rows, so that a file of any length fits; at least one, which may have no rows. */
export async function* readOptionTable(path: string, most = ROWS_AT_ONCE): AsyncGenerator<OptionTable> {
  let head: Line | null = null;
  let rows: Line[] = [];
  let pieces = 0;
  const piece = ({ raw, record }: Line): OptionTable => ({
    path,
    header: raw,
    names: record,
    lines: rows.map((row) => row.raw),
    rows: rows.map((row) => row.record),
  });
  for await (const found of records(path)) {
    if (head === null) {
      head = found;
      continue;
    }
    rows.push(found);
    if (rows.length < most) continue;
    yield piece(head);
    pieces += 1;
    rows = [];
  }
  if (head === null) throw new TableError(`${path} is empty; the first line must name the columns`, 2);
  if (rows.length > 0 || pieces === 0) yield piece(head);
}

async function* records(path: string): AsyncGenerator<Line> {
  const file = createReadStream(path);
  const parser = parse({ bom: true, raw: true, skipEmptyLines: true, trim: true });
  try {
    for await (const { record, raw } of compose(file, parser) as AsyncIterable<Line>) {
      yield { record, raw: raw.replace(/^\uFEFF/, '').trim() };
    }
  } catch (error) {
    const { code = '', message } = error as NodeJS.ErrnoException;
    if (code.startsWith('CSV_')) throw new TableError(`cannot read ${path} as CSV: ${message}`, 1, error);
    throw new TableError(`cannot read ${path}: ${PLAIN_REASONS[code] ?? message}`, 1, error);
  } finally {
    file.destroy();
  }
}

/** Each entry is a column, or several of which one is enough. */
export function requireColumns(table: OptionTable, wanted: readonly (readonly string[])[]): void {
  const missing = wanted.filter((names) => !names.some((name) => table.names.includes(name)));
  if (missing.length === 0) return;
  const say = (list: readonly (readonly string[])[]): string => list.map((names) => names.join(' or ')).join(', ');
  const verb = missing.length === 1 ? 'is' : 'are';
  throw new TableError(
    `${table.path}: ${say(missing)} ${verb} missing; expected the columns ${say(wanted)}, found ${table.names.join(', ')}`,
    2,
  );
}

function readNumber(text: string | undefined): number {
  return text === undefined || text === '' ? Number.NaN : Number(text);
}

/** A column of numbers, NaN where a field is empty or not a number. */
export function numberColumn(table: OptionTable, name: string): Float64Array {
  const at = table.names.indexOf(name);
  return Float64Array.from(table.rows, (row) => readNumber(row[at]));
}

/** The contracts. A row whose type is neither C nor P has no spot, and so no answer. */
export function tableOptions(table: OptionTable): OptionColumns {
  const options = optionColumns(table.rows.length);
  const column = (name: string): number => table.names.indexOf(name);
  const at = { type: column('type'), S: column('S'), K: column('K'), T: column('T_years'), days: column('days') };
  const rates = { r: column('r'), q: column('q'), sigma: column('sigma') };
  table.rows.forEach((row, i) => {
    const right = row[at.type];
    const known = right === 'C' || right === 'P';
    setOption(options, i, {
      right: known ? right : 'C',
      spot: known ? readNumber(row[at.S]) : Number.NaN,
      strike: readNumber(row[at.K]),
      years: at.T < 0 ? readNumber(row[at.days]) / DAYS_PER_YEAR : readNumber(row[at.T]),
      rate: readNumber(row[rates.r]),
      dividendYield: rates.q < 0 ? 0 : readNumber(row[rates.q]),
      volatility: readNumber(row[rates.sigma]),
    });
  });
  return options;
}

/** `5:0.5;96:0.5` = 0.50 on the 5th and on the 96th day; `null` where it cannot be read. */
export function tableDividends(table: OptionTable): (readonly CashDividend[] | null)[] {
  const at = table.names.indexOf(DIVIDENDS);
  return table.rows.map((row) => {
    const parts = (row[at] ?? '').split(';').filter((part) => part.trim() !== '');
    const dividends = parts.map((part) => {
      const [day, cash, ...more] = part.split(':');
      return { years: more.length > 0 ? Number.NaN : readNumber(day) / DAYS_PER_YEAR, cash: readNumber(cash) };
    });
    return dividends.some(({ years, cash }) => Number.isNaN(years) || Number.isNaN(cash)) ? null : dividends;
  });
}
