import assert from 'node:assert/strict';
import { spawn } from 'node:child_process';
import { type TestContext, test } from 'node:test';
import { brokerAddress } from '../../../../agent/edges/status/mqtt/broker-address.ts';
import { MqttFeed } from '../../../../agent/edges/status/mqtt/mqtt-feed.ts';
import type { ShownConnection } from '../../../../agent/edges/status/snapshot.ts';
import { ManualClock } from '../../../../agent/edges/system/manual/clock.ts';
import { HomeMqttServer } from '../../../../agent/lab/home/mqtt-server.ts';
import { debianPackage } from '../../../packages.ts';
import { SILENT, snapshot, WrittenBoard, WrittenControls } from '../snapshot-fixture.ts';
import { assertDiscovery } from './discovery-schema.ts';
import { eventually, Listener, Mosquitto } from './wire.ts';

const BASE = 'wheelhouse/box';
const CONFIG = 'homeassistant/device/wheelhouse_box/config';
const BIRTH = 'homeassistant/status';

interface Rig {
  readonly board: WrittenBoard;
  readonly controls: WrittenControls;
  readonly clock: ManualClock;
  readonly feed: MqttFeed;
  readonly connections: ShownConnection[];
}

function rig(t: TestContext, url: string): Rig {
  const board = new WrittenBoard();
  const controls = new WrittenControls(board);
  const clock = new ManualClock(Date.now());
  const connections: ShownConnection[] = [];
  const onConnection = (connection: ShownConnection): void => void connections.push(connection);
  const feed = new MqttFeed({ url, node: 'box', board, controls, clock, log: SILENT, onConnection, random: () => 0.5 });
  t.after(() => feed.stop());
  return { board, controls, clock, feed, connections };
}

async function mosquitto(t: TestContext): Promise<Mosquitto | null> {
  const binary = debianPackage(t, 'mosquitto');
  if (binary === null) return null;
  const broker = new Mosquitto(t, binary);
  await broker.start();
  return broker;
}

/** Everything of one connection, after which the feed is known to hear commands. */
async function started({ feed }: Rig, listener: Listener): Promise<void> {
  await feed.start();
  await eventually('the first payloads', () => listener.last(CONFIG) !== undefined);
}

const seconds = (clock: ManualClock, count: number): Promise<void> => clock.advanceTo(clock.now() + count * 1000);

test('a real broker keeps availability, state, positions and a valid discovery payload', async (t) => {
  const broker = await mosquitto(t);
  if (broker === null) return;
  const parts = rig(t, broker.url);
  await started(parts, await Listener.at(t, broker.url));
  const late = await Listener.at(t, broker.url);
  await eventually('what was kept', () => late.heard.length >= 5);
  assert.ok(late.heard.every(({ retained }) => retained));
  assert.deepEqual(
    late.heard.map(({ topic }) => topic).sort(),
    [`${BASE}/availability`, `${BASE}/info`, `${BASE}/positions`, `${BASE}/state`, CONFIG].sort(),
  );
  assertDiscovery(JSON.parse(late.last(CONFIG) ?? ''));
  assert.equal(late.last(`${BASE}/availability`), 'online');
  assert.equal(JSON.parse(late.last(`${BASE}/state`) ?? '').equity, 100_112.35);
  assert.deepEqual(
    parts.connections.map(({ state }) => state),
    ['off', 'ok'],
  );
  assert.match(parts.feed.connection.detail, /^mqtt:\/\/127\.0\.0\.1:\d+, MQTT 5$/);
});

