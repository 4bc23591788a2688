import { cpSync, mkdirSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as wait } from 'node:timers/promises';
import { giveItAPast } from '../bench-data/recovery-store.ts';
import { Box, CLIENT_ID, type Victim } from '../kills-rig/box.ts';
import { reconciled, until } from '../kills-rig/recovered.ts';
import type { SecondClient } from '../kills-rig/second-client.ts';
import type { Measure } from './measure.ts';

export const title =
  'From the start of what was killed to books that agree and a guard that lets orders pass, while orders work; in real processes, from sources';

const DATE = '2026-11-20';
const OPEN = '09:33';
/** By then the quick part of the day is over. */
const LATER = '09:40';
const SEED = 1;
const ORDERS = 120;
const KILLS = 9;
const PASSES = 5;
const DOWN_MS = 100;
/** The day is lived quickly until its orders work; from then on a second is a second. */
const QUICK = 20;
const EXECUTIONS = 15;
/** So long the exchange goes on with nobody to hear it. */
const MISSED_MS = 3_000;

export async function run(): Promise<Measure[]> {
  const folder = mkdtempSync(join(tmpdir(), 'recovery-bench-'));
  try {
    const day = join(folder, 'day');
    const missed = await morning(day);
    const held = await giveItAPast(join(day, 'store'), ORDERS);
    const afterMissed: number[] = [];
    for (let pass = 0; pass < PASSES; pass += 1) {
      const box = await Box.make({ folder: copied(day, String(pass)), from: `${DATE}T${LATER}`, speed: 1, seed: SEED });
      await box.startWithoutAgent();
      afterMissed.push(await timed(box, 'agent'));
      await box.stop();
    }
    const killed = await kills(copied(day, 'kills'));
    return [
      ...Object.entries(held).map(([name, value]) => ({ name: `${name} in the store`, unit: '', value })),
      ...Object.entries(killed).flatMap(([who, seconds]) => measures(`${who} killed`, seconds)),
      ...measures(`agent killed, ${missed} executions missed`, afterMissed),
    ];
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

function copied(folder: string, name: string): string {
  const copy = `${folder}-${name}`;
  cpSync(folder, copy, { recursive: true, filter: (path) => !path.endsWith('.sock') });
  return copy;
}

function measures(name: string, seconds: readonly number[]): Measure[] {
  const sorted = seconds.toSorted((a, b) => a - b);
  const median = sorted[Math.floor(sorted.length / 2)] ?? Number.NaN;
  return [
    { name: `${name}, median`, unit: 's', value: median, atMost: 3, aim: 1 },
    { name: `${name}, worst of ${sorted.length}`, unit: 's', value: sorted.at(-1) ?? Number.NaN, atMost: 3, aim: 1 },
  ];
}

/** A day until its orders work; then agent and guard are killed, and the exchange goes on. Answers how much they missed. */
async function morning(folder: string): Promise<number> {
  mkdirSync(folder);
  const box = await Box.make({ folder, from: `${DATE}T${OPEN}`, speed: QUICK, seed: SEED });
  const told = (): ReturnType<SecondClient['books']> => box.second.books(CLIENT_ID);
  await box.start();
  await until('some is filled', async () => (await told()).executions.size >= EXECUTIONS || 'not yet');
  await box.kill('both');
  const before = await told();
  await wait(MISSED_MS);
  const after = await told();
  await box.stop();
  if (after.working.size === 0) throw new Error('no order works: nothing can be measured');
  return after.executions.size - before.executions.size;
}

async function kills(folder: string): Promise<Record<Victim, number[]>> {
  const box = await Box.make({ folder, from: `${DATE}T${LATER}`, speed: 1, seed: SEED });
  const seconds: Record<Victim, number[]> = { agent: [], guard: [], both: [] };
  await box.start();
  await reconciled(box, 0);
  for (let n = 0; n < KILLS; n += 1) {
    for (const who of ['agent', 'guard', 'both'] as const) {
      await box.kill(who);
      await wait(DOWN_MS);
      seconds[who].push(await timed(box, who));
    }
  }
  await box.stop();
  return seconds;
}

async function timed(box: Box, who: Victim): Promise<number> {
  const [since, started] = [box.now(), performance.now()];
  if (who !== 'guard') box.startAgent();
  if (who !== 'agent') await box.startGuard();
  await reconciled(box, since);
  return (performance.now() - started) / 1000;
}
