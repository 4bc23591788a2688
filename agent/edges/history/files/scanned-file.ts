import { fileBytes } from './file-bytes.ts';
import { RowScanner } from './row-scanner.ts';
import type { Tally } from './tally.ts';

/** Told of bytes read from the disk, for a progress bar. */
export type OnRead = (bytes: number) => void;

/** One scanner, again and again: each time with more rows in it, which must be taken before the next. */
export async function* scannedFile(path: string, tally: Tally, onRead: OnRead): AsyncGenerator<RowScanner> {
  const scan = new RowScanner();
  for await (const bytes of fileBytes(path, tally, onRead)) {
    scan.push(bytes);
    yield scan;
  }
  if (tally.report().complete) {
    scan.finish();
    yield scan;
  }
}

/** Names of columns as they are compared: no marks, no upper case. */
export function headerNames(fields: readonly string[]): string[] {
  return fields.map((name) =>
    name
      .replace(/^\u00ef\u00bb\u00bf/, '')
      .replace(/^#/, '')
      .trim()
      .toLowerCase(),
  );
}
