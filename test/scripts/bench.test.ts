import assert from 'node:assert/strict';
import { readdirSync } from 'node:fs';
import { test } from 'node:test';
import { bestCpuSeconds, bestRate, type Measure, withinBound } from '../../scripts/bench/measure.ts';
import { ROOT, runNode } from '../run-node.ts';

test('a measure keeps its bound at the bound itself and misses it beyond', () => {
  const measure: Measure = { name: 'a', unit: '/s', value: 10 };
  assert.equal(withinBound(measure), true);
  assert.deepEqual(
    [9, 10, 11].map((atLeast) => withinBound({ ...measure, atLeast })),
    [true, true, false],
  );
  assert.deepEqual(
    [9, 10, 11].map((atMost) => withinBound({ ...measure, atMost })),
    [false, true, true],
  );
  assert.equal(withinBound({ ...measure, value: Number.NaN, atLeast: 1 }), false);
});

test('the fastest pass counts, after one pass that is not measured', () => {
  let passes = 0;
  const slowThenFast = () => {
    passes += 1;
    const until = process.cpuUsage().user + (passes === 2 ? 30_000 : 1_000);
    while (process.cpuUsage().user < until);
  };
  assert.ok(bestCpuSeconds(slowThenFast, 3) < 0.02);
  assert.equal(passes, 4);
  assert.ok(bestRate(1000, () => null) > 0);
});

test('without a name the benchmarks are listed; an unknown one is refused with the nearest', () => {
  const { code, out } = runNode(['scripts/bench.ts']);
  assert.equal(code, 0);
  assert.match(out, /^ {2}calendar$/m);
  const unknown = runNode(['scripts/bench.ts', 'calandar', '--json']);
  assert.deepEqual([unknown.code, unknown.out], [2, '']);
  assert.match(unknown.err, /no benchmark "calandar"; did you mean "calendar"/);
  assert.equal(runNode(['scripts/bench.ts', '--jsno']).code, 2);
});

test('every file of the folder offers a title and a run', async () => {
  for (const file of readdirSync(`${ROOT}/scripts/bench`).filter((name) => name !== 'measure.ts')) {
    const bench = await import(`${ROOT}/scripts/bench/${file}`);
    assert.equal(typeof bench.title, 'string', file);
    assert.equal(typeof bench.run, 'function', file);
  }
});
