import assert from 'node:assert/strict';
import { test } from 'node:test';
import { houseProblems } from '../../../scripts/check/house-rules.ts';
import { planted, written } from './planted-tree.ts';

const FILE = 'agent/work/workflows/planted.ts';

function found(text: string, path = FILE): string[] {
  return written(houseProblems(planted({ [path]: text })));
}

test('a file may have 300 lines and a test file 400, not one more', () => {
  const lines = (count: number) => `${'export {};\n'.repeat(count)}`;
  assert.deepEqual(found(lines(300)), []);
  assert.deepEqual(found(lines(301)), [`${FILE}:301 has 301 lines; 300 is the most, split it`]);
  assert.deepEqual(found(lines(400), 'test/a.test.ts'), []);
  assert.equal(found(lines(401), 'test/a.test.ts').length, 1);
});

test('the guard may have 1,000 lines that are not empty, and with what is only there for it 1,900', () => {
  const files = (folder: string, count: number) =>
    Object.fromEntries(
      Array.from({ length: count / 250 }, (_, n) => [`${folder}/file-${n}.ts`, `${'export {};\n'.repeat(250)}\n  \n`]),
    );
  const guard = (more: object) => written(houseProblems(planted({ ...files('agent/guard', 1_000), ...more })));
  const one = 'export {};\n';
  assert.deepEqual(guard(files('agent/guard/closing', 500)), []);
  assert.deepEqual(guard({ 'agent/guard/more.ts': one }), ['agent/guard:1 agent/guard: 1001 lines; 1000 is the most']);
  const beside = { ...files('agent/guard/closing', 250), ...files('agent/ground/relay', 500) };
  assert.deepEqual(guard({ ...beside, 'agent/ground/time/more.ts': one.repeat(150) }), []);
  assert.match(
    guard({ ...beside, 'agent/ground/time/more.ts': one.repeat(151) }).join(),
    /relay.*: 1901 lines; 1900 is/,
  );
});

for (const [path, name] of [
  ['agent/core/market/utils.ts', 'utils'],
  ['agent/core/market/order-helpers.ts', 'helpers'],
  ['agent/core/common/money.ts', 'common'],
  ['agent/edges/broker/types.ts', 'types'],
  ['agent/work/scheduler/task-manager.ts', 'manager'],
  ['test/helpers/clock.ts', 'helpers'],
  ['test/core/base.test.ts', 'base'],
  ['scripts/lib/run.ts', 'lib'],
] as const) {
  test(`"${name}" in ${path} is no name`, () => {
    assert.deepEqual(found('export const a = 1;', path), [`${path}:1 "${name}" is no name: say what is in it`]);
  });
}

test('types and classes that end in such a word are no names either, constants may be', () => {
  assert.deepEqual(found('\nexport class OrderManager {}\nexport interface QuoteService {}\nexport type Misc = 1;'), [
    `${FILE}:2 "OrderManager" ends in a word that says nothing`,
    `${FILE}:3 "QuoteService" ends in a word that says nothing`,
    `${FILE}:4 "Misc" ends in a word that says nothing`,
  ]);
  assert.deepEqual(found('export const base = 10; export type OrderType = 1; export function baseOf() {}').length, 1);
});

test('an index file is found', () => {
  assert.match(found("export * from './a.ts';", 'agent/core/market/index.ts').join(), /index file/);
});

for (const text of [
  'export default 1;',
  'export default function a() {}',
  'export default class {}',
  'const a = 1;\nexport { a as default };',
]) {
  test(`"${text.replace('\n', ' ')}" is a default export`, () => assert.match(found(text).join(), /default export/));
}

for (const text of [
  'export const a = new Date();',
  'export const a = Date.now();',
  'export let a: Date;',
  'export const a = globalThis.Date;',
  'setTimeout(() => {}, 1);',
  'export const a = { wait: setInterval };',
  'export const a = { setTimeout };',
  'export const a = performance.now();',
  'export const a = process.hrtime.bigint();',
  'export const a = Temporal.Now.instant();',
]) {
  test(`"${text}" reads the machine's clock`, () => assert.match(found(text).join(), /time comes from the Clock/));
}

for (const name of ['node:timers/promises', 'node:timers', 'timers/promises', 'node:perf_hooks']) {
  test(`importing ${name} reaches for the machine's clock`, () => {
    assert.match(found(`import * as t from '${name}';\nexport const a = t;`).join(), /time comes from the Clock/);
  });
}

test('the same words as members, in texts and comments are no clocks', () => {
  const text = [
    '// new Date() and setTimeout',
    "export const text = 'Date.now()';",
    'export const row = { Date: 1 };',
    'export const day = row.Date;',
    'export interface Timers { setTimeout(): void; readonly Date: number }',
    'export const instant = Temporal.Instant.fromEpochMilliseconds(0);',
  ];
  assert.deepEqual(found(text.join('\n')), []);
});

test('the host, the clock of the guard, the tests and the scripts may read the clock; the command line may ask Temporal', () => {
  const text = 'export const a = [Date.now(), setTimeout, performance.now(), Temporal.Now.instant()];';
  for (const path of [
    'agent/edges/system/host/clock.ts',
    'agent/ground/time/clock.ts',
    'test/a.test.ts',
    'scripts/a.ts',
  ])
    assert.deepEqual(found(text, path), []);
  assert.equal(found('export const a = Date.now();', 'agent/guard/a.ts').length, 1);
  assert.deepEqual(found('export const a = Temporal.Now.instant();', 'agent/cli/a.ts'), []);
  assert.equal(found('export const a = Date.now();', 'agent/cli/a.ts').length, 1);
});

test('chance without a seed is found where a replay must repeat itself', () => {
  assert.match(found('export const a = Math.random();', 'agent/lab/exchange/a.ts').join(), /draws come from a seed/);
  assert.deepEqual(found('export const a = Math.random();', 'agent/edges/broker/ib/a.ts'), []);
});

const PURE = 'agent/core/market/planted.ts';

for (const text of [
  "export const a = fetch('http://127.0.0.1/');",
  'export const a = { fetch };',
  'export const a = process.env;',
  "console.log('a');",
  'export const a = globalThis;',
  "export const a = globalThis['fetch'];",
  'export const a = crypto.randomUUID();',
  'queueMicrotask(() => {});',
  'setImmediate(() => {});',
  'export const { now } = performance;',
  "export const a = eval('1');",
]) {
  test(`"${text}" is not for the pure core`, () => {
    assert.match(found(text, PURE).join(), /^agent\/core\/market\/planted\.ts:1 uses .*; the core is pure/);
    assert.doesNotMatch(found(text, 'agent/edges/broker/ib/a.ts').join(), /the core is pure/);
  });
}

for (const text of [
  'export const a = await Promise.resolve(1);',
  'export async function a() {}',
  'export const a = async () => {};',
  'export const a = { async b() {} };',
  'export function* a() {}\nfor await (const b of a()) {}',
]) {
  test(`"${text.replace('\n', ' ')}" waits, which the core never does`, () => {
    assert.match(found(text, PURE).join(), /:[12] .*the core waits for nothing/);
    assert.deepEqual(found(text, 'agent/edges/broker/ib/a.ts'), []);
  });
}

test('the same words as members, in texts and comments leave the core pure', () => {
  const text = [
    '// await fetch, process and console',
    "export const text = 'console.log(process.env)';",
    'export const row = { process: 1, crypto: 2 };',
    'export const day = row.process + row.crypto;',
    'export interface Desk { fetch(): void; readonly console: number }',
  ];
  assert.deepEqual(found(text.join('\n'), PURE), []);
});
