import type { ChildProcessWithoutNullStreams } from 'node:child_process';
import { readFileSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { createInterface } from 'node:readline';

const TAIL = 3_000;

/** A virtual machine that runs. Both sides say lines of JSON on a serial line of it. */
export class Machine {
  readonly #child: ChildProcessWithoutNullStreams;
  readonly #folder: string;
  readonly #deadline: NodeJS.Timeout;
  readonly #said: unknown[] = [];
  #waiting: { resolve(line: unknown): void; reject(error: Error): void } | null = null;
  #failure: Error | null = null;
  #errors = '';
  #isHeard = false;
  #isOver = false;
  /** It has ended, however. */
  readonly ended: Promise<void>;

  constructor(child: ChildProcessWithoutNullStreams, folder: string, deadlineMs: number) {
    this.#child = child;
    this.#folder = folder;
    const atExit = (): boolean => child.kill('SIGKILL');
    process.once('exit', atExit);
    child.stderr.on('data', (bytes: Buffer) => {
      this.#errors += String(bytes);
    });
    child.stdin.on('error', () => undefined);
    createInterface({ input: child.stdout }).on('line', (line) => this.#hear(line));
    this.#deadline = setTimeout(() => {
      this.#fail(`it still ran after ${deadlineMs} ms`);
      child.kill('SIGKILL');
    }, deadlineMs);
    this.ended = new Promise((resolve) => {
      child.once('error', (error) => this.#fail(error.message));
      child.once('close', () => {
        clearTimeout(this.#deadline);
        process.off('exit', atExit);
        this.#isOver = true;
        this.#settle();
        resolve();
      });
    });
  }

  /** What it says next; `null` = it has ended and said all. Throws when its time is over, with the end of its console. */
  next(): Promise<unknown> {
    return new Promise((resolve, reject) => {
      this.#waiting = { resolve, reject };
      this.#settle();
    });
  }

  send(value: unknown): void {
    this.#child.stdin.write(`${JSON.stringify(value)}\n`);
  }

  /** All that its kernel and its programs wrote there, until it is stopped or killed. */
  console(): string {
    try {
      return readFileSync(join(this.#folder, 'console'), 'utf8');
    } catch {
      return '';
    }
  }

  /** For its process alone: SIGSTOP and the like. */
  get pid(): number {
    return this.#child.pid ?? 0;
  }

  /** Whatever QEMU has still to write, it writes. */
  stop(): Promise<void> {
    return this.#end('SIGTERM');
  }

  /** As when the plug is pulled. */
  kill(): Promise<void> {
    return this.#end('SIGKILL');
  }

  async #end(signal: 'SIGTERM' | 'SIGKILL'): Promise<void> {
    if (!this.#isOver) this.#child.kill(signal);
    await this.ended;
    rmSync(this.#folder, { recursive: true, force: true });
  }

  #hear(line: string): void {
    // While it looks what its serial line can do, the kernel of a Raspberry Pi writes a few letters there.
    const from = this.#isHeard ? 0 : Math.max(0, line.search(/[[{"]/));
    this.#isHeard = true;
    try {
      this.#said.push(JSON.parse(line.slice(from)));
    } catch {
      this.#fail(`it said what is not JSON: ${line}`);
    }
    this.#settle();
  }

  #fail(reason: string): void {
    this.#failure ??= new Error(`the machine: ${reason}\n${this.#errors}${this.console().slice(-TAIL)}`);
    this.#settle();
  }

  #settle(): void {
    const waiting = this.#waiting;
    if (waiting === null) return;
    if (this.#said.length === 0 && this.#failure === null && !this.#isOver) return;
    this.#waiting = null;
    if (this.#said.length > 0) waiting.resolve(this.#said.shift());
    else if (this.#failure !== null) waiting.reject(this.#failure);
    else waiting.resolve(null);
  }
}
