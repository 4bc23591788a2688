import { readFileSync } from 'node:fs';
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { storeDurably } from './durable.ts';

/** A file that survives a power cut: one text at a time, in the order of the calls. */
export class DurableFile {
  readonly #folder: string;
  readonly #name: string;
  #last: Promise<string | null> = Promise.resolve(null);

  constructor(folder: string, name: string) {
    this.#folder = folder;
    this.#name = name;
  }

  /** As `storeDurably`; resolves with null, or with why it could not be. */
  store(text: string): Promise<string | null> {
    const store = () => storeDurably(this.#folder, this.#name, text);
    this.#last = this.#last.then(store).then(
      () => null,
      (error: Error) => error.message,
    );
    return this.#last;
  }

  /** Throws the system's error. */
  read(): string {
    return readFileSync(join(this.#folder, this.#name), 'utf8');
  }

  /** As `read`, without waiting for the disk in the caller's own turn. */
  look(): Promise<string> {
    return readFile(join(this.#folder, this.#name), 'utf8');
  }
}
