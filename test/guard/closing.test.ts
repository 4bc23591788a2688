import assert from 'node:assert/strict';
import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { type TestContext, test } from 'node:test';
import { setTimeout as wait } from 'node:timers/promises';
import { FileSwitch } from '../../agent/ground/gpio/file-switch.ts';
import { type GuardConfig, readConfig } from '../../agent/guard/config.ts';
import { Control } from '../../agent/guard/control.ts';
import { Guard } from '../../agent/guard/guard.ts';
import type { GuardStatus } from '../../agent/guard/status.ts';
import { faultOf } from '../../agent/lab/exchange/faults/fault.ts';
import { connectRaw } from '../lab/exchange/server/raw-client.ts';
import { type Stand, startStand } from '../lab/exchange/server/stand.ts';
import { orderFields } from './order-frames.ts';
import { ACCOUNT, type Rig, type RigWish, startGuard } from './rig.ts';

let lastId = 0;
const LIMIT = { timeout: 30_000 };
const WISH = { centsBeyondMid: 50, contractsPerOrder: 5, dollarsPerOrder: 5_000, withinMinutes: 10, settleSeconds: 0 };

interface Scene {
  readonly stand: Stand;
  readonly rig: Rig;
  readonly conId: number;
  held(conId?: number): number;
  /** Orders of the guard that the exchange ever took. */
  ids(): readonly number[];
  /** Ends the guard and starts another one on the same files. */
  again(): Promise<void>;
  closing(): readonly { readonly quantity: number; readonly filled: number; readonly status: string }[];
}

/** A guard before an exchange where the account is short of two puts. */
async function scene(
  t: TestContext,
  wish: Partial<typeof WISH> | null,
  rigWish: Partial<RigWish> = {},
): Promise<Scene> {
  const stand = await startStand(t);
  const conId = stand.put(20).conId;
  await trade(t, stand, { conId, action: 'SELL', quantity: 2, limit: 0.05 });
  const config = wish === null ? {} : { closePositions: { ...WISH, ...wish } };
  const rig = await startGuard(t, { gatewayPort: stand.port, ...rigWish, config });
  const { book } = stand.exchange;
  const ours = () =>
    [...book.openOrders(), ...book.completedOrders()].filter(({ request }) => request.clientId === 900);
  return {
    ...{ stand, rig, conId },
    held: (of = conId) => book.positions(ACCOUNT).find((held) => held.conId === of)?.quantity ?? 0,
    ids: () => ours().map(({ request }) => request.orderId),
    again: async () => {
      rig.control.stop();
      await rig.guard.stop();
      const config = readConfig(rig.configPath).value as GuardConfig;
      const guard = new Guard(config, new FileSwitch(config.redSwitch.contacts));
      const control = new Control(guard);
      await guard.start();
      await control.start(config.control);
      t.after(async () => {
        control.stop();
        await guard.stop();
      });
    },
    closing: () => ours().map(({ request: { quantity }, filled, status }) => ({ quantity, filled, status })),
  };
}

async function trade(
  t: TestContext,
  stand: Stand,
  order: { conId: number; action: 'BUY' | 'SELL'; quantity: number; limit: number },
): Promise<void> {
  const client = await connectRaw(t, stand.port, 5);
  lastId += 1;
  client.send(...orderFields({ orderId: lastId, ...order }));
  const isFilled = (message: readonly string[]) => message[0] === '3' && message[2] === 'Filled';
  while (!client.received.some(isFilled)) {
    stand.step(1);
    await wait(2);
  }
  client.end();
}

const saysOf = (status: GuardStatus, what: RegExp) => status.closing.find((line) => what.test(line.what))?.says ?? '';

async function halted({ rig }: Scene): Promise<void> {
  await rig.ask({ do: 'halt', reason: 'test' });
  await rig.until((status) => status.halted === 'confirmed');
}

/** Lets the market go on until a status is as wanted. */
async function going({ stand, rig }: Scene, wanted: (status: GuardStatus) => boolean): Promise<GuardStatus> {
  for (let tries = 0; ; tries += 1) {
    await stand.clock.advanceTo(stand.clock.now() + 100);
    stand.exchange.step(stand.clock.now());
    const status = await rig.status();
    if (wanted(status)) return status;
    if (tries > 1_000) throw new Error(`it did not come to that: ${JSON.stringify(status)}`);
    await wait(5);
  }
}

test('a short put is bought back at the ask, once, and the halt stays confirmed', LIMIT, async (t) => {
  const at = await scene(t, {});
  await halted(at);
  const after = await going(at, (status) => saysOf(status, /SPY/).startsWith('Filled'));
  assert.equal(after.halted, 'confirmed');
  assert.equal(at.held(), 0);
  assert.deepEqual(at.closing(), [{ quantity: 2, filled: 2, status: 'Filled' }]);
  const lines = at.rig.journal().filter((line) => /closes a position/.test(String(line.verdict)));
  assert.equal(lines.length, 1);
});

