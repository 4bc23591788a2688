import { type DocumentShape, lookAtDocument, type Read, readDocument, type Trust } from './document.ts';

/** What a file says now. What is wrong with it counts at once, and so does what is mended. */
export class LiveDocument<T> {
  readonly #path: string;
  readonly #shape: DocumentShape<T>;
  readonly #trusted: Trust;
  #read: Read<T>;
  #looking = false;

  constructor(path: string, shape: DocumentShape<T>, trusted: Trust) {
    this.#path = path;
    this.#shape = shape;
    this.#trusted = trusted;
    this.#read = readDocument(path, shape, trusted);
  }

  /** Null when anything is wrong with it. */
  get value(): T | null {
    return this.#read.value;
  }

  get problems(): readonly string[] {
    return this.#read.problems ?? [];
  }

  read(): void {
    this.#read = readDocument(this.#path, this.#shape, this.#trusted);
  }

  /** Without waiting for the disk in the caller's own turn. Resolves with whether it says something else than before. */
  async look(): Promise<boolean> {
    // A disk that hangs must not take one thread after another.
    if (this.#looking) return false;
    this.#looking = true;
    const before = this.#read;
    const found = await lookAtDocument(this.#path, this.#shape, this.#trusted);
    this.#looking = false;
    if (this.#read !== before) return false;
    this.#read = found;
    return JSON.stringify(found) !== JSON.stringify(before);
  }
}
