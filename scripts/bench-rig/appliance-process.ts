import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { demoLimits } from '../../agent/compose/guard-limits.ts';
import { GuardProcess } from '../../agent/compose/guard-process.ts';
import { SIMULATED_ACCOUNT } from '../../agent/compose/simulation.ts';
import { HostClock } from '../../agent/edges/system/host/clock.ts';
import { hostLog } from '../../agent/edges/system/host/log.ts';
import { unitStart } from './unit-start.ts';

const ROOT = resolve(import.meta.dirname, '../..');
const TICKS_PER_SECOND = 100;

/** CPU seconds and resident memory of a process, as the kernel counts them. */
export interface Usage {
  readonly cpuSeconds: number;
  readonly residentMiB: number;
}

/** Where an appliance finds its broker: the exchange, with a guard of its own, or a guard that runs already. */
export interface Way {
  readonly port: number;
  readonly guardSocket: string | null;
}

/** An appliance with a store, a page and an exchange to talk to, started as an owner would. */
export class ApplianceProcess {
  readonly folder = mkdtempSync(join(tmpdir(), 'wheelhouse-bench-'));
  #child: ChildProcess | null = null;

  /** Resolves when it says that it is ready; with the wall-clock milliseconds that took. */
  async start({ port, guardSocket }: Way, bundled?: string): Promise<number> {
    const config = join(this.folder, 'bench.yaml');
    const store = join(this.folder, 'store');
    const page = await freePort();
    const guard = guardSocket === null ? '' : `, guard: { socket: ${guardSocket} }`;
    writeFileSync(
      config,
      `broker: { port: ${port}${guard} }\nstore: { path: ${store} }\npage: { port: ${page} }\nlog: { level: error }\n`,
    );
    const unit = unitStart('wheelhouse-agent');
    const before = performance.now();
    const args = ['run', '--quiet', '--config', config];
    // From sources as an owner does it: the script replaces itself by the program.
    const child =
      bundled === undefined
        ? spawn(resolve(ROOT, 'scripts', 'wheelhouse'), args, { cwd: ROOT })
        : spawn(process.execPath, [...unit.flags, bundled, ...args], { cwd: ROOT, env: unit.env });
    this.#child = child;
    await said(child, 'Ready.');
    return performance.now() - before;
  }

  get usage(): Usage {
    return usageOf(this.#child?.pid ?? 0);
  }

  async stop(): Promise<void> {
    await end(this.#child);
  }

  remove(): void {
    rmSync(this.folder, { recursive: true, force: true });
  }
}

/** The guard as on the box: a service that runs before the program and after it. */
export class RunningGuard {
  readonly #folder = mkdtempSync(join(tmpdir(), 'wheelhouse-bench-guard-'));
  #guard: GuardProcess | null = null;

  async start(exchangePort: number): Promise<Way> {
    this.#guard = new GuardProcess({
      folder: join(this.#folder, 'guard'),
      wasSetUp: false,
      gateway: { host: '127.0.0.1', port: exchangePort },
      limits: demoLimits(SIMULATED_ACCOUNT, ['SPY', 'TSLA']),
      ...{ afterReset: 'active', messagesPerSecond: 48, clock: new HostClock() },
      log: await hostLog({ level: 'error', path: null, secrets: [] }),
    });
    const port = await this.#guard.start();
    return { port, guardSocket: this.#guard.openSocket };
  }

  async stop(): Promise<void> {
    await this.#guard?.stop();
    rmSync(this.#folder, { recursive: true, force: true });
  }
}

/** The simulated exchange as a process of its own. */
export class ExchangeProcess {
  #child: ChildProcess | null = null;

  async start(...more: string[]): Promise<number> {
    const port = await freePort();
    this.#child = spawn(process.execPath, ['agent/main.ts', 'exchange', '--port', String(port), ...more], {
      cwd: ROOT,
    });
    await said(this.#child, String(port));
    return port;
  }

  async stop(): Promise<void> {
    await end(this.#child);
  }
}

export function usageOf(pid: number): Usage {
  const fields = readFileSync(`/proc/${pid}/stat`, 'utf8').split(') ')[1]?.split(' ') ?? [];
  const cpuSeconds = (Number(fields[11]) + Number(fields[12])) / TICKS_PER_SECOND;
  const resident = /VmRSS:\s+(\d+)/.exec(readFileSync(`/proc/${pid}/status`, 'utf8'));
  return { cpuSeconds, residentMiB: Number(resident?.[1] ?? 0) / 1024 };
}

/** Resolves with what it has said when that holds the words. */
export function said(child: ChildProcess, words: string): Promise<string> {
  const { promise, resolve, reject } = Promise.withResolvers<string>();
  let text = '';
  child.stdout?.on('data', (chunk: Buffer) => {
    text += String(chunk);
    if (text.includes(words)) resolve(text);
  });
  child.once('exit', () => reject(new Error(`it ended before it said "${words}": ${text}`)));
  return promise;
}

async function end(child: ChildProcess | null): Promise<void> {
  if (child === null || child.exitCode !== null) return;
  child.kill('SIGTERM');
  await once(child, 'exit');
}

export async function freePort(): Promise<number> {
  const server = createServer().listen(0, '127.0.0.1');
  await once(server, 'listening');
  const address = server.address();
  server.close();
  await once(server, 'close');
  return typeof address === 'object' && address !== null ? address.port : 0;
}
