import { type FileHandle, open, rename } from 'node:fs/promises';

const TAIL_BYTES = 65_536;
const MOST_WAITING = 4 << 20;

/**
 * Lines that are only ever appended; beyond its size the file becomes `.1` and the one before is gone. Writing never happens in
 * the caller's own turn: a disk that hangs must hold nobody up.
 */
export class LineFile {
  readonly #path: string;
  readonly #mostBytes: number;
  readonly #found: (newestFirst: readonly string[]) => void;
  #file: FileHandle | null = null;
  #size = 0;
  #lines: string[] = [];
  #waitingBytes = 0;
  /** Of those who wait for their lines. */
  #written: ((failure: string | null) => void)[] = [];
  /** What is there ends within a line, as after a power cut. */
  #isTorn = false;
  #busy = false;
  #failure: string | null = 'it has not been opened';
  #wasRead = false;
  /** Lines that could not be written since the start. */
  lost = 0;

  /** @param found told, before anything is written, what was written last, newest first; the oldest may be cut off */
  constructor(path: string, mostBytes: number, found: (newestFirst: readonly string[]) => void) {
    this.#path = path;
    this.#mostBytes = mostBytes;
    this.#found = found;
  }

  /** Why nothing can be written, or null. */
  get failure(): string | null {
    return this.#failure;
  }

  get busy(): boolean {
    return this.#busy;
  }

  /** Never rejects: see `failure`. */
  async open(): Promise<void> {
    try {
      await this.#read();
      this.#failure = null;
    } catch (error) {
      this.#failure = (error as Error).message;
    }
  }

  /** @param written called with null once the line would survive a power cut, or with why not; a line that nobody waits for may be lost by one */
  append(line: string, written: ((failure: string | null) => void) | null = null): void {
    const text = `${line}\n`;
    if (this.#waitingBytes + text.length > MOST_WAITING) {
      this.lost += 1;
      this.#failure = 'the disk takes no more lines';
      written?.(this.#failure);
      return;
    }
    this.#lines.push(text);
    this.#waitingBytes += text.length;
    if (written !== null) this.#written.push(written);
    if (!this.#busy) void this.#work();
  }

  /** When all has been written, or could not be. */
  async close(): Promise<void> {
    while (this.#busy) await new Promise((resolve) => this.#written.push(resolve));
    await this.#file?.close();
    this.#file = null;
  }

  async #work(): Promise<void> {
    this.#busy = true;
    while (this.#lines.length + this.#written.length > 0) {
      const [lines, written] = [this.#lines, this.#written];
      this.#lines = [];
      this.#written = [];
      this.#waitingBytes = 0;
      const failure = lines.length === 0 ? this.#failure : await this.#write(lines, written.length > 0);
      for (const tell of written) tell(failure);
    }
    this.#busy = false;
  }

  async #write(lines: readonly string[], isAwaited: boolean): Promise<string | null> {
    // A write that failed may have left half a line.
    const text = Buffer.from((this.#failure === null && !this.#isTorn ? '' : '\n') + lines.join(''));
    try {
      if (!this.#wasRead) await this.#read();
      if (this.#size + text.length > this.#mostBytes && this.#size > 0) await this.#turnOver();
      this.#file ??= await open(this.#path, 'a', 0o640);
      await this.#file.appendFile(text);
      this.#size += text.length;
      if (isAwaited) await this.#file.datasync();
      this.#failure = null;
      this.#isTorn = false;
    } catch (error) {
      this.#failure = (error as Error).message;
      this.lost += lines.length;
    }
    return this.#failure;
  }

  async #read(): Promise<void> {
    this.#file ??= await open(this.#path, 'a+', 0o640);
    this.#size = (await this.#file.stat()).size;
    const newestFirst = await tail(this.#file);
    this.#isTorn = newestFirst[0] !== '';
    this.#found([...newestFirst, ...(await this.#tailBefore())]);
    this.#wasRead = true;
  }

  async #turnOver(): Promise<void> {
    await this.#file?.close();
    this.#file = null;
    await rename(this.#path, `${this.#path}.1`);
    this.#size = 0;
  }

  async #tailBefore(): Promise<string[]> {
    try {
      const before = await open(`${this.#path}.1`, 'r');
      return await tail(before).finally(() => before.close());
    } catch {
      return [];
    }
  }
}

/** At least one whole line, however long it is. */
async function tail(file: FileHandle): Promise<string[]> {
  const { size } = await file.stat();
  for (let length = Math.min(size, TAIL_BYTES); ; length = Math.min(size, length * 4)) {
    const { buffer } = await file.read(Buffer.alloc(length), 0, length, size - length);
    const lines = buffer.toString('utf8').split('\n');
    // The first is cut off, the last is behind the end of a line or torn.
    if (lines.length > 2 || length === size) return lines.reverse();
  }
}
