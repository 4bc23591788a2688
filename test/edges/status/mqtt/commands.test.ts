import assert from 'node:assert/strict';
import { test } from 'node:test';
import { type CommandResult, Commands } from '../../../../agent/edges/status/mqtt/commands.ts';
import { ManualClock } from '../../../../agent/edges/system/manual/clock.ts';
import { SILENT, WrittenBoard, WrittenControls } from '../snapshot-fixture.ts';

const NOW = 1_800_000_000_000;

function commands(schedule: 'calming' | 'all' = 'calming'): {
  asked: readonly string[];
  say: (verb: string, body: unknown) => Promise<CommandResult | null>;
} {
  const controls = new WrittenControls(new WrittenBoard());
  const heard = new Commands({ controls, clock: new ManualClock(NOW), log: SILENT, schedule });
  const say = (verb: string, body: unknown): Promise<CommandResult | null> =>
    heard.handle({ verb, payload: typeof body === 'string' ? body : JSON.stringify(body), retained: false });
  return { asked: controls.asked, say };
}

test('a halt is accepted plain, without a time, and with a time of the last 30 seconds', async () => {
  const { asked, say } = commands();
  for (const body of ['PRESS', {}, { ts: NOW / 1000 }, { ts: NOW / 1000 - 29.9 }, { ts: NOW / 1000 + 4 }]) {
    assert.equal((await say('halt', body))?.status, 'ok');
  }
  assert.equal(asked.length, 5);
});

test('a halt of another time, or one that is not readable, is refused with the reason', async () => {
  const { asked, say } = commands();
  const refused: [unknown, RegExp][] = [
    [{ ts: NOW / 1000 - 31 }, /31 s old/],
    [{ ts: NOW / 1000 + 600 }, /600 s in the future/],
    [{ ts: 'now' }, /not a number/],
    ['{"ts":', /neither PRESS nor/],
    ['[1]', /neither PRESS nor/],
    ['x'.repeat(5000), /too long/],
  ];
  for (const [body, reason] of refused) {
    const result = await say('halt', body);
    assert.equal(result?.status, 'error');
    assert.match(result?.message ?? '', reason);
  }
  assert.deepEqual(asked, []);
});

test('of the schedule only what lets less happen is done over MQTT', async () => {
  const { asked, say } = commands();
  for (const verb of ['pause', 'skip', 'stop-research']) assert.equal((await say(verb, 'PRESS'))?.status, 'ok');
  assert.deepEqual(asked, ['pause by mqtt', 'skip by mqtt', 'stop-research by mqtt']);
  for (const verb of ['run', 'enable', 'disable']) assert.equal((await say(verb, 'PRESS'))?.status, 'error');
  assert.equal((await say('pause', { ts: NOW / 1000 - 31 }))?.status, 'error');
  assert.equal(asked.length, 3);
});

test('the owner may allow the rest of the schedule, which then needs a time and, for one task, its name', async () => {
  const { asked, say } = commands('all');
  const ts = NOW / 1000;
  assert.equal((await say('resume', { ts }))?.status, 'ok');
  for (const verb of ['run', 'enable', 'disable']) {
    assert.equal((await say(verb, { ts, task: 'search-night' }))?.status, 'ok');
    assert.match((await say(verb, { ts }))?.message ?? '', /name of a task/);
    assert.match((await say(verb, { task: 'search-night' }))?.message ?? '', /needs ts/);
  }
  assert.match((await say('resume', 'PRESS'))?.message ?? '', /needs ts/);
  assert.match((await say('resume', { ts: ts - 31 }))?.message ?? '', /31 s old/);
  assert.deepEqual(asked, [
    'resume by mqtt',
    'run search-night by mqtt',
    'enable search-night by mqtt',
    'disable search-night by mqtt',
  ]);
});

test('what is not allowed names the setting that would allow it', async () => {
  assert.match((await commands().say('run', { ts: NOW / 1000, task: 'x' }))?.message ?? '', /mqtt\.schedule: all/);
});

test('nothing that adds risk is done over MQTT', async () => {
  const { asked, say } = commands();
  for (const verb of ['resume', 'flatten', 'restart', 'x'.repeat(500)]) {
    const result = await say(verb, { ts: NOW / 1000 });
    assert.equal(result?.status, 'error');
    assert.ok((result?.verb.length ?? 0) <= 40);
  }
  assert.deepEqual(asked, []);
});

test('the same transaction is done once and answered the same', async () => {
  const { asked, say } = commands();
  const first = await say('halt', { transaction: 'a' });
  assert.deepEqual(await say('halt', { transaction: 'a' }), first);
  assert.equal(asked.length, 1);
});

test('an empty message is how a retained one is taken back, and is no press', async () => {
  const { asked, say } = commands();
  assert.equal(await say('halt', ''), null);
  assert.deepEqual(asked, []);
});

test('a flood of nonsense is answered twenty times, and a halt still gets through', async () => {
  const { asked, say } = commands();
  const answers = await Promise.all(Array.from({ length: 100 }, () => say('nonsense', 'x')));
  assert.equal(answers.filter((answer) => answer !== null).length, 20);
  assert.equal((await say('halt', 'PRESS'))?.status, 'ok');
  assert.equal(asked.length, 1);
});

test('a halt that fails is answered as failed', async () => {
  const controls = {
    halt: () => Promise.reject(new Error('no connection')),
    resume: async () => ({ done: true, text: '' }),
    reconcile: async () => '',
    schedule: async () => ({ done: true, text: '' }),
  };
  const heard = new Commands({ controls, clock: new ManualClock(NOW), log: SILENT });
  const result = await heard.handle({ verb: 'halt', payload: 'PRESS', retained: false });
  assert.deepEqual([result?.status, result?.message], ['error', 'the halt failed: no connection']);
});
