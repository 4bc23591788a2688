import { readFile, rename, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { addDays, instantInNewYork, newYorkDate } from '../core/calendar/new-york.ts';
import { nextSession, sessionOn } from '../core/calendar/sessions.ts';
import type { EpochMs } from '../core/calendar/time.ts';

/** One demo: which numbers, how fast, from when until when. Kept beside its data while it runs. */
export interface DemoRun {
  readonly seed: number;
  readonly speed: number;
  /** A real instant and the market's instant at that moment: the market's time goes on while the program is dead. */
  readonly anchor: { readonly real: EpochMs; readonly market: EpochMs };
  readonly until: EpochMs;
}

export interface DemoWish {
  readonly seed: number;
  readonly speed: number;
  /** `null` = 08:00 of today, or of the next session when today has none. */
  readonly from: EpochMs | null;
  /** Calendar days to run. */
  readonly days: number;
}

const START_OF_DAY = '08:00';
/** After the last task of the day. */
const END_OF_DAY = '18:30';
export const RUN_FILE = 'demo.json';

export function newRun({ seed, speed, from, days }: DemoWish, real: EpochMs): DemoRun {
  const today = newYorkDate(real);
  const date = sessionOn(today) === null ? nextSession(today).date : today;
  const market = from ?? instantInNewYork(date, START_OF_DAY);
  const until = instantInNewYork(addDays(newYorkDate(market), days - 1), END_OF_DAY);
  return { seed, speed, anchor: { real, market }, until };
}

/** Where the market stands at a real instant. */
export function marketTime(run: DemoRun, real: EpochMs): EpochMs {
  return run.anchor.market + (real - run.anchor.real) * run.speed;
}

/** A run that ended without saying so, and whose day is not over yet. `unreadable`: there was one, but not what it was. */
export async function interruptedRun(folder: string, real: EpochMs): Promise<DemoRun | null | 'unreadable'> {
  try {
    const run = JSON.parse(await readFile(join(folder, RUN_FILE), 'utf8')) as unknown;
    if (!isRun(run)) return 'unreadable';
    return marketTime(run, real) < run.until ? run : null;
  } catch (error) {
    return (error as NodeJS.ErrnoException).code === 'ENOENT' ? null : 'unreadable';
  }
}

function isRun(value: unknown): value is DemoRun {
  const { seed, speed, anchor, until } = (value ?? {}) as Partial<DemoRun>;
  return [seed, speed, anchor?.real, anchor?.market, until].every(Number.isFinite);
}

export async function rememberRun(folder: string, run: DemoRun): Promise<void> {
  const path = join(folder, RUN_FILE);
  await writeFile(`${path}.new`, `${JSON.stringify(run)}\n`);
  await rename(`${path}.new`, path);
}

export async function forgetRun(folder: string): Promise<void> {
  await rm(join(folder, RUN_FILE), { force: true });
}
