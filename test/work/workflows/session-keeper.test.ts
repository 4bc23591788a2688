import assert from 'node:assert/strict';
import { test } from 'node:test';
import { answered, unanswered } from '../../../agent/edges/broker/answer.ts';
import type { BrokerEvent, BrokerStatus } from '../../../agent/edges/broker/broker.ts';
import type { LinkState } from '../../../agent/edges/broker/link.ts';
import { silentLog } from '../../../agent/edges/system/log.ts';
import { placeOrder } from '../../../agent/work/workflows/place-order.ts';
import { SessionKeeper } from '../../../agent/work/workflows/session-keeper.ts';
import { type Desk, desk, FIGURES, intent, NOW } from './desk.ts';

interface Kept {
  readonly parts: Desk;
  readonly keeper: SessionKeeper;
  /** How often the broker was asked for its positions. */
  readonly compared: () => number;
  readonly say: (event: BrokerEvent) => Promise<void>;
  readonly link: (state: LinkState) => Promise<void>;
}

async function kept(): Promise<Kept> {
  const parts = await desk();
  const { broker, blotter, reconciler, clock } = parts;
  let listener: (event: BrokerEvent) => void = () => undefined;
  let asked = 0;
  const { positions } = broker;
  broker.positions = () => {
    asked += 1;
    return positions.call(broker);
  };
  const heard = {
    onEvent: (listen: (event: BrokerEvent) => void) => {
      listener = listen;
      return () => undefined;
    },
    get link() {
      return broker.link;
    },
  };
  const others = { unfinished: () => false, log: silentLog, onChange: () => undefined };
  const keeper = new SessionKeeper({ broker: heard, blotter, reconciler, clock, ...others });
  keeper.start();
  const say = async (event: BrokerEvent): Promise<void> => {
    listener(event);
    await parts.turn.idle();
    await new Promise(setImmediate);
  };
  const link = (state: LinkState): Promise<void> => {
    broker.link = { ...broker.link, state };
    return say({ kind: 'link', link: broker.link });
  };
  return { parts, keeper, compared: () => asked, say, link };
}

test('every new session, and every return of the exchange, compares the books', async () => {
  const { parts, compared, link } = await kept();
  await link('ready');
  assert.equal(compared(), 1);
  await link('degraded');
  assert.match(parts.reconciler.obstacle ?? '', /the link is degraded/);
  await link('ready');
  assert.equal(compared(), 2);
});

for (const code of [1101, 1102]) {
  test(`${code} without the loss that it follows compares the books too, and while degraded the link speaks for it`, async () => {
    const { compared, link, say } = await kept();
    await link('ready');
    await say({ kind: 'notice', code, reason: 'restored', at: NOW });
    assert.equal(compared(), 2);
    await link('degraded');
    await say({ kind: 'notice', code, reason: 'restored', at: NOW });
    assert.equal(compared(), 2);
    await say({ kind: 'notice', code: 2104, reason: 'farm OK', at: NOW });
    assert.equal(compared(), 2);
  });
}

test('what was not answered is asked again after a pause that grows, until the books agree', async () => {
  const { parts, compared, link } = await kept();
  const { broker, clock, turn } = parts;
  const pass = async (ms: number): Promise<void> => {
    await clock.advanceTo(clock.now() + ms);
    await turn.idle();
    await new Promise(setImmediate);
  };
  broker.figures = unanswered('unknown', 'timeout');
  await link('ready');
  await pass(5_000);
  assert.equal(compared(), 2);
  await pass(5_000);
  assert.equal(compared(), 2);
  broker.figures = answered(FIGURES);
  await pass(10_000);
  assert.deepEqual([compared(), parts.reconciler.current.state], [3, 'agreed']);
  await pass(600_000);
  assert.equal(compared(), 3);
});

test('what anybody else asked and was not answered is asked again as well', async () => {
  const { parts, keeper, compared, link } = await kept();
  const { broker, clock, turn, reconciler } = parts;
  await link('ready');
  broker.figures = unanswered('unknown', 'timeout');
  await reconciler.run();
  keeper.compared();
  assert.deepEqual([compared(), reconciler.current.state], [2, 'unknown']);
  broker.figures = answered(FIGURES);
  await clock.advanceTo(clock.now() + 5_000);
  await turn.idle();
  await new Promise(setImmediate);
  assert.deepEqual([compared(), reconciler.current.state], [3, 'agreed']);
});

/** One order of ours, working under the order id 2. */
async function withOrder(): Promise<Kept> {
  const on = await kept();
  await on.link('ready');
  await placeOrder(intent(), on.parts);
  await on.say(statusOf('Submitted', 0));
  return on;
}

function statusOf(status: BrokerStatus, filled: number): BrokerEvent {
  const { id: orderRef, quantity } = intent();
  const said = { kind: 'orderStatus', orderId: 2, orderRef, permId: 900, averagePrice: null, at: NOW } as const;
  return { ...said, status, filled, remaining: quantity - filled };
}

test('an order that the broker leaves in doubt is asked about at once, and once', async () => {
  const { parts, compared, say } = await withOrder();
  const before = compared();
  const error = { kind: 'orderError', orderId: 2, orderRef: intent().id, code: 10148, reason: 'wrong state' } as const;
  await say({ ...error, final: false, at: NOW });
  await parts.turn.idle();
  assert.equal(compared(), before + 1);
  await say({ ...error, final: false, at: NOW });
  await parts.turn.idle();
  assert.equal(compared(), before + 1);
});

test('an order that the broker leaves in doubt again and again is asked about with pauses, not at the speed of the wire', async () => {
  const { parts, compared, say } = await withOrder();
  const error = { kind: 'orderError', orderId: 2, orderRef: intent().id, code: 10148, reason: 'wrong state' } as const;
  const before = compared();
  for (let turn = 0; turn < 10; turn += 1) {
    await say({ ...error, final: false, at: NOW });
    await parts.turn.idle();
    await new Promise(setImmediate);
    await say(statusOf('Submitted', 0));
  }
  assert.equal(compared(), before + 1);
  await say({ ...error, final: false, at: NOW });
  await parts.clock.advanceTo(parts.clock.now() + 5_000);
  await parts.turn.idle();
  assert.equal(compared(), before + 2);
});

test('a status that speaks of fills is followed by a question when their executions do not come', async () => {
  const { parts, compared, say } = await withOrder();
  const before = compared();
  await say(statusOf('Filled', 2));
  assert.equal(compared(), before);
  await parts.clock.advanceTo(parts.clock.now() + 2_000);
  await parts.turn.idle();
  await new Promise(setImmediate);
  assert.equal(compared(), before + 1);
});
