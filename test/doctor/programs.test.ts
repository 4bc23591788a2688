import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import { chmodSync, mkdtempSync, readdirSync, rmSync, statSync, unlinkSync, writeFileSync } from 'node:fs';
import { createServer, type Socket } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { type TestContext, test } from 'node:test';
import { accountRule } from '../../agent/compose/account-rule.ts';
import { Box } from '../../agent/doctor/box.ts';
import { aboutGateway, askGateway } from '../../agent/doctor/broker.ts';
import { askGuard, type GuardFacts, lookAtGuard } from '../../agent/doctor/guard.ts';
import { lookAtMqtt } from '../../agent/doctor/mqtt.ts';
import { aboutPage, askPage } from '../../agent/doctor/page.ts';
import { lookAtSwitch } from '../../agent/doctor/red-switch.ts';
import { lookAtStore } from '../../agent/doctor/store.ts';
import type { StatusSnapshot } from '../../agent/edges/status/snapshot.ts';
import { LevelStore } from '../../agent/edges/store/level/level-store.ts';
import { lookIntoDatabase } from '../../agent/edges/store/level/look-alike.ts';
import { HostClock } from '../../agent/edges/system/host/clock.ts';
import { readConfig } from '../../agent/guard/config.ts';
import { Mosquitto } from '../edges/status/mqtt/wire.ts';
import { snapshot } from '../edges/status/snapshot-fixture.ts';
import { freePort, startGuard } from '../guard/rig.ts';
import { startStand } from '../lab/exchange/server/stand.ts';
import { debianPackage } from '../packages.ts';
import { configuration } from './settings.ts';

const CLOCK = new HostClock();
const HERE = new Box();
const PAPER = accountRule({ mode: 'paper', id: null });

function folderOf(t: TestContext): string {
  const folder = mkdtempSync(join(tmpdir(), 'wheelhouse-doctor-'));
  t.after(() => rmSync(folder, { recursive: true, force: true }));
  return folder;
}

test('the store is told as open by the kernel’s list of locks, and else opened as a look-alike that leaves it untouched', async (t) => {
  const path = join(folderOf(t), 'store');
  const look = async (agent: number | null = null, disk: object | null = null) => {
    const word = Promise.resolve({
      alive: true,
      ready: true,
      trouble: null,
      snapshot: { ...snapshot(), disk } as StatusSnapshot,
    });
    const { state, found } = await lookAtStore(HERE, { path, agent, word, look: lookIntoDatabase });
    return `${state} ${found}`;
  };
  assert.match(await look(), /^ok .* is not there yet/);
  const store = new LevelStore({ path });
  await store.start();
  const alert = { key: 'a', severity: 'info', text: 'x', raisedAt: 0, resolvedAt: null } as const;
  await store.commit([{ table: 'alerts', key: 'a', put: alert }], 'sync');
  // Into a table, of which there will be a link.
  await store.compact();
  assert.equal(await look(process.pid), `ok ${path} is open in the agent (process ${process.pid})`);
  assert.match(await look(), /is open in node/);
  const disk = { tradingDay: '2026-11-20', written: 20_000_000, guardWritten: 1_200_000, failure: null };
  assert.match(await look(null, disk), /^ok .*; 21\.2 MB written today$/);
  assert.match(await look(null, { ...disk, failure: 'the disk is full' }), /^failed .*; the disk is full$/);
  await store.stop();
  assert.ok(readdirSync(path).some((name) => name.endsWith('.ldb')));
  const before = readdirSync(path).map((name) => [name, statSync(join(path, name)).mtimeMs]);
  assert.equal(await look(), `ok ${path} opens, version 2`);
  assert.deepEqual(
    readdirSync(path).map((name) => [name, statSync(join(path, name)).mtimeMs]),
    before,
  );
  unlinkSync(join(path, 'CURRENT'));
  const nobody = Promise.resolve({ alive: false, ready: false, snapshot: null, trouble: 'no answer' });
  const damaged = await lookAtStore(HERE, { path, agent: null, word: nobody, look: lookIntoDatabase });
  assert.match(`${damaged.state} ${damaged.found}`, new RegExp(`^failed The store ${path} is damaged`));
  assert.match(damaged.mend ?? '', /wheelhouse restore/);
  assert.deepEqual(
    readdirSync(tmpdir()).filter((name) => name.startsWith('wheelhouse-look-')),
    [],
  );
});

