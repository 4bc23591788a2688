import assert from 'node:assert/strict';
import { test } from 'node:test';
import { wheelhouse } from './wheelhouse-process.ts';

for (const faults of ['all', 'none', 'freeze,duplicate']) {
  test(`a seed is run with --faults ${faults} and told as JSON`, async () => {
    const { code, out, err } = await wheelhouse('storm', '--seeds', '3', '--days', '1', '--faults', faults, '--json');
    assert.deepEqual([code, err], [0, '']);
    const { seeds, passed, days, failed } = JSON.parse(out) as Record<string, unknown>;
    assert.deepEqual({ seeds, passed, days, failed }, { seeds: 1, passed: 1, days: 1, failed: [] });
  });
}

test('a fault that does not exist, seeds that are none and a backward range are refused before anything runs', async () => {
  const refused: [string[], RegExp][] = [
    [['--faults', 'frezze'], /no fault "frezze". Did you mean "freeze"/],
    [['--seeds', 'many'], /such as 1\.\.200/],
    [['--seeds', '9..3'], /such as 1\.\.200/],
  ];
  for (const [args, reason] of refused) {
    const { code, out, err } = await wheelhouse('storm', ...args);
    assert.deepEqual([code, out], [2, '']);
    assert.match(err, reason);
  }
});
