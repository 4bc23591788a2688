import { type ChildProcess, spawn } from 'node:child_process';
import type { Clock, Timer } from '../edges/system/clock.ts';
import type { Log } from '../edges/system/log.ts';
import { type GuardFiles, type GuardWish, guardFiles } from './guard-files.ts';
import { GUARD_PROGRAM, guardEnvironment } from './guard-program.ts';

export interface GuardProcessOptions extends GuardWish {
  /** Real time. */
  readonly clock: Clock;
  readonly log: Log;
}

const AGAIN_MS = 500;
const LONGEST_GOODBYE_MS = 5_000;

/** A guard of our own, in a process that ends with this one and is started again when it ends before. */
export class GuardProcess {
  readonly #options: GuardProcessOptions;
  #made: GuardFiles | null = null;
  #child: ChildProcess | null = null;
  #again: Timer | null = null;
  #stopped = false;

  constructor(options: GuardProcessOptions) {
    this.#options = options;
  }

  /** Makes its files. */
  prepare(): void {
    this.#made ??= guardFiles(this.#options);
  }

  /** Where it is told to halt; known before it runs. */
  get openSocket(): string {
    return this.#files.openSocket;
  }

  /** Resolves with the port where the agent connects, which stays the same however often the process is started again. */
  async start(): Promise<number> {
    const files = this.#files;
    const port = await this.#run(files.config);
    files.settle(port);
    return port;
  }

  get pid(): number | null {
    return this.#child?.pid ?? null;
  }

  async stop(): Promise<void> {
    this.#stopped = true;
    this.#again?.cancel();
    const child = this.#child;
    if (child === null || child.exitCode !== null || child.signalCode !== null) return;
    const ended = new Promise((done) => child.once('exit', done));
    child.kill('SIGTERM');
    // One that hangs must not keep us.
    const { clock } = this.#options;
    const patience = clock.after(LONGEST_GOODBYE_MS, () => child.kill('SIGKILL'));
    await ended;
    patience.cancel();
  }

  get #files(): GuardFiles {
    this.prepare();
    return this.#made as GuardFiles;
  }

  #run(config: string): Promise<number> {
    const args = [GUARD_PROGRAM, '--config', config, '--with-parent'];
    // In a group of its own: Ctrl-C is for us, and the guard goes last. It sees by its input when we are gone.
    const child = spawn(process.execPath, args, {
      env: guardEnvironment(),
      stdio: ['pipe', 'pipe', 'inherit'],
      detached: true,
    });
    this.#child = child;
    return new Promise((done, fail) => {
      let listens = false;
      const ended = (reason: string): void => {
        if (!listens) fail(Object.assign(new Error(reason), { code: 'GUARD_FAILED' }));
        if (listens) this.#startAgain(config, reason);
      };
      child.once('error', (error) => ended(`the guard could not be started: ${error.message}`));
      child.once('exit', (code, signal) => ended(`the guard ended with ${code ?? signal}`));
      child.stdout?.on('data', (text) => {
        const port = /listens on .*:(\d+)/.exec(String(text))?.[1];
        if (port === undefined) return;
        listens = true;
        done(Number(port));
      });
    });
  }

  #startAgain(config: string, reason: string): void {
    if (this.#stopped) return;
    const { log, clock } = this.#options;
    log.error({ reason }, 'the guard is started again');
    this.#again = clock.after(AGAIN_MS, () => {
      this.#run(config).catch((error: unknown) => this.#startAgain(config, String(error)));
    });
  }
}