test('changes are gathered to one a second, and the state is repeated every minute', async (t) => {
  const broker = await mosquitto(t);
  if (broker === null) return;
  const parts = rig(t, broker.url);
  const listener = await Listener.at(t, broker.url);
  await started(parts, listener);
  const states = (): number => listener.of(`${BASE}/state`).length;
  const { profit } = snapshot();
  for (let day = 1; day <= 50; day += 1) parts.board.change({ profit: { ...profit, day } });
  await seconds(parts.clock, 1);
  await eventually('the newest state', () => JSON.parse(listener.last(`${BASE}/state`) ?? '').pnl_day === 50);
  assert.equal(states(), 2);
  await seconds(parts.clock, 59);
  await eventually('the heartbeat', () => states() === 3);
  assert.equal(listener.of(`${BASE}/positions`).length, 1, 'positions are said again only when they change');
});

test('killed, the feed is offline within a moment; stopped, it says so itself', async (t) => {
  const broker = await mosquitto(t);
  if (broker === null) return;
  const listener = await Listener.at(t, broker.url);
  const child = spawn(process.execPath, [new URL('feed-process.ts', import.meta.url).pathname, broker.url]);
  t.after(() => child.kill('SIGKILL'));
  const topic = 'wheelhouse/killed/availability';
  await eventually('online', () => listener.last(topic) === 'online');
  child.kill('SIGKILL');
  await eventually('the last will', () => listener.last(topic) === 'offline');
  const parts = rig(t, broker.url);
  await started(parts, listener);
  await parts.feed.stop();
  await eventually('the farewell', () => listener.last(`${BASE}/availability`) === 'offline');
  const late = await Listener.at(t, broker.url);
  await eventually(
    'both are kept',
    () => late.last(topic) === 'offline' && late.last(`${BASE}/availability`) === 'offline',
  );
});

test('a halt is obeyed and answered', async (t) => {
  const broker = await mosquitto(t);
  if (broker === null) return;
  const parts = rig(t, broker.url);
  const listener = await Listener.at(t, broker.url);
  await started(parts, listener);
  const ts = parts.clock.now() / 1000;
  await listener.say(`${BASE}/cmd/halt`, 'PRESS');
  await eventually('the first answer', () => listener.of(`${BASE}/cmd/result`).length === 1);
  await listener.say(`${BASE}/cmd/halt`, JSON.stringify({ ts, transaction: 't1', reason: 'door opened' }));
  await eventually('the second answer', () => listener.of(`${BASE}/cmd/result`).length === 2);
  assert.deepEqual(parts.controls.asked, ['halt by mqtt: pressed over MQTT', 'halt by mqtt: door opened']);
  const result = JSON.parse(listener.last(`${BASE}/cmd/result`) ?? '');
  assert.deepEqual(
    [result.verb, result.transaction, result.status, result.error, result.message],
    ['halt', 't1', 'ok', null, 'Halted. No order works at the broker.'],
  );
  await seconds(parts.clock, 1);
  await eventually('the state says so', () => JSON.parse(listener.last(`${BASE}/state`) ?? '').mode === 'halted');
});

test('a retained command is never obeyed, before or after the connection', async (t) => {
  const broker = await mosquitto(t);
  if (broker === null) return;
  const listener = await Listener.at(t, broker.url);
  await listener.say(`${BASE}/cmd/halt`, 'PRESS', true);
  const parts = rig(t, broker.url);
  await started(parts, listener);
  await listener.say(`${BASE}/cmd/halt`, '', true);
  await listener.say(`${BASE}/cmd/resume`, 'PRESS');
  await eventually('an answer to what came last', () => listener.of(`${BASE}/cmd/result`).length === 1);
  assert.equal(JSON.parse(listener.last(`${BASE}/cmd/result`) ?? '').status, 'error');
  assert.deepEqual(parts.controls.asked, []);
});

test('a broker that starts again without memory is told everything again', async (t) => {
  const broker = await mosquitto(t);
  if (broker === null) return;
  const parts = rig(t, broker.url);
  await started(parts, await Listener.at(t, broker.url));
  await broker.stop();
  await eventually('the loss is seen', () => parts.feed.connection.state === 'warning');
  parts.board.change({ profit: { ...snapshot().profit, equity: 1 } });
  parts.board.change({ profit: { ...snapshot().profit, equity: 2 } });
  await broker.start();
  const listener = await Listener.at(t, broker.url);
  await seconds(parts.clock, 2);
  await eventually('everything again', () => listener.last(CONFIG) !== undefined);
  assert.deepEqual(
    listener.of(`${BASE}/state`).map((text) => JSON.parse(text).equity),
    [2],
    'nothing old is sent late',
  );
  assert.equal(listener.last(`${BASE}/availability`), 'online');
  assert.equal(parts.feed.connection.state, 'ok');
});

