import { basename, dirname } from 'node:path';
import { type Format, formatNamed, formatOfHeader, missingColumns, nearestFormat } from './formats.ts';
import { headerNames, scannedFile } from './scanned-file.ts';
import { Tally } from './tally.ts';

/** `empty` and `damaged`: meant to be history, yet nothing can be read. `unknown`: something else. */
export type Detected =
  | { readonly format: Format }
  | { readonly problem: 'empty' | 'damaged' | 'unknown' | 'columns'; readonly text: string };

const OPTIONS_ZIP = /_(quote|trade|openinterest)_(american|european)\.zip$/;
const TEXT = /\.csv(\.gz)?$/i;

/** What a file is, by its name and its first row. `wanted` = the format it is said to be. */
export async function detectFormat(path: string, wanted: string | null): Promise<Detected> {
  const byName = formatOfName(path);
  if (byName !== null) return matches(byName, wanted);
  if (!TEXT.test(path) && wanted === null) return { problem: 'unknown', text: 'neither CSV nor an archive of Lean' };
  const tally = new Tally(path, '');
  let header: string[] | null = null;
  for await (const scan of scannedFile(path, tally, () => undefined)) {
    if (!scan.next()) continue;
    header = headerNames(scan.texts());
    break;
  }
  if (header === null) {
    const { trouble } = tally.report();
    return trouble === null
      ? { problem: 'empty', text: 'empty: there is not even a header' }
      : { problem: 'damaged', text: trouble };
  }
  return wanted === null ? ofHeader(header) : asWanted(header, wanted);
}

function formatOfName(path: string): Format | null {
  const folder = basename(dirname(path));
  if (folder === 'factor_files') return formatNamed('lean-factors');
  if (folder === 'map_files') return formatNamed('lean-map');
  if (OPTIONS_ZIP.test(path)) return formatNamed('lean-options');
  return /^[a-z][a-z.]*\.zip$/i.test(basename(path)) ? formatNamed('lean-equity') : null;
}

function matches(format: Format, wanted: string | null): Detected {
  if (wanted === null || wanted === format.name) return { format };
  return { problem: 'columns', text: `is ${format.name}, not ${wanted}` };
}

function ofHeader(header: readonly string[]): Detected {
  const format = formatOfHeader(header);
  if (format !== null) return { format };
  const nearest = nearestFormat(header);
  return nearest === null
    ? { problem: 'unknown', text: `its columns are of no known format` }
    : lacking(nearest, header);
}

function asWanted(header: readonly string[], wanted: string): Detected {
  const format = formatNamed(wanted);
  if (format === null) return { problem: 'columns', text: `there is no format ${wanted}` };
  return missingColumns(format.columns, header).length === 0 ? { format } : lacking(format, header);
}

function lacking({ name, columns }: Format, header: readonly string[]): Detected {
  const missing = missingColumns(columns, header);
  const text = `lacks the column${missing.length === 1 ? '' : 's'} ${missing.join(', ')} of the format ${name} (expected: ${columns.join(', ')})`;
  return { problem: 'columns', text };
}
