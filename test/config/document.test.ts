import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { checkDocument } from '../../agent/config/document.ts';
import { problemLine } from '../../agent/config/problem.ts';
import { SECRETS, SETTINGS } from '../../agent/config/schema.ts';

/** Every problem of a text, as a person reads it. */
function problems(...lines: string[]): string[] {
  return checkDocument({ file: 'w.yaml', text: `${lines.join('\n')}\n` }, SETTINGS).problems.map(problemLine);
}

test('an empty text, comments alone and sections without content are the defaults', () => {
  const defaults = checkDocument({ file: 'w.yaml', text: '' }, SETTINGS).value;
  assert.equal(defaults?.broker.mode, 'paper');
  for (const text of ['\n', '# nothing\n', '---\n', 'broker:\nrisk: # later\nstrategy:\n  putWrite:\n']) {
    const { value, problems: found } = checkDocument({ file: 'w.yaml', text }, SETTINGS);
    assert.deepEqual(found, []);
    assert.deepEqual(value, defaults);
  }
});

test('every unknown name is found, also several in one section, each with its place and the nearest name', () => {
  assert.deepEqual(
    problems(
      'symbls: [SPY]',
      'broker:',
      '  prot: 4002',
      '  HOST: x',
      'strategy:',
      '  putWrite:',
      '    min_delta: 0.2',
      '    minDelt: 0.2',
      'scedule: {}',
    ),
    [
      'w.yaml:1:1  symbls  is not a setting; nearest is "symbols"',
      'w.yaml:3:3  broker.prot  is not a setting; nearest is "port"',
      'w.yaml:4:3  broker.HOST  is not a setting; nearest is "host"',
      'w.yaml:7:5  strategy.putWrite.min_delta  is not a setting; nearest is "minDelta"',
      'w.yaml:8:5  strategy.putWrite.minDelt  is not a setting; nearest is "minDelta"',
      'w.yaml:9:1  scedule  is not a setting; nearest is "schedule"',
    ],
  );
});

test('a name that belongs elsewhere is sent there, and one that belongs nowhere is told what is known', () => {
  assert.deepEqual(problems('log:', '  clientId: 3', 'page:', '  zzzzzzzz: 1'), [
    'w.yaml:2:3  log.clientId  is not a setting; it belongs into "broker.clientId"',
    'w.yaml:4:3  page.zzzzzzzz  is not a setting; known here: host, port, hostNames',
  ]);
});

test('names that every object has in JavaScript are unknown like others', () => {
  const found = problems('constructor: 1', 'toString: 2', '__proto__: {a: 1}', 'broker:', '  hasOwnProperty: true');
  assert.equal(found.length, 4);
  for (const line of found) assert.match(line, /is not a setting/);
});

test('values of the wrong type or out of range are told with what they must be and what they are', () => {
  assert.deepEqual(
    problems(
      'broker:',
      '  port: "4002"',
      '  clientId: 1.5',
      '  mode: papr',
      '  host: 7',
      'symbols: [SPY, spy]',
      'futures: SPX',
      'mqtt: {enabled: yes}',
      'strategy: {putWrite: {minScore: 101, maxDelta: .nan}}',
    ),
    [
      'w.yaml:2:3  broker.port  must be a whole number from 1 to 65535, not "4002"',
      'w.yaml:3:3  broker.clientId  must be a whole number from 1 to 999999, not 1.5',
      'w.yaml:4:3  broker.mode  must be "paper" or "live", not "papr"',
      'w.yaml:5:3  broker.host  must be text, not 7',
      'w.yaml:6:16  symbols.1  must be a symbol in capitals, like SPY, not "spy"',
      'w.yaml:7:1  futures  must be a list such as [a, b], not "SPX"',
      'w.yaml:8:8  mqtt.enabled  must be true or false, not "yes"',
      'w.yaml:9:23  strategy.putWrite.minScore  must be a number from 0 to 100, not 101',
      'w.yaml:9:38  strategy.putWrite.maxDelta  must be a number from 0.01 to 0.99, not NaN',
    ],
  );
});

for (const time of ['25:00', '24:00', '9:45', '09:60', '0945', '09:45:00', ' 09:45', '']) {
  test(`"${time}" is no time of day`, () => {
    const found = problems(`schedule: {analyse: {times: ["${time}"]}}`);
    assert.deepEqual(found, [
      `w.yaml:1:30  schedule.analyse.times.0  must be a time from "00:00" to "23:59", not "${time}"`,
    ]);
  });
}

