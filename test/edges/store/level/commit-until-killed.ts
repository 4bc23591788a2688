import { writeSync } from 'node:fs';
import { LevelStore } from '../../../../agent/edges/store/level/level-store.ts';
import type { Write } from '../../../../agent/edges/store/store.ts';

/*
 * A program for the tests: opens the store of its first argument, says `open`, and commits batch after batch from its
 * second argument on, saying the number of each one that is on disk. With `hold` as the second argument it only keeps the store open.
 */
const [path = '', first = '0'] = process.argv.slice(2);
const store = new LevelStore({ path });
await store.start();
writeSync(1, 'open\n');
if (first === 'hold') setInterval(() => undefined, 60_000);
else for (let batch = Number(first); ; batch += 1) await commit(batch);

async function commit(batch: number): Promise<void> {
  const rows = 1 + (batch % 7) * 40;
  const writes: Write[] = Array.from({ length: rows }, (_, row) => ({
    table: 'alerts',
    key: `${batch}/${row}`,
    put: { key: `${batch}/${row}`, severity: 'info', text: 'x'.repeat(200), raisedAt: batch, resolvedAt: null },
  }));
  await store.commit([...writes, { table: 'counters', key: `${batch}`, put: { value: rows } }], 'sync');
  writeSync(1, `${batch}\n`);
}
