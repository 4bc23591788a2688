import assert from 'node:assert/strict';
import { test } from 'node:test';
import { setImmediate as turn } from 'node:timers/promises';
import { examine } from '../../agent/doctor/examine.ts';
import { failed, gravest, ok, together, warning } from '../../agent/doctor/finding.ts';
import { mendsForSources, reportLines } from '../../agent/doctor/report.ts';
import { ManualClock } from '../../agent/edges/system/manual/clock.ts';

test('a check that throws or hangs is a finding: the others are told all the same, after two seconds at most', async () => {
  const clock = new ManualClock(0);
  let stopped = false;
  const hanging = (signal: AbortSignal) =>
    new Promise<never>(() => {
      signal.addEventListener('abort', () => {
        stopped = true;
      });
    });
  const examined = examine(
    [
      { name: 'Good', look: async () => ok('fine') },
      { name: 'Hangs', look: hanging },
      { name: 'Throws', look: async () => Promise.reject(new Error('broken')) },
      { name: 'Denied', look: async () => Promise.reject(Object.assign(new Error('denied'), { code: 'EACCES' })) },
    ],
    clock,
  );
  await turn();
  const step = (): void => {
    clock.set(clock.now() + 50);
    while (clock.ring());
  };
  for (let steps = 1; steps < 40; steps += 1) step();
  await turn();
  assert.equal(stopped, false);
  step();
  const found = (await examined).map(({ name, state, found }) => `${name} ${state} ${found}`);
  assert.deepEqual(found, [
    'Good ok fine',
    'Hangs failed no answer within 2 s',
    'Throws failed it could not be looked at: broken',
    'Denied warning not looked at: denied',
  ]);
  assert.deepEqual([stopped, clock.nextAlarm], [true, null]);
});

test('of several findings the gravest tells state and mend', () => {
  const found = together([ok('a', 'nothing'), warning('b', 'wait'), failed('c', 'do this'), failed('d', 'do that')]);
  assert.deepEqual(found, { state: 'failed', found: 'a; b; c; d', mend: 'do this; do that' });
  assert.equal(gravest([]), 'ok');
});

test('a report is aligned, says each state in a word, and has colours only where they are wanted', () => {
  const findings = [
    { name: 'Disk', ...ok('roomy') },
    { name: 'Red switch', ...warning('none', 'sudo wheelhouse guard arm') },
  ];
  assert.deepEqual(reportLines(findings, { coloured: false }), [
    'ok       Disk        roomy',
    'warning  Red switch  none',
    '                     → sudo wheelhouse guard arm',
    '',
    '2 checks: 1 ok, 1 warning, 0 failed.',
  ]);
  const coloured = reportLines(findings, { coloured: true });
  assert.equal(coloured[1], '\x1b[33mwarning\x1b[39m  Red switch  none');
  assert.equal(mendsForSources(findings)[1]?.mend, 'scripts/wheelhouse guard arm');
});
