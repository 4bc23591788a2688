import { readFileSync } from 'node:fs';
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { storeDurably } from '../ground/files/durable.ts';

/** armed: orders may pass. prep: reset, not armed yet. tripped: halted until a reset. */
export interface LatchRecord {
  readonly state: 'armed' | 'prep' | 'tripped';
  readonly cause: string;
  /** ISO. */
  readonly at: string;
}

const NAME = 'latch.json';

/** The stored fact that the kill switch was tripped. Whatever is not exactly what was stored reads as tripped. */
export class Latch {
  readonly #folder: string;
  #last: Promise<unknown> = Promise.resolve();

  constructor(folder: string) {
    this.#folder = folder;
  }

  read(): LatchRecord {
    try {
      return parse(readFileSync(join(this.#folder, NAME), 'utf8'));
    } catch (error) {
      return unreadable(error);
    }
  }

  /** As `read`, without waiting for the disk in the guard's own turn. */
  look(): Promise<LatchRecord> {
    return readFile(join(this.#folder, NAME), 'utf8').then(parse).catch(unreadable);
  }

  /** Resolves when it would survive a power cut; rejects with the system's error. One at a time, in the order of the calls. */
  store(record: LatchRecord): Promise<void> {
    const stored = this.#last.then(() => storeDurably(this.#folder, NAME, written(record)));
    this.#last = stored.catch(() => undefined);
    return stored;
  }
}

function written({ state, cause, at }: LatchRecord): string {
  return `${JSON.stringify({ state, cause, at })}\n`;
}

function parse(text: string): LatchRecord {
  const { state, cause, at } = JSON.parse(text) as LatchRecord;
  const known = state === 'armed' || state === 'prep' || state === 'tripped';
  const whole = typeof cause === 'string' && typeof at === 'string';
  // Nothing but the bytes that are written here will do.
  if (known && whole && written({ state, cause, at }) === text) return { state, cause, at };
  throw new Error('it does not say what a latch says');
}

function unreadable(error: unknown): LatchRecord {
  const why = (error as Error).message.replace(/\s+/g, ' ');
  return { state: 'tripped', cause: `the latch cannot be read: ${why}`, at: '' };
}