test('without a word about it in the configuration positions stay', LIMIT, async (t) => {
  const at = await scene(t, null);
  await halted(at);
  await wait(800);
  assert.deepEqual(at.closing(), []);
  assert.deepEqual((await at.rig.status()).closing, []);
});

for (const [why, wish, words] of [
  ['its side of the quote is too far from the mid', { centsBeyondMid: 1 }, /cents beyond the mid/],
  ['there are too many contracts', { contractsPerOrder: 1 }, /more than 1 contracts/],
  ['it would cost too much', { dollarsPerOrder: 1 }, /it would move \$/],
] as const) {
  test(`a position stays when ${why}, and it is said`, LIMIT, async (t) => {
    const at = await scene(t, wish);
    await halted(at);
    await going(at, (status) => words.test(saysOf(status, /SPY/)));
    assert.deepEqual(at.closing(), []);
  });
}

for (const [what, fault, words] of [
  ['missing', faultOf('quotes', { how: 'none' }), /two sides/],
  ['crossed', faultOf('quotes', { how: 'crossed' }), /crossed/],
  ['no number', faultOf('quotes', { how: 'nan' }), /two sides/],
  ['not told', faultOf('quotes', { how: 'frozen' }), /two sides/],
  ['frozen', faultOf('marketDataType', { type: '2', code: '10090' }), /10090|not a live one/],
  ['delayed', faultOf('marketDataType', { type: '3', code: '10167' }), /10167|not a live one/],
] as const) {
  test(`a position stays while its quote is ${what}, and is closed when there is a good one`, LIMIT, async (t) => {
    const at = await scene(t, {});
    at.stand.faults.set(fault);
    await halted(at);
    await going(at, (status) => words.test(saysOf(status, /SPY/)));
    assert.deepEqual(at.closing(), []);
    at.stand.faults.clear();
    await going(at, (status) => saysOf(status, /SPY/).startsWith('Filled'));
    assert.equal(at.held(), 0);
  });
}

test('nothing is sent outside of the hours of the contract', LIMIT, async (t) => {
  const at = await scene(t, {});
  at.stand.step(7 * 3_600);
  await halted(at);
  await going(at, (status) => /not open/.test(saysOf(status, /SPY/)));
  assert.deepEqual(at.closing(), []);
});

test('nothing is sent for another account, or a symbol that the limits do not name', LIMIT, async (t) => {
  for (const limits of [{ account: 'DU0000002' }, { symbols: ['QQQ'] }]) {
    const at = await scene(t, {}, { limits });
    await halted(at);
    await wait(500);
    assert.deepEqual(at.closing(), []);
  }
});

test('nothing is sent while the halt is not confirmed', LIMIT, async (t) => {
  const at = await scene(t, {});
  at.stand.faults.set(faultOf('cancelAck', { mode: 'none', ref: 'stubborn' }));
  const other = await connectRaw(t, at.stand.port, 7);
  other.send(...orderFields({ orderId: 1, conId: at.conId, limit: 90, ref: 'stubborn' }));
  await other.next((message) => message[0] === '3' && message[2] === 'Submitted');
  await at.rig.ask({ do: 'halt', reason: 'test' });
  await at.rig.until((status) => (status.working?.length ?? 0) > 0);
  await wait(500);
  assert.deepEqual(at.closing(), []);
});

test('nothing is sent while positions are not known', LIMIT, async (t) => {
  const at = await scene(t, {});
  at.stand.faults.set(faultOf('swallow', { message: 62 }));
  await halted(at);
  await at.rig.until((status) => /not known/.test(saysOf(status, /positions/)));
  assert.deepEqual(at.closing(), []);
});

test('what has not been filled in time is taken back and told, and is not sent again', LIMIT, async (t) => {
  const at = await scene(t, {});
  at.stand.faults.set(faultOf('fillPlan', { steps: '1' }));
  await halted(at);
  await going(at, (status) => /^Submitted, 1 of 2/.test(saysOf(status, /SPY/)));
  // Longer than from one look at the positions to the next.
  await wait(1_500);
  assert.deepEqual(at.closing(), [{ quantity: 2, filled: 1, status: 'Submitted' }]);
  at.stand.step(10 * 60);
  const over = await going(at, (status) => {
    assert.equal(status.halted, 'confirmed');
    return /^Cancelled, 1 of 2/.test(saysOf(status, /SPY/));
  });
  assert.match(saysOf(over, /positions/), /10 minutes are over/);
  await at.rig.until((status) => status.halted === 'confirmed');
  await wait(700);
  assert.deepEqual(at.closing(), [{ quantity: 2, filled: 1, status: 'Cancelled' }]);
  assert.equal(at.held(), -1);
});

