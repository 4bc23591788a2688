import { readFileSync } from 'node:fs';
import { open, readFile, rename } from 'node:fs/promises';
import { join } from 'node:path';

/** armed: orders may pass. prep: reset, not armed yet. tripped: halted until a reset. */
export interface LatchRecord {
  readonly state: 'armed' | 'prep' | 'tripped';
  readonly cause: string;
  /** ISO. */
  readonly at: string;
}

/** The stored fact that the kill switch was tripped. Whatever is not exactly what was stored reads as tripped. */
export class Latch {
  readonly #folder: string;
  readonly #path: string;
  #last: Promise<unknown> = Promise.resolve();

  constructor(folder: string) {
    this.#folder = folder;
    this.#path = join(folder, 'latch.json');
  }

  read(): LatchRecord {
    try {
      return parse(readFileSync(this.#path, 'utf8'));
    } catch (error) {
      return unreadable(error);
    }
  }

  /** As `read`, without waiting for the disk in the guard's own turn. */
  async look(): Promise<LatchRecord> {
    try {
      return parse(await readFile(this.#path, 'utf8'));
    } catch (error) {
      return unreadable(error);
    }
  }

  /** Resolves when it would survive a power cut; rejects with the system's error. One at a time, in the order of the calls. */
  store(record: LatchRecord): Promise<void> {
    const stored = this.#last.then(() => this.#store(record));
    this.#last = stored.catch(() => undefined);
    return stored;
  }

  async #store({ state, cause, at }: LatchRecord): Promise<void> {
    const temporary = `${this.#path}.new`;
    const file = await open(temporary, 'w', 0o644);
    try {
      await file.writeFile(`${JSON.stringify({ state, cause, at })}\n`);
      await file.sync();
    } finally {
      await file.close();
    }
    await rename(temporary, this.#path);
    const folder = await open(this.#folder, 'r');
    try {
      await folder.sync();
    } finally {
      await folder.close();
    }
  }
}

function parse(text: string): LatchRecord {
  const { state, cause, at } = JSON.parse(text) as LatchRecord;
  const known = state === 'armed' || state === 'prep' || state === 'tripped';
  // Nothing but the bytes that are written here will do.
  if (known && `${JSON.stringify({ state, cause, at })}\n` === text) return { state, cause, at };
  throw new Error('it does not say what a latch says');
}

function unreadable(error: unknown): LatchRecord {
  return { state: 'tripped', cause: `the latch cannot be read: ${(error as Error).message}`, at: '' };
}
