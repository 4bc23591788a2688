import assert from 'node:assert/strict';
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'node:test';
import { nearest } from '../../../../agent/config/suggestion.ts';
import {
  FAULT_NAMES,
  faultOf,
  faultText,
  KNOBS,
  knobText,
  parseFault,
  readFault,
} from '../../../../agent/lab/exchange/faults/fault.ts';
import { RANDOM_FAULTS, randomFaults } from '../../../../agent/lab/exchange/faults/random-faults.ts';

const DAY_MS = 86_400_000;

function problemOf(text: string): string {
  const fault = parseFault(text, nearest);
  return 'problem' in fault ? fault.problem : assert.fail(`${text} is taken as ${faultText(fault)}`);
}

test('a fault is written as a name, with one value, with parameters, or as JSON', () => {
  const texts = [
    'noGreeting',
    'freeze=5000',
    'freeze=ms:5000,side:read',
    'freeze={"ms":5000,"client":3}',
    'latency=200',
  ];
  assert.deepEqual(
    texts.map((text) => faultText(parseFault(text) as never)),
    [
      'noGreeting',
      'freeze=ms:5000,side:both,client:-1',
      'freeze=ms:5000,side:read,client:-1',
      'freeze=ms:5000,side:both,client:3',
      'latency=message:0,ms:200,spread:0,dist:fixed,way:out',
    ],
  );
});

test('on which occasions a fault acts is written with it', () => {
  const fault = faultOf('swallow', { message: 3 }, { nth: 2, times: 5 });
  assert.deepEqual(parseFault('swallow=message:3,nth:2,times:5'), fault);
  assert.deepEqual(parseFault('rst=times:all'), faultOf('rst', {}, { times: null }));
});

test('what is wrong is said: name, parameter, value, occasion', () => {
  assert.equal(problemOf('freez=5000'), 'there is no fault "freez"; nearest is "freeze"');
  assert.match(problemOf('constructor'), /^there is no fault "constructor"/);
  assert.equal(problemOf('freeze=for:5'), 'freeze has no parameter "for"; it takes ms, side, client, nth, times');
  assert.equal(problemOf('freeze=side:up'), 'freeze: side must be one of both, read, write');
  assert.equal(problemOf('lines=many'), 'lines: count must be a whole number from 0 to 100000');
  assert.equal(problemOf('latency=message:3'), 'latency: ms must be milliseconds, a whole number from 0 to 604800000');
  assert.match(problemOf('rst=times:0'), /^rst: nth and times must be whole numbers from 1/);
  assert.equal(problemOf('freeze={"ms":'), 'freeze: cannot read the value');
  assert.equal(problemOf('fillPlan=steps:2@'), 'fillPlan: steps must be steps such as 2@1.05+500;1+1000, or nothing');
  assert.deepEqual(readFault('freeze', 7), { problem: 'freeze: cannot read the value' });
  assert.throws(() => faultOf('lines', {}), { code: 'BAD_FAULT' });
});

test('what a seed draws can be written down and read back', () => {
  for (const { fault } of randomFaults(7, { from: 0, until: 20 * DAY_MS })) {
    assert.deepEqual(parseFault(faultText(fault)), fault);
  }
});

test('the same seed and window give the same faults, in order and within the window', () => {
  const window = { from: 1000, until: DAY_MS };
  const faults = randomFaults(3, window);
  assert.deepEqual(randomFaults(3, window), faults);
  assert.notDeepEqual(randomFaults(4, window), faults);
  assert.deepEqual(
    faults.map(({ at }) => at),
    faults.map(({ at }) => at).toSorted((a, b) => a - b),
  );
  assert.ok(faults.every(({ at, until }) => at >= 1000 && until !== null && until <= DAY_MS && until > at));
  assert.ok(faults.length > 48 && faults.length < 150, `${faults.length} in a day at 4 an hour`);
});

test('only the faults that are asked for are drawn, and all that can be drawn are', () => {
  const only = randomFaults(1, { from: 0, until: DAY_MS, names: ['rst', 'hugeReply'] });
  assert.deepEqual([...new Set(only.map(({ fault }) => fault.name))], ['rst']);
  const all = randomFaults(1, { from: 0, until: 10 * DAY_MS, perHour: 20 });
  assert.deepEqual(new Set(all.map(({ fault }) => fault.name)), new Set(RANDOM_FAULTS));
});

test('every knob has a test of its own that says what a client sees, and stands on the page for engineers', () => {
  const folder = import.meta.dirname;
  const tests = readdirSync(folder)
    .map((file) => readFileSync(join(folder, file), 'utf8'))
    .join('\n');
  const page = readFileSync(join(folder, '../../../../docs/faults.md'), 'utf8');
  for (const name of FAULT_NAMES) {
    assert.match(tests, new RegExp(`'(?:\\w+ and )?${name}(?: and \\w+)?: `), `no test of ${name}`);
    assert.ok(page.includes(`| \`${knobText(name)}\` | ${KNOBS[name].about} |`), `docs/faults.md lacks ${name}`);
  }
});
