import assert from 'node:assert/strict';
import { existsSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { type TestContext, test } from 'node:test';
import { type ShutDown, shutDown } from '../../agent/compose/shut-down.ts';
import { ManualClock } from '../../agent/edges/system/manual/clock.ts';
import { until } from '../contracts/gpio-lines.ts';
import { SILENT } from '../edges/status/snapshot-fixture.ts';

/** The button has been held for ten seconds. */
function held(t: TestContext, folder: string | undefined) {
  const box = { clock: new ManualClock(0), ended: new AbortController(), ends: 0 };
  const parts: Omit<ShutDown, 'folder'> = {
    ...{ clock: box.clock, log: SILENT, ended: box.ended.signal },
    end: () => {
      box.ends += 1;
    },
  };
  t.after(() => box.ended.abort());
  return { ...box, done: shutDown({ ...parts, folder }), count: () => box.ends };
}

function runtimeFolder(t: TestContext): string {
  const folder = mkdtempSync(join(tmpdir(), 'wheelhouse-run-'));
  t.after(() => rmSync(folder, { recursive: true }));
  return folder;
}

test('off the box, and where nothing can be asked, the program ends at once', async (t) => {
  for (const folder of [undefined, '/nowhere']) {
    const { done, count } = held(t, folder);
    await done;
    assert.equal(count(), 1);
  }
});

test('on the box power off is asked for and awaited: whoever does it ends the program too', async (t) => {
  const folder = runtimeFolder(t);
  const { done, ended, clock, count } = held(t, folder);
  await until(() => existsSync(join(folder, 'power-off')));
  await clock.advanceTo(14_000);
  ended.abort();
  await done;
  assert.equal(count(), 0);
});

test('where nobody powers the box off the program ends alone', async (t) => {
  const folder = runtimeFolder(t);
  const { done, clock, count } = held(t, folder);
  await until(() => existsSync(join(folder, 'power-off')));
  for (let second = 1; second <= 16 && count() === 0; second += 1) {
    await clock.advanceTo(second * 1_000);
    await new Promise((resolve) => setImmediate(resolve));
  }
  await done;
  assert.equal(count(), 1);
});
