import assert from 'node:assert/strict';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { type TestContext, test } from 'node:test';
import { BookTail } from '../../../scripts/kills-rig/book-tail.ts';
import { Box, CLIENT_ID } from '../../../scripts/kills-rig/box.ts';
import type { Child } from '../../../scripts/kills-rig/child.ts';
import { until } from '../../../scripts/kills-rig/recovered.ts';
import { orderFields } from '../../guard/order-frames.ts';
import { connectRaw } from '../../lab/exchange/server/raw-client.ts';

/* Exchange, guard and program as processes of their own: what a clock in one process cannot show. */

const LIMIT = { timeout: 60_000 };
const PATIENCE_MS = 1_000;
/** A machine that is busy with other tests. */
const CANCEL_WITHIN_MS = 500;
const BACK_WITHIN_MS = 15_000;
const ORDERED_WITHIN_MS = 30_000;

/** The program; without a sign of life it is killed and started again, as a unit with WatchdogSec is. */
class Watched {
  readonly #box: Box;
  #child: Child;
  #patience: NodeJS.Timeout | undefined;
  #ended = false;
  starts = 0;

  constructor(box: Box) {
    this.#box = box;
    this.#child = this.#start();
  }

  /** Nobody waits for signs of life meanwhile. */
  stop(): void {
    clearTimeout(this.#patience);
    this.#child.signal('SIGSTOP');
  }

  goOn(): void {
    this.#child.signal('SIGCONT');
  }

  hang(): void {
    this.#child.signal('SIGUSR2');
  }

  end(): void {
    clearTimeout(this.#patience);
    this.#ended = true;
  }

  #start(): Child {
    this.starts += 1;
    return this.#box.startAgent({ patienceMs: PATIENCE_MS, told: () => this.#alive() });
  }

  #alive(): void {
    clearTimeout(this.#patience);
    if (!this.#ended) this.#patience = setTimeout(() => void this.#again(), PATIENCE_MS);
  }

  async #again(): Promise<void> {
    await this.#child.end('SIGABRT');
    this.#child = this.#start();
  }
}

/** Presses; returns what of ours has ended at the exchange once the guard says that nothing works. */
async function pressed(box: Box): Promise<ReadonlyMap<string, string>> {
  box.set('pressed');
  await until('the halt is confirmed', async () => (await box.guard()).status.halted === 'confirmed' || 'not yet');
  const { lastTrip } = (await box.guard()).status;
  assert.ok((lastTrip?.cancelMs ?? 1e9) < CANCEL_WITHIN_MS, `${lastTrip?.cancelMs} ms to the first cancel`);
  const { working, completed } = await box.second.books(CLIENT_ID);
  assert.equal(working.size, 0);
  return completed;
}

/** Released, reset and armed again; the program stays halted. */
async function armed(box: Box): Promise<void> {
  box.set('normal');
  for (const act of ['reset', 'arm'] as const) {
    await until(`the guard takes ${act}`, async () => {
      const { ok, error } = await box.guard(act);
      return ok || String(error);
    });
  }
}

/** The program knows that it is halted and that nothing works, and nothing came to the exchange behind the cancel. */
async function settled(box: Box, completed: ReadonlyMap<string, string>): Promise<void> {
  await until('it is halted, and the books agree', async () => {
    const books = await box.books();
    return (books?.state === 'agreed' && (await box.status())?.trading.state === 'halted') || `books ${books?.state}`;
  });
  const after = await box.second.books(CLIENT_ID);
  assert.equal(after.working.size, 0);
  assert.deepEqual(after.completed, completed);
}

/** By hand, past guard and program. */
async function ordered(t: TestContext, box: Box): Promise<void> {
  const hand = await connectRaw(t, box.gatewayPort, 5);
  hand.send(9, 8, 1, 0, 'SPY', 'STK', '', 0, '', '', 'SMART', '', 'USD', '', '', 0, '', '', '');
  const details = await hand.next((message) => message[0] === '10');
  hand.send(...orderFields({ orderId: 1, conId: Number(details[12]), limit: 1, action: 'BUY' }, { secType: 'STK' }));
  await hand.next((message) => message[0] === '3' && message[2] === 'Submitted');
}

test(
  'F27 F29 a press while the program is stopped in the middle of its orders, and while it hangs: confirmed without it; the watchdog starts it anew, halted and with equal books',
  LIMIT,
  async (t) => {
    const folder = mkdtempSync(join(tmpdir(), 'wheelhouse-processes-'));
    const box = await Box.make({ folder, from: '2026-11-20T09:33:20', speed: 20, seed: 13 });
    const tail = new BookTail(box.bookPath);
    await box.startWithoutAgent();
    const watched = new Watched(box);
    t.after(async () => {
      watched.end();
      tail.stop();
      await box.stop();
      rmSync(folder, { recursive: true, force: true });
    });
    tail.start();
    await tail.order(1, AbortSignal.timeout(ORDERED_WITHIN_MS));

    watched.stop();
    assert.equal(tail.working, 1);
    const first = await pressed(box);
    assert.equal(first.size, 1);
    watched.goOn();
    await settled(box, first);
    assert.equal(watched.starts, 1);

    await armed(box);
    await ordered(t, box);
    const hung = performance.now();
    watched.hang();
    await settled(box, await pressed(box));
    assert.equal(watched.starts, 2);
    assert.ok(performance.now() - hung < BACK_WITHIN_MS);
  },
);
