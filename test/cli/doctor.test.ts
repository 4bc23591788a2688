import assert from 'node:assert/strict';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { type TestContext, test } from 'node:test';
import { announce } from '../../agent/compose/appliance-file.ts';
import type { NamedFinding } from '../../agent/doctor/finding.ts';
import { Page } from '../../agent/edges/status/page/page.ts';
import { LevelStore } from '../../agent/edges/store/level/level-store.ts';
import { HostClock } from '../../agent/edges/system/host/clock.ts';
import { WRITTEN_INQUIRIES } from '../edges/status/inquiries-fixture.ts';
import { SILENT, WrittenBoard, WrittenControls } from '../edges/status/snapshot-fixture.ts';
import { freePort, guardFiles, spawnGuard } from '../guard/rig.ts';
import { startStand } from '../lab/exchange/server/stand.ts';
import type { Ran } from '../run-node.ts';
import { wheelhouse } from './wheelhouse-process.ts';

const NAMES = [
  ...['Board', 'Chip', 'Lines', 'Lights', 'Red switch', 'SPI', 'I2C', 'Disk', 'Card', 'Clock', 'Memory', 'Temperature'],
  ...['Store', 'Broker', 'Guard', 'MQTT', 'Page', 'Package'],
];

function folderOf(t: TestContext): string {
  const folder = mkdtempSync(join(tmpdir(), 'wheelhouse-doctor-'));
  t.after(() => rmSync(folder, { recursive: true, force: true }));
  return folder;
}

function written(folder: string, text: string): string {
  const path = join(folder, 'settings.yaml');
  writeFileSync(path, text);
  return path;
}

test('beside a guard, a gateway and a page that run, the doctor finds each of them by itself', async (t) => {
  const folder = folderOf(t);
  const stand = await startStand(t);
  const rig = await guardFiles(t, { gatewayPort: stand.port });
  await spawnGuard(t, rig);
  await rig.until(({ closed }) => closed === null);
  const board = new WrittenBoard();
  const parts = { board, controls: new WrittenControls(board), inquiries: WRITTEN_INQUIRIES, clock: new HostClock() };
  const page = new Page({ ...parts, token: 'correct-horse', log: SILENT, host: '127.0.0.1', port: 0 });
  await page.start();
  t.after(() => page.stop());
  const about = { pid: process.pid, run: 'paper', page: page.address, token: 'correct-horse' } as const;
  await announce(folder, { ...about, guard: rig.configPath });
  const store = new LevelStore({ path: join(folder, 'store') });
  await store.start();
  t.after(() => store.stop());
  const mqtt = `mqtt: {enabled: true, url: 'mqtt://127.0.0.1:${await freePort()}'}`;
  const config = written(folder, `store: {path: ${join(folder, 'store')}}\n${mqtt}\n`);
  const { code, err, state, checks } = await unhurried(() => wheelhouse('doctor', '--json', '--config', config));
  const of = (name: string) => checks.find((each) => each.name === name);
  assert.deepEqual(
    checks.map(({ name }) => name),
    NAMES,
  );
  assert.deepEqual([state, code], ['failed', 1]);
  assert.equal(of('MQTT')?.state, 'failed');
  for (const name of ['Broker', 'Guard', 'Page', 'Package', 'Store', 'Chip', 'Lines'])
    assert.equal(of(name)?.state, 'ok', JSON.stringify(of(name)));
  assert.match(of('Red switch')?.found ?? '', /^normal: .*a file stands in for it/);
  assert.match(err, /^wheelhouse: \d+ checks? failed: .*MQTT/);
  assert.equal((await rig.status()).closed, null);
});

interface Told extends Ran {
  readonly state: string;
  readonly checks: readonly NamedFinding[];
}

/** Its patience is that of a person; where many tests run at once an answer may take longer than that. */
async function unhurried(call: () => Promise<Ran>): Promise<Told> {
  for (let tries = 1; ; tries += 1) {
    const ran = await call();
    const told = { ...ran, ...(JSON.parse(ran.out) as Pick<Told, 'state' | 'checks'>) };
    const late = told.checks.some(({ found }) => /no answer within|has not answered|timeout/.test(found));
    if (!late || tries === 5) return told;
  }
}

test('where nothing runs each check is one aligned line, with what to do about it, and the exit code is 1', async (t) => {
  const folder = folderOf(t);
  const port = await freePort();
  const broker = `broker: {port: ${port}}`;
  const wires = 'hardware: {lights: {system: [17]}, strip: {kind: apa102, device: /dev/spidev9.9}}';
  const config = written(
    folder,
    `${broker}\npage: {port: ${port}}\n${wires}\nstore: {path: ${join(folder, 'store')}}\n`,
  );
  const { code, out } = await wheelhouse('doctor', '--config', config, '--guard-config', join(folder, 'no.json'));
  assert.equal(code, 1);
  for (const name of NAMES) assert.match(out, new RegExp(`^(ok     |warning|failed )  ${name.padEnd(11)}  \\S`, 'm'));
  assert.match(out, /^failed {3}Page .*\n {22}→ scripts\/wheelhouse run/m);
  assert.match(out, /^failed {3}SPI .*spidev9\.9 is not here/m);
  assert.match(out, /\n18 checks: \d+ ok, \d+ warnings?, \d+ failed\.\n$/);
});

test('a wrong configuration ends with 2, and nothing is looked at', async (t) => {
  const config = written(folderOf(t), 'hardware: {lights: {system: [1, 2]}}\n');
  const { code, out, err } = await wheelhouse('doctor', '--config', config);
  assert.deepEqual([code, out], [2, '']);
  assert.match(err, /hardware\.lights\.system/);
});
