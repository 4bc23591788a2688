import assert from 'node:assert/strict';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { test } from 'node:test';
import { demoLimits } from '../../agent/compose/guard-limits.ts';
import { ownGuard } from '../../agent/compose/own-guard.ts';
import { MemoryStore } from '../../agent/edges/store/memory/memory-store.ts';
import { silentLog } from '../../agent/edges/system/log.ts';
import { ManualClock } from '../../agent/edges/system/manual/clock.ts';
import { Latch } from '../../agent/guard/latch.ts';

test('the first guard of a store begins armed; one whose folder or latch was removed does not', async (t) => {
  const place = mkdtempSync(join(tmpdir(), 'wheelhouse-own-guard-'));
  t.after(() => rmSync(place, { recursive: true, force: true }));
  const folder = join(place, 'guard');
  const store = new MemoryStore();
  await store.start();
  const made = async (): Promise<string> => {
    await ownGuard(store, {
      ...{ folder, gateway: { host: '127.0.0.1', port: 1 }, limits: demoLimits('DU1', ['SPY']) },
      ...{ afterReset: 'active', messagesPerSecond: 48, clock: new ManualClock(0), log: silentLog },
    });
    const { state, cause } = new Latch(folder).record;
    return `${state}: ${cause}`;
  };
  assert.equal(await made(), 'armed: first start');
  assert.equal(await made(), 'armed: first start', 'the folder is left as it is');
  rmSync(join(folder, 'latch.json'));
  assert.match(await made(), /^tripped: the latch cannot be read/);
  rmSync(folder, { recursive: true });
  assert.equal(await made(), "tripped: the guard's folder was missing");
});
