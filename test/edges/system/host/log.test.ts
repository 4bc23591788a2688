import assert from 'node:assert/strict';
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { test } from 'node:test';
import { hostLog } from '../../../../agent/edges/system/host/log.ts';
import { readableLine } from '../../../../agent/edges/system/host/log-line.ts';

test('lines are JSON with a fixed sentence, and no secret is ever written', async (t) => {
  const folder = mkdtempSync(join(tmpdir(), 'wheelhouse-log-'));
  t.after(() => rmSync(folder, { recursive: true }));
  const path = join(folder, 'deep', 'agent.log');
  const log = await hostLog({ level: 'info', path, secrets: ['s3cret'] });
  log.child('mqtt').warn({ url: 'mqtt://me:s3cret@box' }, 'no connection');
  log.debug({}, 'too fine');
  const lines = readFileSync(path, 'utf8').trimEnd().split('\n');
  assert.equal(lines.length, 1);
  const { level, room, url, msg } = JSON.parse(lines[0] as string);
  assert.deepEqual(
    { level, room, url, msg },
    { level: 40, room: 'mqtt', url: 'mqtt://me:[secret]@box', msg: 'no connection' },
  );
});

test('a person reads the same line as words', async () => {
  const printed: string[] = [];
  const log = await hostLog({ level: 'info', path: null, secrets: ['s3cret'], print: (line) => printed.push(line) });
  log.child('broker').warn({ state: 'down', code: 502, key: 's3cret' }, 'link to the broker');
  assert.match(
    printed.join(),
    /^\d\d:\d\d:\d\d warning {2}broker: link to the broker \(state down, code 502, key \[secret\]\)$/,
  );
  assert.match(readableLine('{"level":30,"time":"2026-11-20T15:00:05.000Z","msg":"ready"}'), /^15:00:05 {2}ready$/);
});

test('a disk that is full takes no lines, and ends nobody', async () => {
  const log = await hostLog({ level: 'info', path: '/dev/full', secrets: [] });
  log.warn({}, 'trading halted');
  log.warn({}, 'cancel sent');
  await new Promise((resolve) => setImmediate(resolve));
});

test('a file that cannot be is refused by the name of its setting', async () => {
  const log = hostLog({ level: 'info', path: '/dev/null/agent.log', secrets: [] });
  await assert.rejects(log, {
    code: 'LOG_PATH',
    message: /^the log \/dev\/null\/agent\.log \(log\.path\) cannot be written: /,
  });
});
