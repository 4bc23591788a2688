import type { ChildProcess } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { constants, setPriority } from 'node:os';
import type { ChildJob, ChildOutcome, ChildProgress, Children } from '../children.ts';

/** What the two sides say to each other. */
export type ToChild = { readonly kind: 'start'; readonly work: string; readonly input: unknown };
export type FromChild =
  | { readonly kind: 'ready' }
  | { readonly kind: 'progress'; readonly progress: ChildProgress; readonly partial: unknown }
  | { readonly kind: 'done'; readonly result: unknown }
  | { readonly kind: 'failed'; readonly reason: string };

export interface HostChildrenOptions {
  /** The program that the children run, with what makes it answer to the messages above. */
  readonly program: string;
  readonly args: readonly string[];
  /** From SIGTERM to SIGKILL. */
  readonly killAfterMs?: number;
  readonly watchEveryMs?: number;
}

const KILL_AFTER_MS = 700;
const WATCH_EVERY_MS = 200;
/** Node needs this beside the heap: code, buffers, threads. */
const BESIDE_HEAP_MB = 60;
const LEAST_HEAP_MB = 32;

/** Children as processes of this machine, kinder to others than ourselves, and with a memory cap that is enforced. */
export class HostChildren implements Children {
  readonly #options: Required<HostChildrenOptions>;

  constructor(options: HostChildrenOptions) {
    this.#options = { killAfterMs: KILL_AFTER_MS, watchEveryMs: WATCH_EVERY_MS, ...options };
  }

  async run(job: ChildJob): Promise<ChildOutcome> {
    // Read when the first child is wanted, not at the start of the agent.
    const { fork } = await import('node:child_process');
    if (job.signal.aborted) return { kind: 'stopped' };
    const { program, args } = this.#options;
    const child = fork(program, args, {
      execArgv: [`--max-old-space-size=${Math.max(LEAST_HEAP_MB, job.capMb - BESIDE_HEAP_MB)}`],
      serialization: 'advanced',
      stdio: ['ignore', 'ignore', 'pipe', 'ipc'],
    });
    return new ChildRun(child, job, this.#options).outcome();
  }
}

class ChildRun {
  readonly #job: ChildJob;
  readonly #options: Required<HostChildrenOptions>;
  readonly #child: ChildProcess;
  #peakMb = 0;
  #overCap = false;
  #stopped = false;
  #said: ChildOutcome | null = null;
  #errors = '';
  #kill: NodeJS.Timeout | null = null;

  constructor(child: ChildProcess, job: ChildJob, options: Required<HostChildrenOptions>) {
    this.#child = child;
    this.#job = job;
    this.#options = options;
  }

  outcome(): Promise<ChildOutcome> {
    const child = this.#child;
    const { signal, work, input } = this.#job;
    const onAbort = (): void => this.#stop();
    const watch = setInterval(() => this.#weigh(), this.#options.watchEveryMs);
    signal.addEventListener('abort', onAbort, { once: true });
    child.stderr?.on('data', (bytes: Buffer) => {
      this.#errors = (this.#errors + bytes.toString()).slice(-4000);
    });
    child.on('message', (message) => {
      const said = message as FromChild;
      // One that is over its cap before it has begun is given nothing to do.
      this.#weigh();
      if (said.kind !== 'ready') this.#hear(said);
      else if (!this.#overCap) child.send({ kind: 'start', work, input } satisfies ToChild, () => undefined);
    });
    return new Promise((resolve) => {
      const end = (outcome: ChildOutcome): void => {
        clearInterval(watch);
        if (this.#kill !== null) clearTimeout(this.#kill);
        signal.removeEventListener('abort', onAbort);
        resolve(outcome);
      };
      child.once('error', (error) => end({ kind: 'failed', reason: `no process could be started: ${error.message}` }));
      child.once('close', (code, death) => end(this.#conclude(code, death)));
      child.once('spawn', () => this.#beKind());
    });
  }

  #hear(said: Exclude<FromChild, { kind: 'ready' }>): void {
    if (said.kind === 'progress') {
      this.#job.onProgress(said.progress, said.partial);
      return;
    }
    this.#said =
      said.kind === 'done'
        ? { kind: 'done', result: said.result, peakMb: this.#peakMb }
        : { kind: 'failed', reason: said.reason };
  }

  #beKind(): void {
    try {
      if (this.#child.pid !== undefined) setPriority(this.#child.pid, constants.priority.PRIORITY_BELOW_NORMAL);
    } catch {
      // It may be gone already, or the system may not let us.
    }
  }

  #weigh(): void {
    const { pid } = this.#child;
    const mb = pid === undefined ? null : residentMb(pid);
    if (mb === null) return;
    this.#peakMb = Math.max(this.#peakMb, mb);
    if (mb <= this.#job.capMb) return;
    this.#overCap = true;
    this.#child.kill('SIGKILL');
  }

  #stop(): void {
    this.#stopped = true;
    this.#child.kill('SIGTERM');
    this.#kill = setTimeout(() => this.#child.kill('SIGKILL'), this.#options.killAfterMs);
  }

  #conclude(code: number | null, death: NodeJS.Signals | null): ChildOutcome {
    const { capMb } = this.#job;
    if (this.#overCap || /heap out of memory|allocation failed/i.test(this.#errors)) {
      return { kind: 'outOfMemory', peakMb: Math.max(this.#peakMb, 0), capMb };
    }
    if (this.#said !== null) return this.#said;
    if (this.#stopped) return { kind: 'stopped' };
    const last = this.#errors.trim().split('\n').at(-1) ?? '';
    return { kind: 'failed', reason: `it died (${death ?? `exit ${code}`})${last === '' ? '' : `: ${last}`}` };
  }
}

/** Resident memory of a process; `null` when it is gone or the system keeps no /proc. */
function residentMb(pid: number): number | null {
  try {
    const found = /^VmRSS:\s+(\d+) kB$/m.exec(readFileSync(`/proc/${pid}/status`, 'utf8'));
    return found === null ? null : Number(found[1]) / 1024;
  } catch {
    return null;
  }
}
