import assert from 'node:assert/strict';
import { test } from 'node:test';
import { callsInTurn } from './calls-in-turn.ts';

test('a seed is run with all faults, with none or with those that are named, and told as JSON', () => {
  const seed = ['storm', '--seeds', '3', '--days', '1', '--json', '--faults'];
  for (const { code, out, err } of callsInTurn(
    ['all', 'none', 'freeze,duplicate'].map((faults) => [...seed, faults]),
  )) {
    assert.deepEqual([code, err], [0, '']);
    const { seeds, passed, days, failed } = JSON.parse(out) as Record<string, unknown>;
    assert.deepEqual({ seeds, passed, days, failed }, { seeds: 1, passed: 1, days: 1, failed: [] });
  }
});

test('a fault that does not exist, seeds that are none and a backward range are refused before anything runs', () => {
  const refused: [string[], RegExp][] = [
    [['--faults', 'frezze'], /no fault "frezze". Did you mean "freeze"/],
    [['--seeds', 'many'], /such as 1\.\.200/],
    [['--seeds', '9..3'], /such as 1\.\.200/],
  ];
  for (const [i, { code, out, err }] of callsInTurn(refused.map(([args]) => ['storm', ...args])).entries()) {
    assert.deepEqual([code, out], [2, '']);
    assert.match(err, refused[i]?.[1] ?? assert.fail());
  }
});