test('the gateway is asked the time as a client of the doctor’s own, and what keeps it from serving is told', async (t) => {
  const stand = await startStand(t);
  const place = { host: '127.0.0.1', port: stand.port, taken: [900, 949] };
  const word = await askGateway(place, CLOCK);
  assert.deepEqual(aboutGateway(place, word, PAPER).state, 'ok');
  const ahead = stand.clock.now() - CLOCK.now();
  assert.ok(Math.abs((word.aheadMs ?? 0) - ahead) < 2_000, `${word.aheadMs} is not ${ahead}`);
  const live = aboutGateway(place, word, accountRule({ mode: 'live', id: 'U7654321' }));
  assert.match(`${live.state} ${live.found}`, /^failed .*does not manage the account U7654321/);
  const nowhere = { ...place, port: await freePort() };
  assert.match(aboutGateway(nowhere, await askGateway(nowhere, CLOCK), PAPER).found, /^no gateway at .*ECONNREFUSED/);
  const other = createServer(
    (socket) => void socket.end('HTTP/1.0 400 Bad Request\r\n\r\n').on('error', () => undefined),
  );
  await new Promise<void>((resolve) => other.listen(0, '127.0.0.1', resolve));
  t.after(() => other.close());
  const { port } = other.address() as { port: number };
  const web = aboutGateway({ ...place, port }, await askGateway({ ...place, port }, CLOCK), PAPER);
  assert.match(`${web.state} ${web.found}`, /^failed .*not as TWS or IB Gateway does/);
});

test('a real guard is asked through its open door: armed, pressed, reset, gone; and who may write its files', async (t) => {
  const stand = await startStand(t);
  const rig = await startGuard(t, { gatewayPort: stand.port });
  const { value: config } = readConfig(rig.configPath);
  assert.ok(config !== null);
  const facts: GuardFacts = { kind: 'known', path: rig.configPath, config };
  const look = async () => {
    const { state, found } = await lookAtGuard(HERE, facts, await askGuard(config.control.open, CLOCK));
    return `${state} ${found}`;
  };
  const theSwitch = async () => {
    const status = await askGuard(config.control.open, CLOCK);
    const { state, found } = await lookAtSwitch(HERE, null, status instanceof Error ? null : status);
    return `${state} ${found}`;
  };
  assert.equal(await look(), 'ok armed, orders pass');
  assert.match(await theSwitch(), /^warning normal: .*; a file stands in for it$/);
  rig.press();
  await rig.until(({ halted }) => halted === 'confirmed');
  assert.match(await look(), /^warning halted \(.*\), confirmed$/);
  assert.match(await theSwitch(), /^warning pressed/);
  rig.release();
  await rig.until(({ contacts }) => contacts === 'normal');
  for (let tries = 0; !(await rig.ask({ do: 'reset', by: 'test' })).ok && tries < 500; tries += 1);
  assert.match(await look(), /^warning reset but not armed/);
  chmodSync(join(rig.folder, 'latch.json'), 0o666);
  assert.match(await look(), /^failed .*others may write .*latch\.json \(mode 666\)/);
  chmodSync(join(rig.folder, 'latch.json'), 0o644);
  writeFileSync(join(rig.folder, 'limits.json'), '{}', { mode: 0o644 });
  await rig.until(({ limits }) => limits.length > 0);
  assert.match(await look(), /^failed .*wrong limits: account is missing; symbols is missing/);
  rig.control.stop();
  assert.match(await look(), /^failed no guard answers at /);
});

