import { mkdir, mkdtemp, readdir, readFile, rm, stat } from 'node:fs/promises';
import { join } from 'node:path';
import { DAY_MS } from '../../agent/core/calendar/time.ts';
import type { Chain } from '../../agent/core/market/chain.ts';
import { LevelStore } from '../../agent/edges/store/level/level-store.ts';
import { type Tables, timeKey, type Write } from '../../agent/edges/store/store.ts';
import { CONTRACTS, dayOfChains, SNAPSHOTS, SYMBOLS } from '../bench-data/chain-day.ts';
import type { Measure } from './measure.ts';

export const title = 'Chains in the store: 10 symbols × 400 contracts × 78 snapshots a day';

/** Beside the sources: a folder for temporary files may be in memory, where nothing is written. */
const FOLDER = `${import.meta.dirname}/../../node_modules/.cache`;
const DAYS = 3;
const ROWS = SYMBOLS.length * CONTRACTS * SNAPSHOTS;
const ALWAYS = Number.MAX_SAFE_INTEGER;

interface Cost {
  /** As the kernel charges them to this process: log, tables, compactions. */
  readonly written: number;
  readonly onDisk: number;
  readonly cpuSeconds: number;
  /** CPU seconds to read rows back, and how many. */
  readonly readSeconds: number;
  readonly rowsRead: number;
}

/** Days of chains in one store, and the same chains as one JSON record per contract in another. */
export async function run(): Promise<Measure[]> {
  const day = await dayOfChains();
  const packed = await cost({
    put: async (store, n) => {
      for (const chain of day) await store.putChain({ ...chain, ...later(chain, n) });
    },
    read: readChains,
    passes: 20,
  });
  const json = await cost({
    put: async (store, n) => {
      for (const chain of day) await store.commit(records({ ...chain, ...later(chain, n) }), 'lazy');
    },
    read: async (store) => (await store.list('alerts', { most: ROWS })).length,
    passes: 2,
  });
  const times = json.written / packed.written;
  const yardstick = 'JSON per contract';
  const rates = rate(packed);
  const plain = rate(json);
  return [
    { name: 'written a day, JSON per contract', unit: 'MB', value: json.written / DAYS / 1e6 },
    { name: 'written a day', unit: 'MB', value: packed.written / DAYS / 1e6, ratio: 1 / times, yardstick },
    { name: 'written less than JSON per contract', unit: 'times', value: times, atLeast: 20, aim: 100 },
    { name: 'on disk after a day, JSON per contract', unit: 'MB', value: json.onDisk / DAYS / 1e6 },
    { name: 'on disk after a day', unit: 'MB', value: packed.onDisk / DAYS / 1e6 },
    { name: 'rows stored, JSON per contract', unit: '/s', value: plain.stored },
    { name: 'rows stored', unit: '/s', value: rates.stored, ratio: rates.stored / plain.stored, yardstick },
    { name: 'rows read back, JSON per contract', unit: '/s', value: plain.read },
    {
      name: 'rows read back',
      unit: '/s',
      value: rates.read,
      ratio: rates.read / plain.read,
      yardstick,
      atLeast: 4e6,
      aim: 7e6,
    },
  ];
}

interface Way {
  readonly put: (store: LevelStore, day: number) => Promise<void>;
  /** Reads a day or more; how many rows that were. */
  readonly read: (store: LevelStore) => Promise<number>;
  readonly passes: number;
}

async function cost({ put, read, passes }: Way): Promise<Cost> {
  await mkdir(FOLDER, { recursive: true });
  const path = await mkdtemp(join(FOLDER, 'bench-store-'));
  try {
    const before = await writtenBytes();
    const cpu = process.cpuUsage();
    const store = new LevelStore({ path });
    await store.start();
    for (let day = 0; day < DAYS; day += 1) await put(store, day);
    const cpuSeconds = seconds(process.cpuUsage(cpu));
    // Closed and opened again, so that what is still in the log is counted as a table too.
    await store.stop();
    await store.start();
    await store.stop();
    const written = (await writtenBytes()) - before;
    const onDisk = await folderBytes(path);
    await store.start();
    let readSeconds = Number.POSITIVE_INFINITY;
    let rowsRead = 0;
    for (let pass = 0; pass < passes; pass += 1) {
      const start = process.cpuUsage();
      rowsRead = await read(store);
      readSeconds = Math.min(readSeconds, seconds(process.cpuUsage(start)));
    }
    await store.stop();
    return { written, onDisk, cpuSeconds, readSeconds, rowsRead };
  } finally {
    await rm(path, { recursive: true, force: true });
  }
}

async function readChains(store: LevelStore): Promise<number> {
  let rows = 0;
  for (const symbol of SYMBOLS) for await (const chain of store.chains(symbol, 0, ALWAYS)) rows += chain.size;
  return rows;
}

function rate({ cpuSeconds, readSeconds, rowsRead }: Cost): { stored: number; read: number } {
  return { stored: (ROWS * DAYS) / cpuSeconds, read: rowsRead / readSeconds };
}

/** The same chain on a later day. */
function later(chain: Chain, day: number): Partial<Chain> {
  const shift = day * DAY_MS;
  return {
    takenAt: chain.takenAt + shift,
    spotAt: chain.spotAt + shift,
    quotedAt: chain.quotedAt.map((at) => at + shift),
  };
}

/** One record per contract; the table's name does not matter. */
function records(chain: Chain): Write[] {
  return Array.from({ length: chain.size }, (_, row) => {
    const put = {
      symbol: chain.symbol,
      takenAt: chain.takenAt,
      spot: chain.spot,
      conId: chain.conId[row],
      expiration: chain.expiration[row],
      strike: chain.strike[row],
      right: chain.right[row],
      bid: chain.bid[row],
      ask: chain.ask[row],
      last: chain.last[row],
      volume: chain.volume[row],
      openInterest: chain.openInterest[row],
      quotedAt: chain.quotedAt[row],
      impliedVolatility: chain.impliedVolatility[row],
      delta: chain.delta[row],
    };
    const key = `${chain.symbol}/${timeKey(chain.takenAt)}/${put.expiration}/${put.strike}/${put.right}`;
    return { table: 'alerts', key, put: put as unknown as Tables['alerts'] };
  });
}

async function writtenBytes(): Promise<number> {
  const line = /^write_bytes: (\d+)$/m.exec(await readFile('/proc/self/io', 'utf8'));
  if (line === null) throw new Error('this kernel does not say how many bytes a process has written');
  return Number(line[1]);
}

async function folderBytes(path: string): Promise<number> {
  const sizes = await Promise.all((await readdir(path)).map(async (file) => (await stat(join(path, file))).size));
  return sizes.reduce((sum, size) => sum + size, 0);
}

function seconds({ user, system }: NodeJS.CpuUsage): number {
  return (user + system) / 1e6;
}
