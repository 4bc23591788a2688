import assert from 'node:assert/strict';
import { test } from 'node:test';
import { MINUTE_MS } from '../../../agent/core/calendar/time.ts';
import type { BrokerEvent } from '../../../agent/edges/broker/broker.ts';
import type { LinkState } from '../../../agent/edges/broker/link.ts';
import { silentLog } from '../../../agent/edges/system/log.ts';
import { LinkAlarm } from '../../../agent/work/workflows/link-alarm.ts';
import { desk } from './desk.ts';

async function watched(speed = 1) {
  const { broker, alerts, clock } = await desk();
  let tell: (event: BrokerEvent) => void = () => undefined;
  const heard = {
    onEvent: (listener: (event: BrokerEvent) => void) => {
      tell = listener;
      return () => undefined;
    },
    get link() {
      return broker.link;
    },
  };
  const alarm = new LinkAlarm({ broker: heard, alerts, clock, speed, log: silentLog });
  const link = (state: LinkState, reason = 'it was closed'): void => {
    broker.link = { ...broker.link, state, reason };
    tell({ kind: 'link', link: broker.link });
  };
  const pass = (minutes: number): Promise<void> => clock.advanceTo(clock.now() + minutes * MINUTE_MS);
  const shown = (): string[] => alerts.open.map(({ severity, text }) => `${severity} ${text}`);
  return { alarm, link, pass, shown, say: (event: BrokerEvent) => tell(event) };
}

test('a line that is away for three minutes is told of, for half an hour urgently, and no more once it is back', async () => {
  const { alarm, link, pass, shown } = await watched();
  alarm.start();
  link('down');
  await pass(1);
  link('connecting');
  link('down', 'nobody listens');
  await pass(1.9);
  assert.deepEqual(shown(), []);
  await pass(0.1);
  assert.match(
    shown()[0] ?? '',
    /^warning There is no link to the broker since 2026-03-20 10:00:00.*: down, nobody listens/,
  );
  await pass(27);
  assert.match(shown()[0] ?? '', /^critical .*wait for its login/);
  assert.equal(shown().length, 1);
  link('ready');
  await pass(60);
  assert.deepEqual(shown(), []);
});

test('a restart of the gateway is nothing to tell of, and each absence counts from its own beginning', async () => {
  const { alarm, link, pass, shown } = await watched();
  alarm.start();
  for (let night = 0; night < 3; night += 1) {
    link('down');
    await pass(2);
    link('ready');
    await pass(2);
  }
  assert.deepEqual(shown(), []);
});

test('a line that never comes is told of as well, and nothing is told once it is stopped', async () => {
  const never = await watched();
  never.link('down', 'not started');
  never.alarm.start();
  await never.pass(3);
  assert.equal(never.shown().length, 1);
  const stopped = await watched();
  stopped.link('down', 'not started');
  stopped.alarm.start();
  stopped.alarm.stop();
  await stopped.pass(60);
  assert.deepEqual(stopped.shown(), []);
});

test('on a faster clock a line is given the same time as in real life', async () => {
  const { alarm, link, pass, shown } = await watched(60);
  alarm.start();
  link('down');
  await pass(179);
  assert.deepEqual(shown(), []);
  await pass(1);
  assert.equal(shown().length, 1);
});

test('a gateway that takes no orders is told of at once, until it takes one', async () => {
  const { alarm, say, shown } = await watched();
  alarm.start();
  const at = 1;
  say({ kind: 'notice', code: 321, reason: 'cause - The API interface is currently in Read-Only mode.', at });
  assert.match(shown()[0] ?? '', /^critical The gateway is in read-only mode/);
  say({ kind: 'notice', code: 2104, reason: 'OK', at });
  assert.equal(shown().length, 1);
  const order = { orderId: 1, orderRef: 'r', permId: 1, filled: 0, remaining: 1, averagePrice: null, at };
  say({ kind: 'orderStatus', status: 'Inactive', ...order });
  assert.equal(shown().length, 1);
  say({ kind: 'orderStatus', status: 'Submitted', ...order });
  assert.deepEqual(shown(), []);
});
