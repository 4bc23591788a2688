import { rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { LevelStore } from '../../../../agent/edges/store/level/level-store.ts';

/*
 * A program for the tests: works on a small disk at its first argument that becomes full, and gets room again. Says as JSON what was
 * acknowledged, what was refused and what is there when the store is opened anew.
 */
const [disk = ''] = process.argv.slice(2);
const path = join(disk, 'store');
const filler = join(disk, 'filler');
const told: (string | null)[] = [];
const store = new LevelStore({ path, onFailure: () => told.push(store.failure) });
const acknowledged: number[] = [];

async function put(n: number): Promise<void> {
  const alert = { key: `${n}`, severity: 'info', text: 'x'.repeat(3000), raisedAt: n, resolvedAt: null } as const;
  const done = store.commit([{ table: 'alerts', key: `${n}`.padStart(3, '0'), put: alert }], 'sync');
  await done.then(
    () => acknowledged.push(n),
    () => undefined,
  );
}

function fill(): void {
  try {
    writeFileSync(filler, Buffer.alloc(64 << 20));
  } catch {
    // That is what it is for.
  }
}

async function opening(): Promise<string> {
  return new LevelStore({ path }).start().then(
    () => 'opened',
    (error: Error & { code: string }) => `${error.code} ${error.message}`,
  );
}

await store.start();
await put(1);
fill();
for (let n = 2; n < 6; n += 1) await put(n);
rmSync(filler);
for (let n = 6; n < 10; n += 1) await put(n);
await store.stop();
await store.start();
const found = (await store.list('alerts')).map(([, { raisedAt }]) => raisedAt);
await store.stop();
fill();
const full = await opening();
process.stdout.write(JSON.stringify({ acknowledged, found, told, full }));
