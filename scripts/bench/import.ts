import { spawnSync } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { gunzipSync, gzipSync } from 'node:zlib';
import { inferSchema, initParser } from 'udsv';
import { addDays } from '../../agent/core/calendar/new-york.ts';
import { sessions } from '../../agent/core/calendar/sessions.ts';
import type { Measure } from './measure.ts';

export const title = 'Import: 1,000,000 rows of one csv.gz, in CPU seconds';

const ROWS = 1_000_000;
const HEADER = 'date,expiration,strike,type,last,delta,iv_pct,volume,open_interest';
const PASSES = 6;
/** What pandas needed where it was measured, in seconds; the goal is to be no slower, the aim 1.3 times as fast. */
const PANDAS_KNOWN = 1.5;
const AHEAD = 1.3;
/** A process of its own for each reading, as pandas has one and as the command is one. */
const OURS = new URL('../bench-data/import-passes.ts', import.meta.url).pathname;
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
    const bare = best(() => countFields(gunzipSync(readFileSync(path))));
    const read = ourSeconds('read', path);
    const stored = ourSeconds('store', path);
    const pandas = pandasSeconds(path);
    const udsv = best(() => typedByLibrary(gunzipSync(readFileSync(path)).toString('latin1')));
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

function best(work: () => unknown): number {
  let seconds = Number.POSITIVE_INFINITY;
  for (let n = 0; n < PASSES; n += 1) {
    const before = process.cpuUsage();
    work();
    const used = process.cpuUsage(before);
    seconds = Math.min(seconds, (used.user + used.system) / 1e6);
  }
  return seconds;
}

function ourSeconds(what: 'read' | 'store', path: string): number {
  const ran = spawnSync(process.execPath, [OURS, what, path, String(ROWS), String(PASSES)], { encoding: 'utf8' });
  if (ran.status !== 0) throw new Error(ran.stderr);
  return Number(ran.stdout);
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
