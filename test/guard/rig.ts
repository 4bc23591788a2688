import { type ChildProcess, spawn } from 'node:child_process';
import { mkdtempSync, readFileSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { connect, createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { TestContext } from 'node:test';
import { setTimeout as wait } from 'node:timers/promises';
import { FileSwitch } from '../../agent/ground/gpio/file-switch.ts';
import type { KillSwitch } from '../../agent/ground/gpio/switch.ts';
import { readConfig } from '../../agent/guard/config.ts';
import { Control } from '../../agent/guard/control.ts';
import { Guard } from '../../agent/guard/guard.ts';
import type { GuardStatus } from '../../agent/guard/status.ts';
import { connectRaw, type RawClient } from '../lab/exchange/server/raw-client.ts';
import { ROOT } from '../run-node.ts';

export const ACCOUNT = 'DU0000001';

export const LIMITS = {
  account: ACCOUNT,
  symbols: ['SPY'],
  secTypes: ['OPT', 'BAG', 'STK'],
  ordersPerMinute: 1_000,
  ordersPerDay: 10_000,
  contractsPerOrder: 10,
  contractsPerDay: 10_000,
  notionalPerOrder: 1_000_000,
  notionalPerDay: 1_000_000_000,
  shortCalls: 'any',
};

/** Everything quick, so that tests wait for events and not for time. */
const TIMING = { beat: 50, stale: 600, confirm: 60, retry: 30, poll: 10, settled: 20, frame: 400 };

export interface RigWish {
  readonly gatewayPort: number;
  readonly config?: object;
  readonly timing?: object;
  /** `null` = there is no such file. */
  readonly limits?: object | null;
  readonly latch?: string | null;
  readonly contacts?: string | null;
  /** Instead of the file. */
  readonly redSwitch?: KillSwitch;
}

export interface Answer {
  readonly ok: boolean;
  readonly error?: string;
  readonly status: GuardStatus;
}

export interface Rig {
  readonly folder: string;
  readonly port: number;
  readonly configPath: string;
  set(contacts: string): void;
  press(): void;
  release(): void;
  ask(call: object, socket?: 'admin' | 'open'): Promise<Answer>;
  status(): Promise<GuardStatus>;
  /** Waits for a status. */
  until(wanted: (status: GuardStatus) => boolean): Promise<GuardStatus>;
  /** An agent that connects through the guard. */
  agent(clientId?: number): Promise<RawClient>;
  journal(): readonly Record<string, unknown>[];
}

export const ARMED = '{"state":"armed","cause":"test","at":"2026-11-20T15:00:00.000Z"}\n';

/** Removed at the end: a guard whose folder disappears trips, and tests stop it later than this would be. */
const folders = new Set<string>();
process.once('exit', () => {
  for (const folder of folders) rmSync(folder, { recursive: true, force: true });
});

/** Files for a guard that is armed as soon as its link is fresh. */
export async function guardFiles(t: TestContext, wish: RigWish): Promise<Rig> {
  const folder = mkdtempSync(join(tmpdir(), 'guard-'));
  folders.add(folder);
  const port = await freePort();
  const paths = { limits: join(folder, 'limits.json'), contacts: join(folder, 'contacts') };
  const control = { open: join(folder, 'open.sock'), admin: join(folder, 'admin.sock') };
  const config = {
    listen: { host: '127.0.0.1', port },
    gateway: { host: '127.0.0.1', port: wish.gatewayPort, clientId: 900 },
    ...{ folder, ...paths, switch: 'file', control, afterReset: 'reducing', messagesPerSecond: 0 },
    ...wish.config,
    timing: { ...TIMING, ...wish.timing },
  };
  const configPath = join(folder, 'guard.json');
  writeFileSync(configPath, JSON.stringify(config));
  if (wish.limits !== null) writeFileSync(paths.limits, JSON.stringify({ ...LIMITS, ...wish.limits }), { mode: 0o644 });
  if (wish.latch !== null) writeFileSync(join(folder, 'latch.json'), wish.latch ?? ARMED);
  if (wish.contacts !== null) writeFileSync(paths.contacts, wish.contacts ?? '0 1\n');
  return rigOf(t, { folder, port, configPath, contacts: paths.contacts, control });
}

/** A guard within the test's own process. */
export async function startGuard(
  t: TestContext,
  wish: RigWish,
): Promise<Rig & { readonly guard: Guard; readonly control: Control }> {
  const rig = await guardFiles(t, wish);
  const { value: config, problems } = readConfig(rig.configPath);
  if (config === null) throw new Error(problems.join('\n'));
  const guard = new Guard(config, wish.redSwitch ?? new FileSwitch(config.redSwitch.contacts));
  const control = new Control(guard);
  await guard.start();
  await control.start(config.control);
  t.after(async () => {
    control.stop();
    await guard.stop();
  });
  const { latch, contacts, limits } = wish;
  if (latch === undefined && contacts === undefined && limits !== null) {
    await rig.until((status) => status.closed === null);
  }
  return { ...rig, guard, control };
}

/** A guard as a process of its own. */
export async function spawnGuard(t: TestContext, rig: Rig): Promise<ChildProcess> {
  const args = [join(ROOT, 'agent/guard/main.ts'), '--config', rig.configPath];
  const env = { ...process.env, NODE_COMPILE_CACHE: join(ROOT, 'node_modules/.cache/compile') };
  const child = spawn(process.execPath, args, { env, stdio: ['ignore', 'pipe', 'inherit'] });
  t.after(() => child.kill('SIGKILL'));
  const ended = new Promise<never>((_, reject) => {
    child.once('exit', (code) => reject(new Error(`the guard ended with ${code}`)));
  });
  ended.catch(() => undefined);
  await Promise.race([new Promise((resolve) => child.stdout?.once('data', resolve)), ended]);
  return child;
}

function rigOf(
  t: TestContext,
  at: { folder: string; port: number; configPath: string; contacts: string; control: { open: string; admin: string } },
): Rig {
  const set = (contacts: string): void => {
    writeFileSync(`${at.contacts}.new`, contacts);
    renameSync(`${at.contacts}.new`, at.contacts);
  };
  const ask: Rig['ask'] = (call, socket = 'admin') => askControl(at.control[socket], call);
  const status = async () => (await ask({ do: 'status' })).status;
  return {
    ...{ folder: at.folder, port: at.port, configPath: at.configPath, set, ask, status },
    press: () => set('1 0\n'),
    release: () => set('0 1\n'),
    until: async (wanted) => {
      for (let tries = 0; ; tries += 1) {
        const now = await status();
        if (wanted(now)) return now;
        if (tries > 2_000) throw new Error(`it did not come to that: ${JSON.stringify(now)}`);
        await wait(5);
      }
    },
    agent: (clientId = 1) => connectRaw(t, at.port, clientId),
    journal: () =>
      readFileSync(join(at.folder, 'journal.jsonl'), 'utf8')
        .split('\n')
        .filter(Boolean)
        .map((line) => JSON.parse(line) as Record<string, unknown>),
  };
}

export function askControl(path: string, call: object | string): Promise<Answer> {
  return new Promise((resolve, reject) => {
    const socket = connect(path);
    let text = '';
    socket.on('error', reject);
    socket.on('close', () => reject(new Error('closed')));
    socket.setEncoding('utf8').on('data', (chunk) => {
      text += chunk;
      if (!text.includes('\n')) return;
      resolve(JSON.parse(text.slice(0, text.indexOf('\n'))) as Answer);
      socket.destroy();
    });
    socket.write(`${typeof call === 'string' ? call : JSON.stringify(call)}\n`);
  });
}

export async function freePort(): Promise<number> {
  const server = createServer();
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const address = server.address();
  await new Promise((resolve) => server.close(resolve));
  if (address === null || typeof address === 'string') throw new Error('no port');
  return address.port;
}
