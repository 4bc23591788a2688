import assert from 'node:assert/strict';
import {
  chmodSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  readFileSync,
  renameSync,
  rmSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { type TestContext, test } from 'node:test';
import { FileSwitch } from '../../agent/ground/gpio/file-switch.ts';
import { readConfig } from '../../agent/guard/config.ts';
import { Journal } from '../../agent/guard/journal.ts';
import { Latch } from '../../agent/guard/latch.ts';
import { limitsAt } from '../../agent/guard/limits.ts';
import { LIMITS } from './rig.ts';

function folder(t: TestContext): string {
  const path = mkdtempSync(join(tmpdir(), 'guard-files-'));
  t.after(() => rmSync(path, { recursive: true, force: true }));
  return path;
}

const latchAt = (at: string): Latch => new Latch(at);

test('a latch reads back what was stored, and the last of several wins', async (t) => {
  const at = folder(t);
  const latch = latchAt(at);
  void latch.store();
  assert.equal(await latch.move('armed', 'armed by me'), null);
  assert.deepEqual({ ...latch.record, at: '' }, { state: 'armed', cause: 'armed by me', at: '' });
  assert.deepEqual(latchAt(at).record, latch.record);
  assert.equal(await latch.compare(), null);
  const moved = latch.move('prep', 'reset by me');
  latch.trip('pressed');
  await latch.store();
  assert.equal(await moved, 'it was halted meanwhile');
  assert.equal(latchAt(at).record.cause, 'pressed');
});

test('a second halt that comes while a reset is being stored is not undone by it', async (t) => {
  const at = folder(t);
  const latch = latchAt(at);
  latch.trip('pressed');
  await latch.store();
  const moved = latch.move('prep', 'reset by me');
  assert.equal(latch.trip('halted on the page'), false);
  assert.equal(await moved, 'it was halted meanwhile');
  assert.equal(latch.record.state, 'tripped');
  assert.deepEqual(latchAt(at).record, latch.record);
});

test('a latch that is missing, cut off, spoiled or unreadable is tripped', async (t) => {
  const at = folder(t);
  const path = join(at, 'latch.json');
  const latch = latchAt(at);
  assert.equal(latch.record.state, 'tripped');
  await latch.move('armed', 'armed by me');
  const good = readFileSync(path, 'utf8');
  assert.equal(latchAt(at).record.state, 'armed');
  for (let length = 0; length < good.length; length += 1) {
    writeFileSync(path, good.slice(0, length));
    assert.equal(latchAt(at).record.state, 'tripped', `the first ${length} characters`);
  }
  for (const bad of [
    `${good}x`,
    `${good}${good}`,
    good.replace('armed', 'Armed'),
    good.replace('{', '{ '),
    '{"state":"armed"}\n',
    '{"state":"armed","cause":1,"at":null}\n',
    '\0'.repeat(90),
    '[]',
    'null',
  ]) {
    writeFileSync(path, bad);
    assert.equal(latchAt(at).record.state, 'tripped', bad);
    assert.match((await latch.compare()) ?? '', /the latch cannot be read/, bad);
  }
  rmSync(path);
  mkdirSync(path);
  assert.equal(latchAt(at).record.state, 'tripped');
});

test('a latch that cannot be stored says so, and the next one is stored all the same', async (t) => {
  const at = folder(t);
  const latch = latchAt(at);
  mkdirSync(join(at, 'latch.json.new'));
  assert.match((await latch.move('armed', 'armed by me')) ?? '', /the latch cannot be stored: EISDIR/);
  assert.equal(latch.record.state, 'tripped');
  await latch.store();
  assert.match(latch.unstored ?? '', /the latch could not be stored: EISDIR/);
  rmSync(join(at, 'latch.json.new'), { recursive: true });
  assert.equal(await latch.move('armed', 'armed by me'), null);
  assert.equal(latchAt(at).record.state, 'armed');
});

test('contacts: one of the four combinations is normal, and what cannot be read is broken', (t) => {
  const path = join(folder(t), 'contacts');
  const contacts = new FileSwitch(path);
  assert.equal(contacts.read(), 'broken');
  for (const [text, state] of [
    ['0 1', 'normal'],
    ['1 0\n', 'pressed'],
    ['1 1\n', 'broken'],
    ['0 0\n', 'shorted'],
    ['', 'broken'],
    ['0 1 1', 'broken'],
    ['normal', 'broken'],
  ] as const) {
    writeFileSync(path, text);
    assert.equal(contacts.read(), state, JSON.stringify(text));
  }
});

test('limits name everything that is wrong, and must not be writable by others', (t) => {
  const path = join(folder(t), 'limits.json');
  assert.match(limitsAt(path).problems.join(), /ENOENT/);
  writeFileSync(path, '{');
  assert.equal(limitsAt(path).value, null);
  const { ordersPerDay: _, ...rest } = LIMITS;
  writeFileSync(
    path,
    JSON.stringify({ ...rest, account: 5, symbols: ['spy'], contractsPerOrder: 1.5, orderTypes: [] }),
  );
  assert.deepEqual(limitsAt(path).problems, [
    'account must be an account such as DU1234567, or paper',
    'symbols must be a list of symbols',
    'ordersPerDay is missing',
    'contractsPerOrder must be a whole number from 0 to 1000000',
    'orderTypes is not known',
  ]);
  writeFileSync(path, JSON.stringify(LIMITS));
  assert.deepEqual(limitsAt(path).value, LIMITS);
  chmodSync(path, 0o666);
  assert.match(limitsAt(path).problems.join(), /others than its owner may write it/);
});

test('a configuration names everything that is wrong', (t) => {
  const path = join(folder(t), 'guard.json');
  writeFileSync(
    path,
    JSON.stringify({
      listen: { host: 'localhost', port: -1 },
      folder: 'here',
      timing: { beat: 1 },
      closePositions: { centsBeyondMid: 0, market: 1 },
      switch: 'red',
      switchLines: { chip: '', normallyOpen: 5, pull: 'up' },
      extra: 1,
    }),
  );
  assert.deepEqual(
    readConfig(path).problems,
    [
      'gateway is not an object',
      'control is not an object',
      'listen.port must be a whole number from 0 to 65535',
      '"localhost" is a name, not an IP address',
      'gateway.host is missing',
      'gateway.port is missing',
      'gateway.clientId is missing',
      'folder must be an absolute path',
      'limits is missing',
      'switch must be one of gpio, file, socket, none',
      "switchLines.chip must be a chip's label",
      'switchLines names the same line twice',
      'control.open is missing',
      'control.admin is missing',
      'afterReset must be one of reducing, active',
      'closePositions.centsBeyondMid must be a whole number from 1 to 1000',
      'closePositions.contractsPerOrder is missing',
      'closePositions.dollarsPerOrder is missing',
      'closePositions.withinMinutes is missing',
      'timing.beat must be a whole number from 10 to 2000',
      'switchLines.pull is not known',
      'closePositions.market is not known',
      'extra is not known',
    ].map((line) => (line.startsWith('afterReset') ? 'afterReset is missing' : line)),
  );
});

const append = (journal: Journal, line: object) =>
  new Promise<string | null>((resolve) => journal.append(line, resolve));

test('a journal keeps lines and the totals of the day over a restart, whatever its last line looks like', async (t) => {
  const path = join(folder(t), 'journal.jsonl');
  const first = new Journal(path, 1 << 20);
  await first.open();
  first.today = { date: '2026-11-20', orders: 3, contracts: 5, notional: 100 };
  assert.equal(await append(first, { kind: 'frame' }), null);
  await first.close();
  // A frame of an order may be longer than what is looked at first.
  writeFileSync(path, `{"torn":"${'x'.repeat(200_000)}`, { flag: 'a' });
  const second = new Journal(path, 1 << 20);
  await second.open();
  assert.equal(second.today.orders, 3);
  assert.equal(await append(second, { kind: 'guard' }), null);
  await second.close();
  const last = readFileSync(path, 'utf8').trimEnd().split('\n').at(-1) ?? '';
  assert.equal(JSON.parse(last).kind, 'guard', 'not glued to what was torn');
});

test('a journal never grows beyond twice its size and keeps the totals', async (t) => {
  const path = join(folder(t), 'journal.jsonl');
  const journal = new Journal(path, 4_000);
  await journal.open();
  journal.today = { date: '2026-11-20', orders: 1, contracts: 1, notional: 1 };
  for (let n = 0; n < 200; n += 1) assert.equal(await append(journal, { n }), null);
  await journal.close();
  const sizes = [path, `${path}.1`].map((file) => readFileSync(file).length);
  assert.ok(
    sizes.every((size) => size > 0 && size <= 4_000),
    String(sizes),
  );
  assert.match(readFileSync(path, 'utf8'), /"n":199/);
  assert.ok(!existsSync(`${path}.2`));
});

test('a journal that could not be read at the start is read before anything is written behind it', async (t) => {
  const at = folder(t);
  const path = join(at, 'journal.jsonl');
  const first = new Journal(path, 1 << 20);
  await first.open();
  first.today = { date: '2026-11-20', orders: 3, contracts: 5, notional: 100 };
  await append(first, { kind: 'frame' });
  await first.close();
  renameSync(path, join(at, 'aside'));
  mkdirSync(path);
  const second = new Journal(path, 1 << 20);
  await second.open();
  assert.match((await append(second, { n: 1 })) ?? '', /EISDIR/);
  rmSync(path, { recursive: true });
  renameSync(join(at, 'aside'), path);
  second.retry();
  while (second.failure !== null) await append(second, { n: 2 });
  assert.equal(second.today.orders, 3);
  await second.close();
});

test('a journal that cannot be written says so with each line and recovers by itself', async (t) => {
  const at = folder(t);
  const path = join(at, 'journal.jsonl');
  mkdirSync(path);
  const journal = new Journal(path, 1 << 20);
  await journal.open();
  assert.match(journal.failure ?? '', /EISDIR/);
  assert.match((await append(journal, { n: 1 })) ?? '', /EISDIR/);
  rmSync(path, { recursive: true });
  journal.retry();
  while (journal.failure !== null) await append(journal, { n: 2 });
  await journal.close();
  assert.match(readFileSync(path, 'utf8'), /tries again.*"lost":1/);
  const hasty = new Journal(path, 1 << 24);
  await hasty.open();
  for (let n = 0; n < 5_001; n += 1) hasty.append({ n, text: 'x'.repeat(1_000) });
  assert.match(hasty.failure ?? '', /takes no more lines/);
  while (hasty.failure !== null) await new Promise(setImmediate);
  assert.equal(await append(hasty, { n: 'last' }), null);
  await hasty.close();
  assert.match(readFileSync(path, 'utf8'), /"n":"last","lost":\d{3,},/, 'what is missing is told');
});
