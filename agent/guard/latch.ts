import { DurableFile } from '../ground/files/durable-file.ts';
import { isoTime, monotonicMs } from '../ground/time/clock.ts';

/** armed: orders may pass. prep: reset, not armed yet. tripped: halted until a reset. */
export interface LatchRecord {
  readonly state: 'armed' | 'prep' | 'tripped';
  readonly cause: string;
  /** ISO. */
  readonly at: string;
}

/** The state that the guard lives by, and the file in which a restart finds it. */
export class Latch {
  readonly #file: DurableFile;
  readonly #changed: () => void;
  record: LatchRecord;
  /** Why the file does not say what the record says, or null. */
  unstored: string | null = null;
  /** From the last trip until it was stored; null = not yet. */
  storedMs: number | null = null;
  #trippedAt = 0;

  constructor(folder: string, changed = (): void => undefined) {
    this.#file = new DurableFile(folder, 'latch.json');
    this.#changed = changed;
    try {
      this.record = parse(this.#file.read());
    } catch (error) {
      this.record = unreadable(error);
    }
  }

  get isTripped(): boolean {
    return this.record.state === 'tripped';
  }

  /** At once, in memory; to be stored. Returns false when it was tripped before. */
  trip(cause: string): boolean {
    // Another object, although it says the same: a reset that is just being stored finds out by that.
    if (this.isTripped) this.record = { ...this.record };
    if (this.isTripped) return false;
    this.record = { state: 'tripped', cause, at: isoTime() };
    this.unstored = 'the latch is not stored yet';
    this.storedMs = null;
    this.#trippedAt = monotonicMs();
    return true;
  }

  /** The same halt under a better name: what brought it about can be plain a moment later. */
  rename(from: string, to: string): void {
    if (!this.isTripped || this.record.cause !== from) return;
    this.record = { ...this.record, cause: to };
    void this.store();
  }

  /** See `unstored` for whether it was. */
  async store(): Promise<void> {
    const { record } = this;
    const failure = await this.#file.store(written(record));
    if (failure !== null) this.unstored = `the latch could not be stored: ${failure}`;
    else if (this.record === record) this.unstored = null;
    if (failure === null) this.storedMs ??= monotonicMs() - this.#trippedAt;
    else this.#changed();
  }

  /** Stored first. Returns why it is not done, or null. */
  async move(state: 'prep' | 'armed', cause: string): Promise<string | null> {
    const [before, next] = [this.record, { state, cause, at: isoTime() }];
    const failure = await this.#file.store(written(next));
    if (failure !== null) return `the latch cannot be stored: ${failure}`;
    // A trip that came meanwhile is stored behind this.
    if (this.record !== before) return this.store().then(() => 'it was halted meanwhile');
    this.record = next;
    this.unstored = null;
    return null;
  }

  /** The file decides: whoever removes or spoils it halts. Returns the cause, or null. */
  async compare(): Promise<string | null> {
    const before = this.record;
    if (before.state !== 'armed') return null;
    const stored = await this.#file.look().then(parse).catch(unreadable);
    return stored.state !== 'armed' && this.record === before ? stored.cause : null;
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

/** Whatever is not exactly what was stored is tripped. */
function unreadable(error: unknown): LatchRecord {
  const why = (error as Error).message.replace(/\s+/g, ' ');
  return { state: 'tripped', cause: `the latch cannot be read: ${why}`, at: '' };
}
