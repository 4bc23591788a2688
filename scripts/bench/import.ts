import { spawnSync } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { gunzipSync, gzipSync } from 'node:zlib';
import { inferSchema, initParser } from 'udsv';
import { addDays } from '../../agent/core/calendar/new-york.ts';
import { sessions } from '../../agent/core/calendar/sessions.ts';
import { emptyBars } from '../../agent/core/market/bars.ts';
import { ChainFile } from '../../agent/edges/history/files/chain-file.ts';
import { LevelStore } from '../../agent/edges/store/level/level-store.ts';
import { importSource } from '../../agent/work/workflows/import-history.ts';
import type { Measure } from './measure.ts';

export const title = 'Import: 1,000,000 rows of one csv.gz, in CPU seconds';

const ROWS = 1_000_000;
const FORMAT = 'eod-trades';
const HEADER = 'date,expiration,strike,type,last,delta,iv_pct,volume,open_interest';
const PASSES = 6;
/** What pandas needed where it was measured, in seconds; the goal is to be no slower, the aim 1.3 times as fast. */
const PANDAS_KNOWN = 1.5;
const AHEAD = 1.3;
/** The first one may be another than the one for which the system's packages are. */
const PYTHONS = ['python3', '/usr/bin/python3'];
const PANDAS = `
import sys, time
import pandas
best = 1e9
for _ in range(${PASSES}):
    start = time.process_time()
    pandas.read_csv(sys.argv[1])
    best = min(best, time.process_time() - start)
print(best)
`;

export async function run(): Promise<Measure[]> {
  const folder = mkdtempSync(join(tmpdir(), 'wheelhouse-import-'));
  const path = join(folder, 'SPY.csv.gz');
  try {
    writeFileSync(path, gzipSync(syntheticRows(), { level: 6 }));
    const bare = await best(async () => countFields(gunzipSync(readFileSync(path))));
    const read = await best(() => readToColumns(path));
    let pass = 0;
    const stored = await best(() => intoStore(path, join(folder, `store-${pass++}`)));
    const pandas = pandasSeconds(path);
    // Last, because it leaves millions of objects behind that would be collected, and counted, in the passes after it.
    const udsv = await best(async () => typedByLibrary(gunzipSync(readFileSync(path)).toString('latin1')));
    const goal = { unit: 's', atMost: pandas ?? PANDAS_KNOWN, aim: (pandas ?? PANDAS_KNOWN) / AHEAD };
    const bareText = 'unpacking and a bare loop over the bytes';
    const beside =
      pandas === null
        ? (value: number) => ({
            ratio: value / bare,
            yardstick: `${bareText} (pandas is not here: its known time is the bound)`,
          })
        : (value: number) => ({ ratio: value / pandas, yardstick: 'pandas.read_csv' });
    return [
      { name: 'read into columns', ...goal, value: read, ...beside(read) },
      // Pandas keeps nothing of what it reads; whoever imports waits for both, so the bound is the same.
      { name: 'read and written to a store on disk', ...goal, value: stored, ...beside(stored) },
      {
        name: 'the same rows by udsv, as objects of a row each',
        unit: 's',
        value: udsv,
        ratio: udsv / bare,
        yardstick: bareText,
      },
      { name: bareText, unit: 's', value: bare },
      ...(pandas === null ? [] : [{ name: 'pandas.read_csv', unit: 's', value: pandas }]),
    ];
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

async function best(work: () => Promise<unknown>): Promise<number> {
  let seconds = Number.POSITIVE_INFINITY;
  for (let n = 0; n < PASSES; n += 1) {
    const before = process.cpuUsage();
    await work();
    const used = process.cpuUsage(before);
    seconds = Math.min(seconds, (used.user + used.system) / 1e6);
  }
  return seconds;
}

async function readToColumns(path: string): Promise<number> {
  const known = { actions: async () => [], bars: async (symbol: string) => emptyBars(symbol, 0) };
  let rows = 0;
  for await (const part of new ChainFile({ path, format: FORMAT }).read(known)) {
    if (part.kind === 'chain') rows += part.chain.size;
  }
  if (rows !== ROWS) throw new Error(`${rows} rows were read, not ${ROWS}`);
  return rows;
}

async function intoStore(path: string, folder: string): Promise<void> {
  const store = new LevelStore({ path: folder });
  await store.start();
  await importSource(new ChainFile({ path, format: FORMAT }), store);
  await store.stop();
}

function pandasSeconds(path: string): number | null {
  for (const python of PYTHONS) {
    const ran = spawnSync(python, ['-c', PANDAS, path], { encoding: 'utf8' });
    if (ran.status === 0) return Number(ran.stdout);
  }
  return null;
}

/** The least that any reader does: look at each byte. */
function countFields(bytes: Buffer): number {
  let fields = 0;
  for (let i = 0; i < bytes.length; i += 1) {
    const byte = bytes[i] as number;
    if (byte === 44 || byte === 10) fields += 1;
  }
  return fields;
}

function typedByLibrary(text: string): number {
  return initParser(inferSchema(text)).typedObjs(text).length;
}

/** Chains of 250 sessions, 4,000 contracts each, with prices that look like prices. */
function syntheticRows(): string {
  const dates = sessions('2025-01-02', '2025-12-31')
    .slice(0, 250)
    .map(({ date }) => date);
  const perDate = ROWS / dates.length;
  const lines = [HEADER];
  for (const [n, date] of dates.entries()) {
    for (let row = 0; row < perDate; row += 1) {
      const expiration = addDays(date, 1 + Math.floor(row / 400) * 7);
      const step = Math.floor((row % 400) / 2);
      const right = row % 2 === 0 ? 'C' : 'P';
      const wave = Math.abs(Math.sin(n * 0.1 + step * 0.37 + row * 0.01));
      const last = (wave * 40 + 0.01).toFixed(2);
      const delta = ((right === 'C' ? 1 : -1) * wave).toFixed(2);
      const size = Math.floor(wave * 5000);
      lines.push(
        `${date},${expiration},${500 + step}.0,${right},${last},${delta},${(15 + wave * 60).toFixed(2)},${size},${size * 3}`,
      );
    }
  }
  return `${lines.join('\n')}\n`;
}
