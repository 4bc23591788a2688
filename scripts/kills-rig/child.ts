import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { resolve } from 'node:path';
import type { Readable } from 'node:stream';
import { setTimeout as wait } from 'node:timers/promises';

const ROOT = resolve(import.meta.dirname, '../..');
const NOTIFY_DESCRIPTOR = 3;
const LAST_WORDS = 2_000;
const PATIENCE_MS = 30_000;

const living = new Set<ChildProcess>();
// Whatever becomes of us, nobody is left behind.
process.once('exit', () => {
  for (const child of living) child.kill('SIGKILL');
});

/** What a process is given as systemd would give it. */
export interface Unit {
  /** Without a sign of life for so long it is to be killed. */
  readonly patienceMs: number;
  /** What it tells systemd. */
  readonly told: (message: string) => void;
}

/** A process of ours whose words are read, and which may be killed at any moment. */
export class Child {
  readonly startedAt = performance.now();
  readonly #process: ChildProcess;
  readonly #name: string;
  #said = '';
  #hear: () => void = () => undefined;

  constructor(name: string, args: readonly string[], unit: Unit | null = null) {
    const { NODE_TEST_CONTEXT: _, ...surroundings } = process.env;
    const env = {
      ...{ ...surroundings, NODE_COMPILE_CACHE: resolve(ROOT, 'node_modules/.cache/wheelhouse') },
      ...(unit === null ? {} : unitEnvironment(unit)),
    };
    this.#name = name;
    const output = unit === null ? (['pipe', 'pipe'] as const) : (['pipe', 'pipe', 'pipe'] as const);
    this.#process = spawn(process.execPath, args, { cwd: ROOT, env, stdio: ['ignore', ...output] });
    const words = this.#process.stdio[NOTIFY_DESCRIPTOR] as Readable | undefined;
    words?.setEncoding('utf8').on('data', (text: string) => unit?.told(text));
    for (const stream of [this.#process.stdout, this.#process.stderr]) {
      stream?.setEncoding('utf8').on('data', (text: string) => {
        this.#said = (this.#said + text).slice(-LAST_WORDS);
        this.#hear();
      });
    }
    living.add(this.#process);
    this.#process.on('exit', () => {
      living.delete(this.#process);
      this.#hear();
    });
  }

  get ended(): boolean {
    return this.#process.exitCode !== null || this.#process.signalCode !== null;
  }

  /** What it said last. */
  get said(): string {
    return this.#said;
  }

  /** Resolves as soon as it has said it; rejects when it ends before. */
  async says(pattern: RegExp): Promise<RegExpExecArray> {
    const until = performance.now() + PATIENCE_MS;
    for (;;) {
      const found = pattern.exec(this.#said);
      if (found !== null) return found;
      const late = performance.now() > until;
      if (this.ended || late) throw new Error(`the ${this.#name} did not say ${pattern}: ${this.#said}`);
      const { promise, resolve: heard } = Promise.withResolvers<void>();
      this.#hear = heard;
      await Promise.race([promise, wait(PATIENCE_MS, undefined, { ref: false })]);
    }
  }

  signal(signal: NodeJS.Signals): void {
    this.#process.kill(signal);
  }

  async end(signal: 'SIGKILL' | 'SIGTERM' | 'SIGABRT'): Promise<void> {
    if (this.ended) return;
    const gone = once(this.#process, 'exit');
    this.#process.kill(signal);
    await gone;
  }
}

function unitEnvironment({ patienceMs }: Unit): NodeJS.ProcessEnv {
  return { LISTEN_PID: 'ours', LISTEN_FDS: '1', LISTEN_FDNAMES: 'notify', WATCHDOG_USEC: String(patienceMs * 1000) };
}
