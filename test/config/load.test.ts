import assert from 'node:assert/strict';
import { chmod, mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { type TestContext, test } from 'node:test';
import { loadConfiguration } from '../../agent/config/load.ts';
import { problemLine } from '../../agent/config/problem.ts';

test('without a file there are the defaults: paper trading, frozen in every part', async () => {
  const checked = await loadConfiguration(null);
  assert.ok(checked.ok);
  const { settings, secrets } = checked.value;
  assert.equal(settings.broker.mode, 'paper');
  assert.equal(settings.liveTradingConfirmed, null);
  assert.equal(settings.page.host, '127.0.0.1');
  assert.deepEqual(settings.schedule.analyse.times, ['09:45']);
  assert.deepEqual(secrets, { mqttPassword: null, pageToken: null });
  const parts: unknown[] = [checked.value];
  for (const part of parts) {
    if (typeof part !== 'object' || part === null) continue;
    assert.ok(Object.isFrozen(part));
    parts.push(...Object.values(part));
  }
});

test('live trading needs the mode, the account and the same account a second time', async (t) => {
  const guarded = '  guard: {socket: /run/wheelhouse-guard/open.sock}';
  const live = ['broker:', guarded, '  mode: live', '  account: U1234567', 'liveTradingConfirmed: U1234567'];
  assert.deepEqual(await problems(t, live), []);
  const needs = 'must be paper unless liveTradingConfirmed names the account too';
  assert.deepEqual(await problems(t, live.slice(0, 4)), [`3:3  broker.mode  ${needs}`]);
  assert.deepEqual(await problems(t, live.slice(0, 3)), [
    '3:3  broker.mode  must be paper unless broker.account names the account to trade',
    `3:3  broker.mode  ${needs}`,
  ]);
  assert.deepEqual(await problems(t, [...live.slice(0, 4), 'liveTradingConfirmed: U7654321']), [
    '5:1  liveTradingConfirmed  must be the same account as broker.account',
  ]);
  assert.deepEqual(await problems(t, live.slice(4)), [
    '1:1  liveTradingConfirmed  must be left out while broker.mode is paper',
  ]);
  assert.deepEqual(await problems(t, [...live.slice(0, 3), '  account: DU1', 'liveTradingConfirmed: DU1']), [
    '4:3  broker.account  is a paper account, but broker.mode is live',
  ]);
  assert.deepEqual(await problems(t, live.toSpliced(1, 1)), [
    '2:3  broker.mode  must be paper unless broker.guard.socket names a guard that runs as its own service',
  ]);
  assert.deepEqual(await problems(t, ['broker: {account: U1234567}']), [
    '1:10  broker.account  is no paper account (those begin with D), but broker.mode is paper',
  ]);
  assert.deepEqual(await problems(t, ['broker: {account: DU1234567}']), []);
});

test('settings that contradict each other are told at their places, beside names that are unknown', async (t) => {
  assert.deepEqual(
    await problems(t, [
      'strategy:',
      '  putWrite:',
      '    minDelta: 0.35',
      '    minDaysToExpiration: 50',
      '    minDellta: 1',
      'risk: {maxSecuredTotalDollars: 1000}',
      'schedule:',
      '  analyse: {times: ["11:00", "09:50"]}',
      '  execute: {times: ["12:00", "09:50"]}',
      'mqtt: {url: "mqtt://me:hunter2@home"}',
    ]),
    [
      '3:5  strategy.putWrite.minDelta  must be below maxDelta, which is 0.3',
      '4:5  strategy.putWrite.minDaysToExpiration  must not be above maxDaysToExpiration, which is 45',
      '5:5  strategy.putWrite.minDellta  is not a setting; nearest is "minDelta"',
      '6:1  risk.maxSecuredPerSymbolDollars  must not be above maxSecuredTotalDollars, which is 1000',
      '9:13  schedule.execute.times  must be one time: an order is known by its day and leg, and a leg is ordered once a day',
      '9:13  schedule.execute.times  must be later than the first analysis, which is at 09:50',
      '10:8  mqtt.url  must not hold a user or password: see mqtt.username and secretsFile',
    ],
  );
});

test('analysis and execution may be moved together, and a task that is off contradicts nothing', async (t) => {
  const moved = ['schedule:', '  analyse: {times: ["11:00"]}', '  execute: {times: ["11:15"]}'];
  assert.deepEqual(await problems(t, moved), []);
  assert.deepEqual(await problems(t, [moved[0] ?? '', moved[1] ?? '', '  execute: {enabled: false}']), []);
});

test('what is named twice is told at the second place', async (t) => {
  assert.deepEqual(
    await problems(t, [
      'symbols: [SPY, TSLA, SPY]',
      'futures:',
      '  - ES',
      '  - ES',
      'pennyClasses: [KO, KO]',
      'schedule: {sync-positions: {times: ["08:00", "16:15", "08:00"]}}',
    ]),
    [
      '1:22  symbols.2  must not name SPY twice',
      '4:5  futures.1  must not name ES twice',
      '5:20  pennyClasses.1  must not name KO twice',
      '6:55  schedule.sync-positions.times.2  must not name 08:00 twice',
    ],
  );
});

test('an order needs an analysis, and both belong into the session', async (t) => {
  const off = ['schedule:', '  analyse: {enabled: false}'];
  assert.deepEqual(await problems(t, off), [
    '2:13  schedule.analyse.enabled  must be true while schedule.execute is enabled: orders stand on an analysis of the day',
  ]);
  assert.deepEqual(await problems(t, [...off, '  execute: {enabled: false}']), []);
  const outside = 'must lie in the session, from 09:30 to before 16:00';
  assert.deepEqual(
    await problems(t, ['schedule:', '  analyse: {times: ["09:29", "09:30"]}', '  execute: {times: ["16:00"]}']),
    [`2:21  schedule.analyse.times.0  ${outside}`, `3:21  schedule.execute.times.0  ${outside}`],
  );
  const early = ['schedule:', '  overnight-review: {times: ["09:30"]}', '  readiness-check: {times: ["08:00"]}'];
  assert.deepEqual(await problems(t, early), [
    '2:30  schedule.overnight-review.times.0  must lie in the pre-market, from 08:00 to before 09:30',
    '3:29  schedule.readiness-check.times.0  must lie in the night before, from 00:00 to before 08:00',
  ]);
  const resting = ['schedule:', '  analyse: {enabled: false, times: ["07:00"]}', '  execute: {enabled: false}'];
  assert.deepEqual(await problems(t, resting), []);
});

test('several documents in one file are one problem, in words for a person', async (t) => {
  assert.deepEqual(await problems(t, ['symbols: [SPY]', '---', 'symbols: [TSLA]', '---', 'symbols: [KO]']), [
    '2:1  a second document begins here: a configuration is one document, so take out the line "---"',
  ]);
  assert.deepEqual(await problems(t, ['---', 'symbols: [SPY]']), []);
});

test('secrets are read from a file of their own that stands beside the configuration', async (t) => {
  const folder = await folderOf(t);
  const file = join(folder, 'w.yaml');
  const secret = join(folder, 'secrets.yaml');
  await writeFile(file, 'secretsFile: secrets.yaml\n');
  await writeFile(secret, 'mqttPassword: hunter2\n', { mode: 0o600 });
  const checked = await loadConfiguration(file);
  assert.ok(checked.ok);
  assert.deepEqual(checked.value.secrets, { mqttPassword: 'hunter2', pageToken: null });
  for (const mode of [0o640, 0o604, 0o620, 0o666]) {
    await chmod(secret, mode);
    assert.deepEqual(await listed(file), [
      `${secret}:1:1  may be read by others (mode ${mode.toString(8)}): chmod 600 it`,
    ]);
  }
});

test('a secrets file with problems is told beside the others, and none shows a value', async (t) => {
  const folder = await folderOf(t);
  const file = join(folder, 'w.yaml');
  await writeFile(file, 'secretsFile: secrets.yaml\npage: {prt: 1}\n');
  assert.deepEqual(await listed(file), [
    `${file}:2:8  page.prt  is not a setting; nearest is "port"`,
    `${join(folder, 'secrets.yaml')}:1:1  there is no such file`,
  ]);
  await writeFile(join(folder, 'secrets.yaml'), 'mqttPassword: 48151623\npageTokn: hunter2\n', { mode: 0o600 });
  const lines = await listed(file);
  assert.deepEqual(lines.slice(1), [
    `${join(folder, 'secrets.yaml')}:1:1  mqttPassword  must be text`,
    `${join(folder, 'secrets.yaml')}:2:1  pageTokn  is not a setting; nearest is "pageToken"`,
  ]);
});

test('a configuration that is not there, or is a folder, is one clear problem', async (t) => {
  const folder = await folderOf(t);
  await mkdir(join(folder, 'w.yaml'));
  assert.deepEqual(await listed(join(folder, 'none.yaml')), [
    `${join(folder, 'none.yaml')}:1:1  there is no such file`,
  ]);
  assert.deepEqual(await listed(join(folder, 'w.yaml')), [`${join(folder, 'w.yaml')}:1:1  cannot be read: EISDIR`]);
});

async function folderOf(t: TestContext): Promise<string> {
  const folder = await mkdtemp(join(tmpdir(), 'wheelhouse-config-'));
  t.after(() => rm(folder, { recursive: true }));
  return folder;
}

/** Of a configuration with these lines, without the file's name. */
async function problems(t: TestContext, lines: readonly string[]): Promise<string[]> {
  const file = join(await folderOf(t), 'w.yaml');
  await writeFile(file, `${lines.join('\n')}\n`);
  return (await listed(file)).map((line) => line.replace(`${file}:`, ''));
}

async function listed(file: string): Promise<string[]> {
  const checked = await loadConfiguration(file);
  return checked.ok ? [] : checked.problems.map(problemLine);
}

test('secrets that systemd has unsealed for the service are taken, and those of a file that is named go before them', async (t) => {
  const folder = await mkdtemp(join(tmpdir(), 'wheelhouse-credential-'));
  t.after(() => rm(folder, { recursive: true }));
  const config = join(folder, 'wheelhouse.yaml');
  await writeFile(config, '');
  const token = async (): Promise<unknown> => {
    const checked = await loadConfiguration(config, folder);
    return checked.ok ? checked.value.secrets.pageToken : checked.problems.map(({ key }) => key);
  };
  assert.equal(await token(), null);
  await writeFile(join(folder, 'wheelhouse-secrets'), 'pageToken: sealed\n', { mode: 0o440 });
  assert.equal(await token(), 'sealed');
  await writeFile(config, 'secretsFile: named.yaml\n');
  await writeFile(join(folder, 'named.yaml'), 'pageToken: named\n', { mode: 0o600 });
  assert.equal(await token(), 'named');
  await writeFile(config, '');
  await writeFile(join(folder, 'wheelhouse-secrets'), 'pageTokn: sealed\n');
  assert.deepEqual(await token(), ['pageTokn']);
});
