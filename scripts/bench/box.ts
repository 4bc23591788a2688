import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { setTimeout as wait } from 'node:timers/promises';
import { guardFiles } from '../../agent/compose/guard-files.ts';
import { demoLimits } from '../../agent/compose/guard-limits.ts';
import { LOOPBACK } from '../../agent/compose/loopback.ts';
import { SIMULATED_ACCOUNT } from '../../agent/compose/simulation.ts';
import { instantInNewYork } from '../../agent/core/calendar/new-york.ts';
import type { StatusSnapshot } from '../../agent/edges/status/snapshot.ts';
import { HostClock } from '../../agent/edges/system/host/clock.ts';
import { freePort, said, usageOf } from '../bench-rig/appliance-process.ts';
import { unitStart } from '../bench-rig/unit-start.ts';
import { WideExchange } from '../bench-rig/wide-exchange.ts';
import { bundle } from '../bundle.ts';
import type { Measure } from './measure.ts';

export const title =
  'Program and guard, packaged and started as their units start them, while the market is open and nothing is due, with 10 chains of 400 contracts taken over the wire';

const BUNDLE = resolve(import.meta.dirname, '../../node_modules/.cache/bundle/box');
const DATE = '2026-11-20';
/** The chains are collected at 10:05, and then nothing but what is due each half minute happens until 10:10. */
const FROM = '10:04';
const SYMBOLS = Array.from({ length: 10 }, (_, n) => `SYM${n}`);
const CONTRACTS = 400;
/** Within the limits of a real broker that many would take most of the five minutes. */
const BROKER = { marketDataLines: SYMBOLS.length * (CONTRACTS + 60), messagesPerSecond: 2_000 };
const PATIENCE_MS = 180_000;
const SETTLE_MS = 30_000;
const IDLE_MS = 60_000;
/** Everything from the money down, so that a chain has what is counted here. */
const SETTINGS = [
  'strategy: { putWrite: { minDelta: 0.01, maxDelta: 0.99, minDaysToExpiration: 20, maxDaysToExpiration: 45, minScore: 100 } }',
  'log: { level: error }',
];

export async function run(): Promise<Measure[]> {
  await bundle(BUNDLE, { 'paced/agent': resolve(import.meta.dirname, '../kills-rig/agent.ts') });
  const folder = mkdtempSync(join(tmpdir(), 'wheelhouse-bench-box-'));
  const pace = { speed: 1, anchor: { real: Date.now(), market: instantInNewYork(DATE, FROM) } };
  const exchange = new WideExchange(new HostClock(pace), SYMBOLS, BROKER.marketDataLines);
  const children: ChildProcess[] = [];
  try {
    const { guard, way } = await startGuard(join(folder, 'guard'), await exchange.start());
    children.push(guard);
    const page = await freePort();
    const settings = join(folder, 'settings.yaml');
    writeFileSync(settings, settingsText({ folder, page, way }));
    const program = [`${BUNDLE}/paced/agent.js`, settings, JSON.stringify(pace), 'box', JSON.stringify(BROKER)];
    const agent = started('wheelhouse-agent', program);
    children.push(agent);
    const contracts = await taken(`http://${LOOPBACK}:${page}`, agent);
    exchange.freeze();
    await wait(SETTLE_MS);
    const before = children.map(({ pid }) => usageOf(pid as number).cpuSeconds);
    await wait(IDLE_MS);
    const [ofGuard, ofAgent] = children.map(({ pid }, index) => {
      const { residentMiB, cpuSeconds } = usageOf(pid as number);
      return { residentMiB, busy: ((cpuSeconds - (before[index] as number)) / (IDLE_MS / 1000)) * 100 };
    }) as [Used, Used];
    return [
      { name: 'agent: resident memory', unit: 'MiB', value: ofAgent.residentMiB, atMost: 90, aim: 80 },
      { name: 'agent: CPU', unit: '% of a core', value: ofAgent.busy, atMost: 1 },
      { name: 'guard: resident memory', unit: 'MiB', value: ofGuard.residentMiB, atMost: 55 },
      { name: 'guard: CPU', unit: '% of a core', value: ofGuard.busy, atMost: 1 },
      { name: 'contracts in the smallest chain', unit: '', value: contracts },
    ];
  } finally {
    for (const child of children.toReversed()) {
      child.kill('SIGTERM');
      if (child.exitCode === null && child.signalCode === null) await once(child, 'exit');
    }
    await exchange.stop();
    rmSync(folder, { recursive: true, force: true });
  }
}

interface Used {
  readonly residentMiB: number;
  readonly busy: number;
}

interface Guarded {
  readonly port: number;
  readonly socket: string;
}

function started(unit: 'wheelhouse-agent' | 'wheelhouse-guard', program: readonly string[]): ChildProcess {
  const { flags, env } = unitStart(unit);
  return spawn(process.execPath, [...flags, ...program], { env, stdio: ['ignore', 'pipe', 'inherit'] });
}

async function startGuard(folder: string, port: number): Promise<{ guard: ChildProcess; way: Guarded }> {
  const files = guardFiles({
    ...{ folder, wasSetUp: false, gateway: { host: LOOPBACK, port }, limits: demoLimits(SIMULATED_ACCOUNT, SYMBOLS) },
    ...{ afterReset: 'active', messagesPerSecond: BROKER.messagesPerSecond },
  });
  const guard = started('wheelhouse-guard', [`${BUNDLE}/guard/main.js`, '--config', files.config]);
  const text = await said(guard, 'listens on');
  const own = Number(/listens on .*:(\d+)/.exec(text)?.[1]);
  files.settle(own);
  return { guard, way: { port: own, socket: files.openSocket } };
}

function settingsText({ folder, page, way }: { folder: string; page: number; way: Guarded }): string {
  return [
    `symbols: [${SYMBOLS.join(', ')}]`,
    `broker: { port: ${way.port}, guard: { socket: ${way.socket} } }`,
    `store: { path: ${folder}/store }`,
    `page: { port: ${page} }`,
    ...SETTINGS,
    '',
  ].join('\n');
}

/** Resolves with the contracts of the smallest chain once all ten are there and long enough. */
async function taken(page: string, agent: ChildProcess): Promise<number> {
  const end = performance.now() + PATIENCE_MS;
  let seen = '';
  while (performance.now() < end) {
    await wait(1_000);
    if (agent.exitCode !== null) throw new Error('the agent has ended');
    const answer = await fetch(`${page}/api/status`).catch(() => null);
    if (answer?.ok !== true) continue;
    const { data } = (await answer.json()) as StatusSnapshot;
    seen = data.map(({ symbol, contracts }) => `${symbol} ${contracts}`).join(', ');
    const smallest = Math.min(...data.map(({ contracts }) => contracts));
    if (data.length === SYMBOLS.length && smallest >= CONTRACTS) return smallest;
  }
  throw new Error(`the chains were not taken within ${PATIENCE_MS / 1000} s: ${seen}`);
}
