import { type ChildProcess, spawn } from 'node:child_process';
import { existsSync, mkdirSync, mkdtempSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { LOOPBACK } from './simulation.ts';

export interface GuardProcessOptions {
  /** Keeps the guard's files; made when it is not there. */
  readonly folder: string;
  readonly exchangePort: number;
  readonly account: string;
  readonly symbols: readonly string[];
  /** Market seconds in a second: what is counted in seconds follows it. */
  readonly speed: number;
}

const MAIN = new URL('../guard/main.ts', import.meta.url).pathname;
const COMPILE_CACHE = new URL('../../node_modules/.cache/wheelhouse', import.meta.url).pathname;
const GUARD_CLIENT_ID = 900;
const MESSAGES_PER_SECOND = 48;
const LONGEST_SOCKET_PATH = 100;
const FASTEST_COUNTED = 1_000;

/** The guard of the demo, in a process of its own that ends with this one. */
export class GuardProcess {
  readonly #options: GuardProcessOptions;
  #child: ChildProcess | null = null;

  constructor(options: GuardProcessOptions) {
    this.#options = options;
  }

  /** Resolves with the port where the agent connects. */
  start(): Promise<number> {
    const config = this.#writeFiles();
    const env = { ...process.env, NODE_COMPILE_CACHE: COMPILE_CACHE };
    const args = [MAIN, '--config', config, '--with-parent'];
    // In a group of its own: Ctrl-C is for the demo, and the guard goes last. It sees by its input when the demo is gone.
    const child = spawn(process.execPath, args, { env, stdio: ['pipe', 'pipe', 'inherit'], detached: true });
    this.#child = child;
    return new Promise((done, fail) => {
      const failed = (reason: string): void => fail(Object.assign(new Error(reason), { code: 'GUARD_FAILED' }));
      child.once('error', (error) => failed(`the guard could not be started: ${error.message}`));
      child.once('exit', (code) => failed(`the guard ended with ${code} before it listened`));
      child.stdout?.on('data', (text) => {
        const port = /listens on .*:(\d+)/.exec(String(text))?.[1];
        if (port !== undefined) done(Number(port));
      });
    });
  }

  async stop(): Promise<void> {
    const child = this.#child;
    if (child === null || child.exitCode !== null || child.signalCode !== null) return;
    const ended = new Promise((done) => child.once('exit', done));
    child.kill('SIGTERM');
    await ended;
  }

  #writeFiles(): string {
    const { exchangePort, account, symbols, speed } = this.#options;
    const folder = resolve(this.#options.folder);
    mkdirSync(folder, { recursive: true });
    const at = (name: string): string => join(folder, name);
    const isShort = at('admin.sock').length < LONGEST_SOCKET_PATH;
    const sockets = isShort ? folder : mkdtempSync(join(tmpdir(), 'wheelhouse-guard-'));
    const limits = { account, symbols, ...LIMITS };
    writeFileSync(at('limits.json'), `${JSON.stringify(limits, null, 2)}\n`, { mode: 0o644 });
    // A demo begins armed; one that was halted and goes on stays halted.
    if (!existsSync(at('latch.json'))) {
      writeFileSync(at('latch.json'), '{"state":"armed","cause":"a new demo","at":""}\n');
    }
    if (!existsSync(at('contacts'))) writeFileSync(at('contacts'), '0 1\n');
    const config = {
      listen: { host: LOOPBACK, port: 0 },
      gateway: { host: LOOPBACK, port: exchangePort, clientId: GUARD_CLIENT_ID },
      folder,
      limits: at('limits.json'),
      contacts: at('contacts'),
      control: { open: join(sockets, 'open.sock'), admin: join(sockets, 'admin.sock') },
      afterReset: 'active',
      messagesPerSecond: speed > FASTEST_COUNTED ? 0 : Math.ceil(MESSAGES_PER_SECOND * Math.max(1, speed)),
    };
    writeFileSync(at('guard.json'), `${JSON.stringify(config, null, 2)}\n`);
    return at('guard.json');
  }
}

const LIMITS = {
  secTypes: ['OPT', 'BAG', 'STK'],
  ordersPerMinute: 600,
  ordersPerDay: 5_000,
  contractsPerOrder: 20,
  contractsPerDay: 10_000,
  notionalPerOrder: 1_000_000,
  notionalPerDay: 1_000_000_000,
  shortCalls: 'covered',
};
