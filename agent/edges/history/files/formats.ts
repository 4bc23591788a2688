import { CHAIN_LAYOUTS, columnsOf } from './chain-layouts.ts';

/** What a file may be, with the columns it must have when it has a header. */
export interface Format {
  readonly name: string;
  readonly columns: readonly string[];
  /** Sources of a lower rank are read first, since others ask them. */
  readonly rank: number;
}

const ACTIONS = 0;
const BARS = 1;
const CHAINS = 2;

export const FORMATS: readonly Format[] = [
  ...Object.entries(CHAIN_LAYOUTS).map(([name, layout]) => ({ name, columns: columnsOf(layout), rank: CHAINS })),
  { name: 'daily-bars', columns: ['date', 'open', 'high', 'low', 'close'], rank: BARS },
  { name: 'daily-closes', columns: ['date', 'symbol', 'close'], rank: BARS },
  { name: 'earnings', columns: ['ticker', 'earnings_date'], rank: BARS },
  { name: 'interest-rates', columns: ['date', 'pcredit8'], rank: BARS },
  { name: 'lean-map', columns: [], rank: ACTIONS },
  { name: 'lean-factors', columns: [], rank: ACTIONS },
  { name: 'lean-equity', columns: [], rank: BARS },
  { name: 'lean-options', columns: [], rank: CHAINS },
];

export function formatNamed(name: string): Format | null {
  return FORMATS.find((format) => format.name === name) ?? null;
}

/** The format whose columns are all in a header; of several the one with most of them. */
export function formatOfHeader(header: readonly string[]): Format | null {
  const fitting = FORMATS.filter(({ columns }) => columns.length > 0 && missingColumns(columns, header).length === 0);
  return fitting.sort((a, b) => b.columns.length - a.columns.length)[0] ?? null;
}

/** The format that lacks the smallest share of its columns, when more than half are there. */
export function nearestFormat(header: readonly string[]): Format | null {
  const lack = ({ columns }: Format): number => missingColumns(columns, header).length / columns.length;
  const nearest = FORMATS.filter(({ columns }) => columns.length > 0).sort((a, b) => lack(a) - lack(b))[0];
  return nearest !== undefined && lack(nearest) < 0.5 ? nearest : null;
}

export function missingColumns(columns: readonly string[], header: readonly string[]): string[] {
  return columns.filter((column) => !header.includes(column));
}
