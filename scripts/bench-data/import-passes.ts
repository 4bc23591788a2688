import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { emptyBars } from '../../agent/core/market/bars.ts';
import { ChainFile } from '../../agent/edges/history/files/chain-file.ts';
import { LevelStore } from '../../agent/edges/store/level/level-store.ts';
import { importSource } from '../../agent/work/workflows/import-history.ts';

const FORMAT = 'eod-trades';

/** Prints the CPU seconds, of all threads, of the best of several passes: reading a file, or reading and storing it. */
const [what, path = '', rows, passes] = process.argv.slice(2);
const folder = mkdtempSync(join(tmpdir(), 'wheelhouse-import-passes-'));
let best = Number.POSITIVE_INFINITY;
try {
  for (let pass = 0; pass < Number(passes); pass += 1) {
    const before = process.cpuUsage();
    if (what === 'store') await intoStore(join(folder, String(pass)));
    else await readToColumns();
    const { user, system } = process.cpuUsage(before);
    best = Math.min(best, (user + system) / 1e6);
  }
} finally {
  rmSync(folder, { recursive: true, force: true });
}
process.stdout.write(`${best}\n`);

async function readToColumns(): Promise<void> {
  const known = { actions: async () => [], bars: async (symbol: string) => emptyBars(symbol, 0) };
  let read = 0;
  for await (const part of new ChainFile({ path, format: FORMAT }).read(known)) {
    if (part.kind === 'chain') read += part.chain.size;
  }
  if (read !== Number(rows)) throw new Error(`${read} rows were read, not ${rows}`);
}

async function intoStore(to: string): Promise<void> {
  const store = new LevelStore({ path: to });
  await store.start();
  await importSource(new ChainFile({ path, format: FORMAT }), store);
  await store.stop();
}