test('times that YAML takes for something else are refused, and unquoted ones are read', () => {
  assert.deepEqual(problems('schedule:', '  analyse:', '    times: [09:45, 12:00]'), []);
  assert.match(
    problems('schedule: {analyse: {times: [1100]}}')[0] ?? '',
    /must be a time in quotes, like "09:45", not 1100$/,
  );
  assert.match(problems('schedule: {analyse: {times: "11:00"}}')[0] ?? '', /^w\.yaml:1:22 .* must be a list/);
});

test('what is no section where a section belongs is one problem', () => {
  const text = 'must hold settings, each as "name: value" on a line of its own';
  assert.deepEqual(problems('broker: 4002', 'risk: [1]', 'page: []', 'log: text'), [
    `w.yaml:1:1  broker  ${text}`,
    `w.yaml:2:1  risk  ${text}`,
    `w.yaml:3:1  page  ${text}`,
    `w.yaml:4:1  log  ${text}`,
  ]);
  for (const whole of ['- broker', 'just text', '42']) assert.deepEqual(problems(whole), [`w.yaml:1:1  ${text}`]);
});

test('a name that is written twice is a problem beside the others', () => {
  assert.deepEqual(problems('page:', '  port: 1', '  port: 2', '  hots: x'), [
    'w.yaml:3:3  map keys must be unique',
    'w.yaml:4:3  page.hots  is not a setting; nearest is "host"',
  ]);
});

for (const [what, lines, place] of [
  ['a tab as indentation', ['page:', '\tport: 1'], '2:1'],
  ['a list that does not end', ['symbols: [SPY', 'page:', '  port: 1'], '2:1'],
  ['text in quotes that does not end', ['page:', '  host: "x'], '3:1'],
  ['a second document', ['page:', '  port: 1', '---', 'page:', '  port: 2'], '3:1'],
  ['an unknown tag', ['page:', '  port: !secret x'], '2:9'],
] as const) {
  test(`${what} is told with its line, and nothing is guessed`, () => {
    const found = problems(...lines);
    assert.ok(
      found.some((line) => line.startsWith(`w.yaml:${place}  `)),
      found.join('\n'),
    );
  });
}

test('aliases that multiply are refused instead of expanded', () => {
  const lines = ['a: &a [x, x, x, x, x, x, x, x, x, x]'];
  for (const [name, of] of ['ba', 'cb', 'dc', 'ed', 'fe'] as unknown as [string, string][]) {
    lines.push(`${name}: &${name} [${Array.from({ length: 10 }, () => `*${of}`).join(', ')}]`);
  }
  assert.deepEqual(problems(...lines), ['w.yaml:1:1  repeats itself too often']);
});

test('a problem with a secret, or with an address that may hold one, never shows the value', () => {
  const { problems: found } = checkDocument(
    { file: 's.yaml', text: 'mqttPassword: 48151623\n', secret: true },
    SECRETS,
  );
  assert.deepEqual(found.map(problemLine), ['s.yaml:1:1  mqttPassword  must be text']);
  for (const url of ['http://me:hunter2@home', 'mqtt://me:hunter2@home:99999']) {
    assert.doesNotMatch(problems('mqtt:', `  url: ${url}`).join('\n'), /hunter2/);
  }
  assert.deepEqual(problems('mqtt:', '  url: mqtt://home:99999'), [
    'w.yaml:2:3  mqtt.url  must be an address like mqtt://192.168.1.20:1883, not "mqtt://home:99999"',
  ]);
  assert.deepEqual(problems('mqtt:', '  password: hunter2'), [
    'w.yaml:2:3  mqtt.password  is not a setting; what is secret belongs into the file that "secretsFile" names',
  ]);
});

test('what is missing at the end of a file is reported there', () => {
  const { problems } = checkDocument({ file: 'a.yaml', text: '{{]broker\nbroker' }, SETTINGS);
  assert.ok(problems.length > 0 && problems.every(({ line, column }) => line <= 2 && column <= 10));
});

test('whatever the text, the answer is a value or a problem, each with a place inside the text', () => {
  const word = fc.constantFrom(
    'broker',
    'port',
    ':',
    ' ',
    '\n',
    '  ',
    '- ',
    '[',
    ']',
    '{',
    '}',
    '"',
    '4002',
    '&a',
    '*a',
    '\t',
    '#',
    '!',
    '|',
    ',',
  );
  fc.assert(
    fc.property(fc.array(word, { maxLength: 30 }), (words) => {
      const text = words.join('');
      const { value, problems: found } = checkDocument({ file: 'w.yaml', text }, SETTINGS);
      assert.ok(value !== null || found.length > 0);
      for (const { line, column } of found) {
        assert.ok(line >= 1 && line <= text.split('\n').length);
        assert.ok(column >= 1 && column <= (text.split('\n')[line - 1] ?? '').length + 1);
      }
    }),
    { numRuns: 2000 },
  );
});
