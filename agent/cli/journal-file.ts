import { closeSync, createWriteStream, fstatSync, ftruncateSync, openSync, type WriteStream } from 'node:fs';
import { finished } from 'node:stream/promises';

const REASONS: Readonly<Record<string, string>> = {
  ENOENT: 'there is no such folder',
  ENOTDIR: 'there is no such folder',
  EISDIR: 'it is a folder',
  EACCES: 'that is not allowed here',
  EROFS: 'nothing can be written there',
  ENOSPC: 'the disk is full',
};

/**
 * The journal of a replay, one JSON object a line. Opened before anything is read, and emptied only when the first line
 * is written: a call that fails leaves an old journal as it was. Trouble is an Error with code JOURNAL_UNWRITABLE.
 */
export class JournalFile {
  readonly #path: string;
  #file = -1;
  #stream: WriteStream | null = null;
  #ended: Promise<unknown> = Promise.resolve();

  constructor(path: string) {
    this.#path = path;
  }

  open(): void {
    try {
      this.#file = openSync(this.#path, 'a');
    } catch (cause) {
      throw this.#unwritable(cause);
    }
  }

  write(entry: object): void {
    this.#stream ??= this.#begin();
    this.#stream.write(`${JSON.stringify(entry)}\n`);
  }

  /** Resolves when everything is written; it is the place where a full disk is told. */
  async close(): Promise<void> {
    if (this.#stream === null) closeSync(this.#file);
    this.#stream?.end();
    await this.#ended;
  }

  #begin(): WriteStream {
    if (fstatSync(this.#file).isFile()) ftruncateSync(this.#file);
    const stream = createWriteStream(this.#path, { fd: this.#file });
    this.#ended = finished(stream).catch((cause) => {
      throw this.#unwritable(cause);
    });
    this.#ended.catch(() => undefined);
    return stream;
  }

  #unwritable(cause: unknown): Error {
    const { code = '', message } = cause as NodeJS.ErrnoException;
    const reason = REASONS[code] ?? message;
    const sentence = `the journal ${this.#path} cannot be written: ${reason}`;
    return Object.assign(new Error(sentence, { cause }), { code: 'JOURNAL_UNWRITABLE' });
  }
}
