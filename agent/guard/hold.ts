import { isoTime, monotonicMs } from './clock.ts';
import { Latch, type LatchRecord } from './latch.ts';

/** The state that the guard lives by, and whether a restart would find it. */
export class Hold {
  readonly #latch: Latch;
  readonly #changed: () => void;
  #record: LatchRecord;
  #unstored: string | null = null;

  constructor(folder: string, changed: () => void) {
    this.#latch = new Latch(folder);
    this.#record = this.#latch.read();
    this.#changed = changed;
  }

  get record(): LatchRecord {
    return this.#record;
  }

  /** Why the file does not say it, or null. */
  get unstored(): string | null {
    return this.#unstored;
  }

  get isTripped(): boolean {
    return this.#record.state === 'tripped';
  }

  /** At once, in memory; to be stored. Returns false when it was tripped before. */
  trip(cause: string): boolean {
    if (this.isTripped) return false;
    this.#record = { state: 'tripped', cause, at: isoTime() };
    this.#unstored = 'the latch is not stored yet';
    return true;
  }

  /** The same halt under a better name: what brought it about can be plain a moment later. */
  rename(from: string, to: string): void {
    if (!this.isTripped || this.#record.cause !== from) return;
    this.#record = { ...this.#record, cause: to };
    void this.store();
  }

  /** Resolves with the milliseconds that it took; null = it could not be. */
  async store(): Promise<number | null> {
    const [begun, record] = [monotonicMs(), this.#record];
    try {
      await this.#latch.store(record);
      if (this.#record === record) this.#unstored = null;
      return monotonicMs() - begun;
    } catch (error) {
      this.#unstored = `the latch could not be stored: ${(error as Error).message}`;
      this.#changed();
      return null;
    }
  }

  /** Stored first. Returns why it is not done, or null. */
  async move(state: 'prep' | 'armed', cause: string): Promise<string | null> {
    const before = this.#record;
    const next: LatchRecord = { state, cause, at: isoTime() };
    try {
      await this.#latch.store(next);
    } catch (error) {
      return `the latch cannot be stored: ${(error as Error).message}`;
    }
    // A trip that came meanwhile has its own record stored behind this one.
    if (this.#record !== before) return 'it was halted meanwhile';
    this.#record = next;
    this.#unstored = null;
    return null;
  }

  /** The file decides: whoever removes or spoils it halts. Returns the cause, or null. */
  async compare(): Promise<string | null> {
    const before = this.#record;
    if (before.state !== 'armed') return null;
    const stored = await this.#latch.look();
    return stored.state !== 'armed' && this.#record === before ? stored.cause : null;
  }
}
