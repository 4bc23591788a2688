import { closeSync, fsyncSync, ftruncateSync, openSync, readFileSync, writeSync } from 'node:fs';
import { dirname } from 'node:path';
import type { BookJournal, BookRecord } from './book-record.ts';
import { type BookSettings, SimulatedBook } from './simulated-book.ts';

/** What a crash left behind the last whole record: cut off, and told. */
export interface TornLine {
  readonly line: number;
  readonly bytes: number;
}

class BookFileError extends Error {
  readonly code: 'BOOK_FILE_BROKEN' | 'BOOK_FILE_UNREADABLE';

  constructor(code: 'BOOK_FILE_BROKEN' | 'BOOK_FILE_UNREADABLE', message: string, cause?: unknown) {
    super(message, { cause });
    this.code = code;
  }
}

const NEW_LINE = 10;

/**
 * The journal of a book: one record a line, only ever appended. The last line may be torn by a crash; any other line that
 * cannot be read is an error, because money would be missing from the sum.
 */
export class BookFile implements BookJournal {
  readonly #path: string;
  #file: number | null = null;
  #size = 0;

  constructor(path: string) {
    this.#path = path;
  }

  open(): { readonly records: readonly BookRecord[]; readonly torn: TornLine | null } {
    this.#file = openFile(this.#path);
    const bytes = readFileSync(this.#path);
    const end = bytes.lastIndexOf(NEW_LINE) + 1;
    this.#size = end;
    const lines = bytes.toString('utf8', 0, end).split('\n').slice(0, -1);
    const records = lines.map((line, i) => recordIn(line, { path: this.#path, line: i + 1 }));
    if (end === bytes.length) return { records, torn: null };
    ftruncateSync(this.#file, end);
    fsyncSync(this.#file);
    return { records, torn: { line: lines.length + 1, bytes: bytes.length - end } };
  }

  append(record: BookRecord, durable: boolean): void {
    if (this.#file === null) throw new Error('the book file is not open');
    const bytes = Buffer.from(`${JSON.stringify(record)}\n`);
    try {
      for (let written = 0; written < bytes.length; ) written += writeSync(this.#file, bytes, written);
    } catch (cause) {
      // A full disk takes half a line: the next record must not be glued to it.
      ftruncateSync(this.#file, this.#size);
      throw cause;
    }
    this.#size += bytes.length;
    if (durable) fsyncSync(this.#file);
  }

  close(): void {
    if (this.#file === null) return;
    fsyncSync(this.#file);
    closeSync(this.#file);
    this.#file = null;
  }
}

/** A book that remembers: restored from its file when there is one. The caller closes the file. */
export function openBook(settings: Omit<BookSettings, 'records' | 'journal'> & { readonly path: string }): {
  readonly book: SimulatedBook;
  readonly file: BookFile;
  readonly torn: TornLine | null;
} {
  const file = new BookFile(settings.path);
  const { records, torn } = file.open();
  return { book: new SimulatedBook({ ...settings, records, journal: file }), file, torn };
}

function openFile(path: string): number {
  try {
    const file = openSync(path, 'a+', 0o600);
    syncFolder(dirname(path));
    return file;
  } catch (cause) {
    throw new BookFileError('BOOK_FILE_UNREADABLE', `the book file ${path} cannot be opened: ${String(cause)}`, cause);
  }
}

/** A new file's name is on the disk only when its folder is. */
function syncFolder(folder: string): void {
  const handle = openSync(folder, 'r');
  fsyncSync(handle);
  closeSync(handle);
}

function recordIn(line: string, where: { readonly path: string; readonly line: number }): BookRecord {
  try {
    return JSON.parse(line) as BookRecord;
  } catch (cause) {
    throw new BookFileError('BOOK_FILE_BROKEN', `line ${where.line} of ${where.path} is not a record`, cause);
  }
}