test('when Home Assistant starts, everything is said again exactly once', async (t) => {
  const broker = await mosquitto(t);
  if (broker === null) return;
  const parts = rig(t, broker.url);
  const listener = await Listener.at(t, broker.url);
  await started(parts, listener);
  for (let press = 0; press < 3; press += 1) await listener.say(BIRTH, 'online');
  await listener.say(`${BASE}/cmd/unknown`, 'PRESS');
  await eventually('the births have been heard', () => listener.of(`${BASE}/cmd/result`).length === 1);
  await seconds(parts.clock, 4.9);
  await listener.say(`${BASE}/cmd/unknown`, 'PRESS');
  await eventually('an answer', () => listener.of(`${BASE}/cmd/result`).length === 2);
  assert.equal(listener.of(CONFIG).length, 1, 'not within five seconds of the one before');
  await seconds(parts.clock, 15);
  await eventually('once more', () => listener.of(CONFIG).length === 2);
  await listener.say(`${BASE}/cmd/unknown`, 'PRESS');
  await eventually('an answer', () => listener.of(`${BASE}/cmd/result`).length === 3);
  assert.equal(listener.of(CONFIG).length, 2);
  assert.equal(listener.of(`${BASE}/availability`).length, 2);
});

test('a broker that knows only MQTT 3.1.1 is spoken to in that', async (t) => {
  const home = new HomeMqttServer();
  await home.start();
  t.after(() => home.stop());
  const parts = rig(t, home.url);
  const listener = await Listener.at(t, home.url, 4);
  await parts.feed.start();
  await eventually('the refusal', () => parts.clock.nextAlarm !== null);
  await seconds(parts.clock, 0);
  await eventually('the discovery payload', () => listener.last(CONFIG) !== undefined);
  assert.match(parts.feed.connection.detail, /MQTT 3\.1\.1$/);
  assert.ok(parts.connections.every(({ state }) => state !== 'warning'));
  await listener.say(`${BASE}/cmd/halt`, 'PRESS');
  await eventually('the halt', () => parts.controls.asked.length === 1);
});

test('without a broker the feed starts, says so, and stops', async (t) => {
  const parts = rig(t, 'mqtt://127.0.0.1:1');
  await parts.feed.start();
  await eventually('the trouble is shown', () => parts.feed.connection.state === 'warning');
  assert.match(parts.feed.connection.detail, /ECONNREFUSED/);
  parts.board.change({});
  await parts.feed.stop();
  assert.equal(parts.clock.nextAlarm, null);
  assert.equal(parts.feed.connection.state, 'off');
});

test('a name or an address that cannot work is refused at start', async (t) => {
  const { board, clock, controls } = rig(t, '');
  const options = { board, clock, controls, log: SILENT };
  const start = (url: string, node: string): Promise<void> => new MqttFeed({ ...options, url, node }).start();
  await assert.rejects(start('mqtt://h', 'my box'), { code: 'MQTT_BAD_NODE' });
  for (const url of ['192.168.1.20', 'http://home', 'mqtt://a b', 'mqtt://home:99999', 'mqtt://:1883']) {
    await assert.rejects(start(url, 'box'), { code: 'MQTT_BAD_URL' });
  }
  assert.deepEqual(brokerAddress('mqtts://[fe80::1]:8884'), { protocol: 'mqtts', host: 'fe80::1', port: 8884 });
  assert.deepEqual(brokerAddress('mqtt://home'), { protocol: 'mqtt', host: 'home' });
});
