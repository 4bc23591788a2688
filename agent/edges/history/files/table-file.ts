import type { FileReport, HistoryPart, HistorySource, KnownHistory } from '../history.ts';
import { fingerprintOf } from './fingerprint.ts';
import type { RowScanner } from './row-scanner.ts';
import { type OnRead, scannedFile } from './scanned-file.ts';
import { Tally } from './tally.ts';

export interface TableContext {
  readonly tally: Tally;
  readonly symbol: string;
  readonly known: KnownHistory;
}

/** Reads all of a small file. */
export type ReadTable = (scans: AsyncIterable<RowScanner>, context: TableContext) => AsyncIterable<HistoryPart>;

export interface TableFileOptions {
  readonly path: string;
  readonly format: string;
  readonly symbol: string;
  readonly read: ReadTable;
  readonly onRead: OnRead;
}

/** A file of comma-separated text that holds something other than chains. */
export class TableFile implements HistorySource {
  readonly paths: readonly string[];
  readonly #options: TableFileOptions;
  #tally: Tally;

  constructor(options: TableFileOptions) {
    this.#options = options;
    this.paths = [options.path];
    this.#tally = new Tally(options.path, options.format);
  }

  async *read(known: KnownHistory): AsyncGenerator<HistoryPart> {
    const { path, format, symbol, read, onRead } = this.#options;
    this.#tally = new Tally(path, format);
    yield* read(scannedFile(path, this.#tally, onRead), { tally: this.#tally, symbol, known });
  }

  fingerprint(): Promise<string> {
    return fingerprintOf(this.paths);
  }

  reports(): readonly FileReport[] {
    return [this.#tally.report()];
  }
}
