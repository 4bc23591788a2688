import assert from 'node:assert/strict';
import { chmodSync, existsSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { type TestContext, test } from 'node:test';
import { instantInNewYork } from '../../agent/core/calendar/new-york.ts';
import { lacking } from '../lacking.ts';
import { type Ran, runNode } from '../run-node.ts';
import { callsInTurn } from './calls-in-turn.ts';
import { DemoProcess } from './demo-process.ts';

/** A whole day takes less than a second. */
const QUICK = ['--speed', '100000', '--port', '0'];

function folder(t: TestContext): string {
  const path = mkdtempSync(join(tmpdir(), 'wheelhouse-demo-'));
  t.after(() => rmSync(path, { recursive: true, force: true }));
  return path;
}

function demo(...args: string[]): Ran {
  return runNode(['agent/main.ts', 'demo', ...args]);
}

test('numbers and times out of range are refused with the range, and nothing is made', (t) => {
  const here = join(folder(t), 'demo');
  const refused = [
    [['--days', '0'], /a whole number from 1 to 366/],
    [['--days', '1e3'], /a whole number from 1 to 366/],
    [['--port', '99999'], /a whole number from 0 to 65535/],
    [['--speed', '1e9'], /a number from 0\.01 to 100000/],
    [['--speed', '0'], /a number from 0\.01 to 100000/],
    [['--seed', '-1'], /a whole number from 0 to 4294967295/],
    [['--from', '2026-13-01'], /a New York time like 2026-11-20T15:30/],
    [['--from', '1999-06-01'], /the synthetic market goes from 2016-07-01 to 2034-12-31/],
    [['--from', '2036-01-02'], /the synthetic market goes from 2016-07-01 to 2034-12-31/],
    [['--from', '2034-12-20', '--days', '30'], /the synthetic market goes from 2016-07-01 to 2034-12-31/],
    [['--from', '2026-11-20T18:30'], /the demo would end at 18:30, before it begins/],
  ] as const;
  const ran = callsInTurn(refused.map(([args]) => ['demo', '--folder', here, ...args]));
  for (const [i, [args, sentence]] of refused.entries()) {
    assert.equal(ran[i]?.code, 2, args.join(' '));
    assert.match(ran[i].err, /^wheelhouse: .+\n$/);
    assert.match(ran[i].err, sentence);
  }
  assert.equal(existsSync(here), false);
});

for (const [date, closure] of [
  ['2026-11-26', /No session on that day: Thanksgiving[^;]*; nothing will be traded\./],
  ['2026-11-21', /No session on that day: weekend; nothing will be traded\./],
] as const) {
  test(`on ${date} it says that there is no session, and why`, async (t) => {
    const demo = new DemoProcess('--folder', folder(t), '--from', date, '--port', '0');
    t.after(() => demo.end('SIGKILL'));
    await demo.hears(closure);
    assert.equal(await demo.end('SIGINT'), 0);
  });
}

test('a folder that cannot be written is one sentence with its name and the reason', (t) => {
  const here = folder(t);
  const file = join(here, 'file');
  writeFileSync(file, '');
  const inFile = demo('--folder', file, ...QUICK);
  assert.deepEqual([inFile.code, inFile.out], [1, '']);
  assert.equal(inFile.err, `wheelhouse: the demo cannot keep its data in ${file}: it is a file, not a folder\n`);
  const shut = shutFolder(here);
  if (shut === null) return lacking(t, 'everything can be written here');
  const ran = demo('--folder', shut, ...QUICK);
  assert.deepEqual([ran.code, ran.out], [1, '']);
  assert.equal(ran.err, `wheelhouse: the demo cannot keep its data in ${shut}: writing is not allowed there\n`);
});

function shutFolder(here: string): string | null {
  if (process.getuid?.() === 0) return existsSync('/sys') ? '/sys' : null;
  const shut = join(here, 'shut');
  mkdirSync(shut);
  chmodSync(shut, 0o555);
  return shut;
}

function interrupted(here: string): void {
  const market = instantInNewYork('2026-11-20', '10:00');
  const until = instantInNewYork('2026-11-20', '18:30');
  writeFileSync(
    join(here, 'demo.json'),
    JSON.stringify({ seed: 1, speed: 1, anchor: { real: Date.now(), market }, until }),
  );
}

test("an exchange's book that cannot be read is told before the page is announced", (t) => {
  const folders = ['garbage\n{"kind":"day"}\n', '5\n', '{"kind":"opened","version":1}\n'].map((text) => {
    const here = folder(t);
    interrupted(here);
    writeFileSync(join(here, 'exchange.jsonl'), text);
    return here;
  });
  for (const { code, out, err } of callsInTurn(folders.map((here) => ['demo', '--folder', here, '--port', '0']))) {
    assert.deepEqual([code, out], [1, '']);
    assert.match(err, /^wheelhouse: .*exchange\.jsonl.*; --fresh begins a new day\n$/);
  }
});

test('a demo.json that is torn, empty or of another form is told before the page is announced, and a new day begins', (t) => {
  const texts = [
    '{"seed":1,"speed":60,"anch',
    '{"seed":1,"speed":60,"anchor":{"real":"today","market":0},"until":1e15}',
    '',
  ];
  const folders = texts.map((text) => {
    const here = folder(t);
    writeFileSync(join(here, 'demo.json'), text);
    return here;
  });
  const ran = callsInTurn(folders.map((here) => ['demo', '--folder', here, ...QUICK]));
  for (const [i, { code, out, err }] of ran.entries()) {
    assert.equal(code, 0, err);
    assert.equal(
      err,
      `wheelhouse: ${join(folders[i] ?? '', 'demo.json')} cannot be read: the old day cannot be continued, a new one begins\n`,
    );
    assert.match(out, /Page {6}http/);
  }
});