test('a guard that is started again in the middle takes its order back and sends none', LIMIT, async (t) => {
  const at = await scene(t, {});
  at.stand.faults.set(faultOf('fillPlan', { steps: '' }));
  await halted(at);
  await going(at, (status) => saysOf(status, /SPY/).startsWith('Submitted'));
  await at.again();
  await going(at, (status) => /started again/.test(saysOf(status, /positions/)));
  assert.equal((await at.rig.status()).halted, 'confirmed');
  assert.deepEqual(at.closing(), [{ quantity: 2, filled: 0, status: 'Cancelled' }]);
});

for (const [what, stop] of [
  ['another halt', async (at: Scene) => assert.equal((await at.rig.ask({ do: 'halt', reason: 'again' })).ok, true)],
  ['a second press', async (at: Scene) => at.rig.press()],
  ['a reset', async (at: Scene) => assert.match((await at.rig.ask({ do: 'reset' })).error ?? '', /taken back/)],
  ['the loss of the link', async (at: Scene) => void at.stand.faults.set(faultOf('rst', { on: 49, handled: false }))],
] as const) {
  test(`${what} takes the order back, and nothing more is sent`, LIMIT, async (t) => {
    const at = await scene(t, {});
    at.stand.faults.set(faultOf('fillPlan', { steps: '' }));
    await halted(at);
    await going(at, (status) => saysOf(status, /SPY/).startsWith('Submitted'));
    await stop(at);
    await going(at, () => at.closing()[0]?.status === 'Cancelled');
    await at.rig.until((status) => status.halted === 'confirmed');
    await wait(700);
    assert.equal(at.closing().length, 1);
    assert.match(saysOf(await at.rig.status(), /positions/), /nothing more is closed/);
  });
}

test('halted again before it has begun, it does not begin, nor after a restart', LIMIT, async (t) => {
  const at = await scene(t, { settleSeconds: 1 });
  await halted(at);
  await at.rig.ask({ do: 'halt', reason: 'again' });
  await at.rig.until((status) => /halted again/.test(saysOf(status, /positions/)));
  await wait(1_500);
  await at.again();
  await at.rig.until((status) => /started again/.test(saysOf(status, /positions/)));
  assert.deepEqual(at.closing(), []);
});

test('an order by hand ends it: everything is taken back', LIMIT, async (t) => {
  const at = await scene(t, {});
  at.stand.faults.set(faultOf('fillPlan', { steps: '' }));
  await halted(at);
  await going(at, (status) => saysOf(status, /SPY/).startsWith('Submitted'));
  at.stand.faults.set(faultOf('cancelAck', { mode: 'none', ref: 'by hand' }));
  const manual = await connectRaw(t, at.stand.port, 8);
  manual.send(...orderFields({ orderId: 1, conId: at.conId, limit: 90, ref: 'by hand' }));
  await going(at, (status) => status.halted === 'UNCONFIRMED' && at.closing()[0]?.status === 'Cancelled');
  assert.match(saysOf(await at.rig.status(), /positions/), /not confirmed/);
});

test('what covers a short position is sold after that is closed', LIMIT, async (t) => {
  const at = await scene(t, {});
  const cover = at.stand.put(30).conId;
  await trade(t, at.stand, { conId: cover, action: 'BUY', quantity: 2, limit: 90 });
  at.stand.faults.set(faultOf('fillPlan', { steps: '' }));
  await halted(at);
  await going(at, (status) => /still short/.test(status.closing.map(({ says }) => says).join()));
  assert.equal(at.closing().length, 1);
  at.stand.faults.clear();
  await going(at, () => at.held() === 0 && at.held(cover) === 0);
  assert.equal(at.closing().length, 2);
});

test('order ids go on where those of the last halt ended, and a spoiled record of them ends it', LIMIT, async (t) => {
  const at = await scene(t, {});
  const path = join(at.rig.folder, 'closing.json');
  writeFileSync(path, '{"halt":"2026-11-19T15:00:00.000Z","nextId":700}');
  await halted(at);
  await going(at, () => at.held() === 0);
  assert.equal(at.ids().at(0), 700);
  assert.equal((JSON.parse(readFileSync(path, 'utf8')) as { nextId: number }).nextId, 800);
  const other = await scene(t, {});
  writeFileSync(join(other.rig.folder, 'closing.json'), '{"halt":5}');
  await halted(other);
  await other.rig.until((status) => /closing.json: halt must be/.test(saysOf(status, /positions/)));
  assert.deepEqual(other.closing(), []);
});
