import { mkdirSync, mkdtempSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { loadConfiguration } from '../../agent/config/load.ts';
import type { Settings } from '../../agent/config/schema.ts';
import { HostMachine } from '../../agent/edges/system/host/machine.ts';
import { dayOfChains } from '../bench-data/chain-day.ts';
import { LoopDisk } from '../bench-data/loop-disk.ts';
import { liveWritingDay, SYMBOLS } from '../bench-data/writing-day.ts';
import type { Measure } from './measure.ts';

export const title =
  'Written on a trading day: 10 symbols, every task of the table, 10 × 400 contracts collected 78 times, the nightly copy';

/** Beside the sources: a folder for temporary files may be in memory, where nothing is written. */
const FOLDER = `${import.meta.dirname}/../../node_modules/.cache`;
const DATE = '2026-11-20';
const MOST_MB = 60;

export async function run(): Promise<Measure[]> {
  mkdirSync(FOLDER, { recursive: true });
  const folder = mkdtempSync(join(FOLDER, 'bench-writes-'));
  const disk = LoopDisk.mount(folder);
  try {
    const machine = new HostMachine(folder);
    const chains = await dayOfChains();
    const before = { process: machine.writtenBytes() ?? Number.NaN, disk: disk?.writtenBytes() ?? 0 };
    const lived = await liveWritingDay({ folder, settings: await settings(), date: DATE, chains });
    const written = ((machine.writtenBytes() ?? Number.NaN) - before.process) / 1e6;
    disk?.flush();
    const onDisk = disk === null ? [] : [onDevice((disk.writtenBytes() - before.disk) / 1e6)];
    return [
      { name: 'written by the program on a trading day', unit: 'MB', value: written, atMost: MOST_MB },
      ...onDisk,
      { name: 'records stored and synced', unit: 'commits', value: lived.commits.sync },
      { name: 'records stored in company', unit: 'commits', value: lived.commits.lazy },
      { name: 'orders', unit: '', value: lived.orders },
      { name: 'of which filled', unit: '', value: lived.fills },
      { name: 'chains beside those of the day', unit: '', value: lived.chains },
      { name: 'nightly copies', unit: '', value: lived.copies },
    ];
  } finally {
    disk?.unmount();
    rmSync(folder, { recursive: true, force: true });
  }
}

function onDevice(value: number): Measure {
  return { name: 'arrived at the disk, with the file system (ext4)', unit: 'MB', value, atMost: MOST_MB };
}

async function settings(): Promise<Settings> {
  const checked = await loadConfiguration(null, null);
  if (!checked.ok) throw new Error('the default settings are wrong');
  const { settings: usual } = checked.value;
  const broker = { ...usual.broker, marketDataLines: 1000 };
  const risk = { ...usual.risk, maxSecuredTotalDollars: 1e6, maxOrdersPerDay: 100 };
  return { ...usual, symbols: [...SYMBOLS], broker, risk };
}
