import assert from 'node:assert/strict';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, before, type TestContext, test } from 'node:test';
import { storedBooks, wrongs } from '../../../scripts/kills-rig/verdict.ts';
import { MACHINE_NEEDS } from '../machine/boot.ts';
import { debianKernel } from '../machine/kernel.ts';
import { missingAfter, missingFor } from '../needs.ts';
import { type Cut, cutsOfDay, cutsOfFirstStart, cutText } from './cut-plan.ts';
import { SPEED } from './exchange.ts';
import { CLIENT_ID, type Guest, makeGuest, SYMBOLS } from './guest-image.ts';
import { type CutReport, PowerBox } from './power-box.ts';

/*
 * The power of the box is cut while it trades: what it had promised to keep is on the disk, it always starts again, and its books
 * and the exchange's are the same. POWER_SEED=n chooses the moments, POWER_DAYS=n how many mornings of seven cuts.
 */

const FILE_SYSTEM_NEEDS = { mke2fs: 'e2fsprogs', e2fsck: 'e2fsprogs', debugfs: 'e2fsprogs' };
const skip =
  missingFor({ ...MACHINE_NEEDS, ...FILE_SYSTEM_NEEDS }) ?? missingAfter(() => debianKernel('amd64')) ?? false;
const SEED = Number(process.env.POWER_SEED ?? 1);
/** A week apart, so that another contract is worth an order; none that was sold expires before the last. */
const DATES = ['2026-11-16', '2026-11-23', '2026-11-30', '2026-12-07'];
const DAYS = Math.min(Number(process.env.POWER_DAYS ?? 3), DATES.length);
const FIRST_STARTS = 6;
/** Of the symbols, so that some of them work for long. */
const MANY = 3;
const ALL_SENT_MS = 10_000;
const folder = mkdtempSync(join(tmpdir(), 'wheelhouse-power-'));
let guest: Guest;

before(async () => {
  if (skip === false) guest = await makeGuest(folder, SPEED);
});
after(() => rmSync(folder, { recursive: true, force: true }));

test('a disk that only says that it has flushed is found out', { skip }, async () => {
  const box = await PowerBox.make(guest, folder, { lies: true });
  try {
    box.turnOn(DATES[0]);
    await box.recovered();
    await orders(box, 1);
    const cut: Cut = { phase: 'orders', moment: { kind: 'order', nth: 4, ms: 0 }, keeps: 'dropped', seed: SEED };
    const { wrongs: found } = await box.cut(cut);
    assert.ok(
      found.some((wrong) => /^intents\/\S+ is lost$/.test(wrong)),
      found.join('\n'),
    );
    assert.ok(
      found.some((wrong) => /of which no intent is stored$/.test(wrong)),
      found.join('\n'),
    );
  } finally {
    await box.stop();
  }
});

test('cuts while the store is made for the first time', { skip }, async (t) => {
  for (const cut of cutsOfFirstStart(SEED, FIRST_STARTS)) {
    await t.test(cutText(cut), async (t) => {
      const box = await PowerBox.make(guest, folder);
      try {
        box.turnOn(DATES[0]);
        told(t, await box.cut(cut));
      } finally {
        await box.stop();
      }
    });
  }
});

test('cuts on mornings of trading, with one disk', { skip }, async (t) => {
  const box = await PowerBox.make(guest, folder);
  try {
    for (const [day, date] of DATES.slice(0, DAYS).entries()) {
      box.turnOn(date);
      for (const cut of cutsOfDay(SEED, day)) {
        await t.test(`${date}: ${cutText(cut)}`, async (t) => {
          await oneCut(t, box, { cut, date }).catch((error: Error) => {
            box.isAlive &&= error instanceof assert.AssertionError;
            t.diagnostic(error.message);
            throw error;
          });
        });
        if (!box.isAlive) return t.diagnostic('it does not go on after that, so nothing more can be cut');
      }
      await box.closeExchange();
    }
    t.diagnostic(`${(box.bytesWritten / 1e6).toFixed(1)} MB were written to the disk`);
  } finally {
    await box.stop();
  }
});

async function oneCut(t: TestContext, box: PowerBox, { cut, date }: { cut: Cut; date: string }): Promise<void> {
  const begun = performance.now();
  if (cut.phase !== 'start') await box.recovered();
  if (cut.phase !== 'start') t.diagnostic(`recovered in ${((performance.now() - begun) / 1000).toFixed(1)} s`);
  // On the first day it may be cut while it sends them, and then sends no more.
  if (cut.phase === 'orders') await orders(box, date === DATES[0] ? 1 : MANY);
  if (cut.phase === 'quiet') await quiet(box);
  const report = await box.cut(cut);
  if (cut.phase !== 'quiet') box.turnOn();
  told(t, report);
  if (cut.phase !== 'quiet') return;
  const theirs = await box.exchange.second.books(CLIENT_ID);
  assert.deepEqual(wrongs(await storedBooks(join(report.found.folder, 'store')), theirs, date), []);
}

/** There have been so many today, or as many as are sent within some seconds of the first. */
function orders(box: PowerBox, least: number): Promise<void> {
  let first = Number.POSITIVE_INFINITY;
  return box.until('orders were sent', async () => {
    const { working, completed } = await box.exchange.second.books(CLIENT_ID);
    const sent = working.size + completed.size;
    if (sent > 0) first = Math.min(first, performance.now());
    if (sent >= least || performance.now() - first > ALL_SENT_MS) return true;
    const why = await box.life.get<{ decision: { reasons: unknown } | null }>(`/api/why?symbol=${SYMBOLS[0]}`);
    return `${sent} of ${least}; of ${SYMBOLS[0]}: ${JSON.stringify(why?.decision?.reasons)}`;
  });
}

/** After a halt: it trades again, no order works, and the books have been compared since. */
async function quiet(box: PowerBox): Promise<void> {
  await box.rearm();
  await box.until('no order works', async () => {
    const { working } = await box.exchange.second.books(CLIENT_ID);
    return working.size === 0 || `${working.size} do`;
  });
  const since = box.exchange.now();
  await box.life.post('/reconcile');
  await box.booksAgree(since, new Set(['agreed']));
}

function told(
  t: TestContext,
  { working, unflushed, kept, promised, unpromised, latch, wrongs: found }: CutReport,
): void {
  const blocks = `${unflushed} blocks not flushed, ${kept} of them kept`;
  t.diagnostic(
    `${working} orders worked; ${promised} batches promised, ${unpromised} under way; ${blocks}; latch ${latch}`,
  );
  for (const wrong of found) t.diagnostic(`WRONG: ${wrong}`);
  assert.deepEqual(found, []);
}
