import { type FileHandle, open, rename } from 'node:fs/promises';
import { isoTime } from './clock.ts';

/** What the day has come to so far, on every line, so that a restart goes on counting. */
export interface DayTotals {
  readonly date: string;
  readonly orders: number;
  readonly contracts: number;
  /** Dollars. */
  readonly notional: number;
}

const NO_DAY: DayTotals = { date: '', orders: 0, contracts: 0, notional: 0 };
const TAIL_BYTES = 65_536;
const MOST_WAITING = 4 << 20;

/**
 * Every order frame both ways with its verdict, one JSON line each, only ever appended; beyond its size the file becomes
 * `.1` and the one before is gone. Writing never happens in the guard's own turn: a disk that hangs must not stop a halt.
 */
export class Journal {
  readonly #path: string;
  readonly #mostBytes: number;
  #file: FileHandle | null = null;
  #size = 0;
  #lines: string[] = [];
  #waitingBytes = 0;
  #written: ((failure: string | null) => void)[] = [];
  #busy = false;
  #lost = 0;
  #failure: string | null = 'it has not been opened';
  today: DayTotals = NO_DAY;

  constructor(path: string, mostBytes: number) {
    this.#path = path;
    this.#mostBytes = mostBytes;
  }

  /** Why nothing can be recorded, or null. */
  get failure(): string | null {
    return this.#failure;
  }

  async open(): Promise<void> {
    try {
      this.#file = await open(this.#path, 'a+', 0o640);
      this.#size = (await this.#file.stat()).size;
      this.today = (await lastTotals(this.#file, this.#size)) ?? (await this.#totalsBefore());
      this.#failure = null;
    } catch (error) {
      this.#failure = (error as Error).message;
    }
  }

  /** @param written called with null once the line is in the file, or with why it is not */
  append(line: object, written: (failure: string | null) => void = () => undefined): void {
    const text = `${JSON.stringify({ at: isoTime(), ...line, today: this.today })}\n`;
    if (this.#waitingBytes + text.length > MOST_WAITING) {
      this.#lost += 1;
      this.#failure = 'the disk takes no more lines';
      written(this.#failure);
      return;
    }
    this.#lines.push(text);
    this.#waitingBytes += text.length;
    this.#written.push(written);
    if (!this.#busy) void this.#work();
  }

  /** After a failure: tries again. */
  retry(): void {
    if (this.#failure !== null && !this.#busy) this.append({ kind: 'journal', text: 'tries again', lost: this.#lost });
  }

  async close(): Promise<void> {
    while (this.#busy)
      await new Promise<void>((resolve) => this.append({ kind: 'journal', text: 'ends' }, () => resolve()));
    await this.#file?.close();
    this.#file = null;
  }

  async #work(): Promise<void> {
    this.#busy = true;
    while (this.#lines.length > 0) {
      const [lines, written] = [this.#lines, this.#written];
      this.#lines = [];
      this.#written = [];
      this.#waitingBytes = 0;
      const failure = await this.#write(lines);
      for (const tell of written) tell(failure);
    }
    this.#busy = false;
  }

  async #write(lines: readonly string[]): Promise<string | null> {
    // A write that failed may have left half a line.
    const text = Buffer.from((this.#failure === null ? '' : '\n') + lines.join(''));
    try {
      if (this.#size + text.length > this.#mostBytes && this.#size > 0) await this.#turnOver();
      this.#file ??= await open(this.#path, 'a', 0o640);
      await this.#file.appendFile(text);
      this.#size += text.length;
      this.#failure = null;
      this.#lost = 0;
    } catch (error) {
      this.#failure = (error as Error).message;
      this.#lost += lines.length;
    }
    return this.#failure;
  }

  async #turnOver(): Promise<void> {
    await this.#file?.close();
    this.#file = null;
    await rename(this.#path, `${this.#path}.1`);
    this.#size = 0;
  }

  async #totalsBefore(): Promise<DayTotals> {
    try {
      const file = await open(`${this.#path}.1`, 'r');
      try {
        return (await lastTotals(file, (await file.stat()).size)) ?? NO_DAY;
      } finally {
        await file.close();
      }
    } catch {
      return NO_DAY;
    }
  }
}

async function lastTotals(file: FileHandle, size: number): Promise<DayTotals | null> {
  const from = Math.max(0, size - TAIL_BYTES);
  const { buffer } = await file.read(Buffer.alloc(size - from), 0, size - from, from);
  for (const line of buffer.toString('utf8').split('\n').reverse()) {
    try {
      const { today } = JSON.parse(line) as { today?: DayTotals };
      if (today !== undefined && today.date !== '') return today;
    } catch {
      // Cut off, or torn by a crash.
    }
  }
  return null;
}
