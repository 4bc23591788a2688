import { type ChildProcess, spawn } from 'node:child_process';

/** Longer than the button is held that ends one. */
const PATIENCE_MS = 20_000;

export interface Started {
  readonly name: string;
  readonly args: readonly string[];
  /** What it says when it is ready; absent = nobody waits for it. */
  readonly ready?: string;
  /** Of a user that is not the superuser. */
  readonly uid?: number;
}

interface Program {
  readonly child: ChildProcess;
  readonly ended: Promise<string>;
  said: string;
}

/** Node processes of the machine, by names that the rig gives them. */
export class Programs {
  readonly #running = new Map<string, Program>();

  /** Answers what it said, once it is ready or has ended. */
  async start({ name, args, ready, uid }: Started): Promise<string> {
    const user = uid === undefined ? {} : { uid, gid: uid };
    const child = spawn('/bin/node', args, { stdio: ['ignore', 'pipe', 'pipe'], ...user });
    const ended = new Promise<string>((resolve) => {
      child.once('close', (code, signal) => resolve(String(signal ?? code)));
    });
    const program: Program = { child, ended, said: '' };
    this.#running.set(name, program);
    const isReady = new Promise<void>((resolve) => {
      const hear = (bytes: Buffer): void => {
        program.said += String(bytes);
        if (ready !== undefined && program.said.includes(ready)) resolve();
      };
      if (ready === undefined) resolve();
      child.stdout?.on('data', hear);
      child.stderr?.on('data', hear);
    });
    await Promise.race([isReady, ended]);
    return program.said;
  }

  said(name: string): string {
    return this.#find(name).said;
  }

  signal(name: string, signal: NodeJS.Signals): void {
    this.#find(name).child.kill(signal);
  }

  /** How it ended, its code or the signal, and how many milliseconds after it was told to. One that does not end is killed. */
  async end(name: string, signal: NodeJS.Signals | null): Promise<{ how: string; ms: number }> {
    const { child, ended } = this.#find(name);
    const told = performance.now();
    if (signal !== null) child.kill(signal);
    const late = setTimeout(() => child.kill('SIGKILL'), PATIENCE_MS);
    const how = await ended;
    clearTimeout(late);
    return { how, ms: Math.round(performance.now() - told) };
  }

  #find(name: string): Program {
    const found = this.#running.get(name);
    if (found === undefined) throw new Error(`no program is called ${name}`);
    return found;
  }
}
