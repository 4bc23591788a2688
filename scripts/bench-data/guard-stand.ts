import { type ChildProcess, execFileSync, spawn } from 'node:child_process';
import { existsSync, mkdtempSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { connect, createServer, type Server, type Socket } from 'node:net';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { bodyOf, encodeFrame, messageId } from '../../agent/ground/wire/frame.ts';
import { FrameSplitter } from '../../agent/ground/wire/frame-splitter.ts';
import { decodeVersions, encodeServerGreeting, GREETING, negotiate } from '../../agent/ground/wire/handshake.ts';
import type { GuardStatus } from '../../agent/guard/status.ts';
import { GUARD_ACCOUNT } from './guard-frames.ts';

const ROOT = resolve(import.meta.dirname, '../..');
const LOOPBACK = '127.0.0.1';
const GUARD_CLIENT = '900';
const IN_MEMORY = '/dev/shm';

/** A gateway without an exchange: it greets, answers what a guard asks, and tells what came. */
class BareGateway {
  readonly #server: Server;
  readonly sockets = new Map<string, Socket>();
  onMessage: (id: number, clientId: string) => void = () => undefined;

  constructor() {
    this.#server = createServer({ noDelay: true }, (socket) => this.#serve(socket));
  }

  async start(): Promise<number> {
    await new Promise<void>((done) => this.#server.listen(0, LOOPBACK, done));
    const address = this.#server.address();
    return typeof address === 'object' && address !== null ? address.port : 0;
  }

  stop(): void {
    for (const socket of this.sockets.values()) socket.destroy();
    this.#server.close();
  }

  #serve(socket: Socket): void {
    const splitter = new FrameSplitter({ preamble: GREETING });
    let clientId = '';
    let greeted = false;
    socket.on('error', () => undefined);
    socket.on('data', (chunk: NonSharedBuffer) => {
      splitter.push(chunk, (frame) => {
        const body = bodyOf(frame);
        if (!greeted) {
          greeted = true;
          socket.write(encodeServerGreeting(negotiate(decodeVersions(body)) ?? 0, '20261120 10:00:00 EST'));
          return;
        }
        const id = messageId(body);
        if (id === 71) {
          clientId = body.toString('latin1').split('\0')[2] ?? '';
          this.sockets.set(clientId, socket);
        }
        this.onMessage(id, clientId);
        const answer = ANSWERS.get(id);
        if (answer !== undefined) socket.write(answer);
      });
    });
  }
}

const ANSWERS: ReadonlyMap<number, Buffer> = new Map([
  [
    71,
    Buffer.concat([
      encodeFrame([15, 1, GUARD_ACCOUNT]),
      encodeFrame([9, 1, 1]),
      encodeFrame([4, 2, -1, 2158, 'ok', '']),
    ]),
  ],
  [49, encodeFrame([49, 1, 1_795_000_000])],
  [16, encodeFrame([53, 1])],
  [61, encodeFrame([62, 1])],
]);

const LIMITS = {
  account: GUARD_ACCOUNT,
  symbols: ['SPY'],
  secTypes: ['OPT'],
  ordersPerMinute: 1_000_000,
  ordersPerDay: 1_000_000,
  contractsPerOrder: 1_000,
  contractsPerDay: 1_000_000,
  notionalPerOrder: 1_000_000_000,
  notionalPerDay: 1_000_000_000,
  shortCalls: 'any',
};

/** A guard as a process of its own, between a bare gateway and whoever connects. */
export class GuardStand {
  readonly gateway = new BareGateway();
  readonly folder = mkdtempSync(join(tmpdir(), 'guard-bench-'));
  /** Contacts are no files on a disk: what stands in for them must not wait for one. */
  readonly #contacts = mkdtempSync(join(existsSync(IN_MEMORY) ? IN_MEMORY : tmpdir(), 'guard-contacts-'));
  #child: ChildProcess | null = null;
  port = 0;

  /** @param messagesPerSecond 0 = no limit */
  async start(messagesPerSecond: number): Promise<void> {
    const gatewayPort = await this.gateway.start();
    this.port = await freePort();
    const inFolder = (name: string) => join(this.folder, name);
    this.contacts('0 1');
    writeFileSync(inFolder('limits.json'), JSON.stringify(LIMITS), { mode: 0o644 });
    writeFileSync(inFolder('latch.json'), '{"state":"armed","cause":"bench","at":""}\n');
    const config = {
      listen: { host: LOOPBACK, port: this.port },
      gateway: { host: LOOPBACK, port: gatewayPort, clientId: Number(GUARD_CLIENT) },
      folder: this.folder,
      limits: inFolder('limits.json'),
      switch: 'file',
      contacts: join(this.#contacts, 'contacts'),
      control: { open: inFolder('open.sock'), admin: inFolder('admin.sock') },
      afterReset: 'active',
      messagesPerSecond,
      timing: { confirm: 0, settled: 0, retry: 20 },
    };
    writeFileSync(inFolder('guard.json'), JSON.stringify(config));
    this.#child = spawnNode(['agent/guard/main.ts', '--config', inFolder('guard.json')]);
    await new Promise((done) => this.#child?.stdout?.once('data', done));
    await this.until((status) => status.closed === null);
  }

  get pid(): number {
    return this.#child?.pid ?? 0;
  }

  stop(): void {
    this.#child?.kill('SIGKILL');
    this.gateway.stop();
    for (const folder of [this.folder, this.#contacts]) rmSync(folder, { recursive: true, force: true });
  }

  /** By a rename, as the stand-in for the contacts wants it. */
  contacts(levels: string): void {
    const path = join(this.#contacts, 'contacts');
    writeFileSync(`${path}.new`, levels);
    renameSync(`${path}.new`, path);
  }

  ask(call: object): Promise<{ ok: boolean; error?: string; status: GuardStatus }> {
    return new Promise((done, fail) => {
      let text = '';
      const socket = connect(join(this.folder, 'admin.sock'));
      socket.on('error', fail);
      socket.setEncoding('utf8').on('data', (chunk) => {
        text += chunk;
        if (!text.includes('\n')) return;
        done(JSON.parse(text));
        socket.destroy();
      });
      socket.write(`${JSON.stringify(call)}\n`);
    });
  }

  async until(wanted: (status: GuardStatus) => boolean): Promise<GuardStatus> {
    for (;;) {
      const { status } = await this.ask({ do: 'status' });
      if (wanted(status)) return status;
      await new Promise((done) => setTimeout(done, 2));
    }
  }
}

export function spawnNode(args: readonly string[]): ChildProcess {
  const env = { ...process.env, NODE_COMPILE_CACHE: join(ROOT, 'node_modules/.cache/wheelhouse') };
  return spawn(process.execPath, args, { cwd: ROOT, env, stdio: ['ignore', 'pipe', 'inherit'] });
}

/** The value below which such a part of them lies. */
export function percentile(values: readonly number[], part: number): number {
  const sorted = [...values].sort((a, b) => a - b);
  return sorted[Math.min(sorted.length - 1, Math.floor(sorted.length * part))] ?? Number.NaN;
}

async function freePort(): Promise<number> {
  const server = createServer();
  await new Promise<void>((done) => server.listen(0, LOOPBACK, done));
  const address = server.address();
  await new Promise((done) => server.close(done));
  return typeof address === 'object' && address !== null ? address.port : 0;
}

/** Here the exchange shares its cores with whatever else runs: the time it waits for one is not the guard's. */
export function preferThis(): void {
  // What is started from here on is no part of it.
  if (realTime(process.pid, '--reset-on-fork')) return;
  process.stderr.write('without real-time rights the figures contain waiting for a core\n');
}

/** What a unit file gives the guard; for all threads, those for the disk included. */
export function realTime(pid: number, ...more: readonly string[]): boolean {
  try {
    execFileSync('chrt', [...more, '--all-tasks', '--fifo', '--pid', '10', String(pid)], { stdio: 'ignore' });
    return true;
  } catch {
    return false;
  }
}