test('a configuration of the guard that is wrong is told with all its problems', async (t) => {
  const path = join(folderOf(t), 'guard.json');
  writeFileSync(path, '{"listen": {"host": "localhost", "port": 4100}}');
  const { problems } = readConfig(path);
  assert.ok(problems !== null);
  const { state, found } = await lookAtGuard(HERE, { kind: 'wrong', path, problems }, null);
  assert.equal(state, 'failed');
  assert.match(found, /"localhost" is a name, not an IP address.*gateway/);
});

test('a real MQTT broker takes the configured name and password, and refuses others', async (t) => {
  const binary = debianPackage(t, 'mosquitto');
  if (binary === null) return;
  const passwords = join(folderOf(t), 'passwords');
  assert.equal(spawnSync('mosquitto_passwd', ['-b', '-c', passwords, 'box', 'secret']).status, 0);
  const mosquitto = new Mosquitto(t, binary, ['allow_anonymous false', `password_file ${passwords}`]);
  await mosquitto.start();
  const { settings } = configuration(`mqtt: {enabled: true, url: '${mosquitto.url}', username: box}`);
  const look = async (password: string | null, agent: { state: string; detail: string } | null = null) => {
    const { state, found } = await lookAtMqtt(
      { settings: settings.mqtt, password, agent: Promise.resolve(agent) },
      CLOCK,
    );
    return `${state} ${found}`;
  };
  assert.match(await look('secret'), /^ok mqtt:.* takes us as box$/);
  assert.match(await look('secret', { state: 'failed', detail: 'no answer' }), /^warning .*the agent says: no answer/);
  assert.match(await look('guess'), /^failed .* refuses us: .*[Nn]ot authorized/);
  assert.match(await look('guess', { state: 'ok', detail: 'MQTT 5' }), /^failed/);
  assert.match(await look(null), /^warning .* wants a password/);
  assert.match(await look(null, { state: 'ok', detail: 'MQTT 5' }), /^ok the agent is connected: MQTT 5/);
  await mosquitto.stop();
  assert.match(await look('secret'), /^failed nothing answers at/);
});

test('who takes a connection and says nothing is told after a while, and keeps nobody from ending', async (t) => {
  const callers = new Set<Socket>();
  const mute = createServer((caller) => void callers.add(caller.on('error', () => undefined)));
  const door = join(folderOf(t), 'open.sock');
  const doors = createServer((caller) => void callers.add(caller.on('error', () => undefined)));
  await new Promise<void>((resolve) => mute.listen(0, '127.0.0.1', resolve));
  await new Promise<void>((resolve) => doors.listen(door, resolve));
  t.after(() => {
    for (const caller of callers) caller.destroy();
    mute.close();
    doors.close();
  });
  const { port } = mute.address() as { port: number };
  const quick = new HostClock({ speed: 20, anchor: { real: 0, market: 0 } });
  const place = { host: '127.0.0.1', port, taken: [] };
  const { settings } = configuration(`mqtt: {enabled: true, url: 'mqtt://127.0.0.1:${port}'}`);
  const facts = { settings: settings.mqtt, password: null, agent: Promise.resolve(null) };
  const address = `http://127.0.0.1:${port}/`;
  const [gateway, guard, page, mqtt] = await Promise.all([
    askGateway(place, quick),
    askGuard(door, quick),
    askPage({ address, token: null }, quick),
    lookAtMqtt(facts, quick),
  ]);
  assert.equal(aboutGateway(place, gateway, PAPER).found, `no gateway at 127.0.0.1:${port}: nothing answers`);
  assert.equal((guard as Error).message, 'no answer');
  assert.equal(aboutPage({ address, token: null }, page).found, `nothing answers at ${address}: no answer`);
  assert.equal(mqtt.found, `nothing answers at mqtt://127.0.0.1:${port}: no answer`);
});
