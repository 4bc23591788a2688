import assert from 'node:assert/strict';
import { test } from 'node:test';
import { ManualClock } from '../../../../agent/edges/system/manual/clock.ts';
import { faultOf, faultText } from '../../../../agent/lab/exchange/faults/fault.ts';
import { readSchedule } from '../../../../agent/lab/exchange/faults/fault-file.ts';
import { FaultSchedule, type ScheduledFault } from '../../../../agent/lab/exchange/faults/fault-schedule.ts';
import { Switchboard } from '../../../../agent/lab/exchange/faults/switchboard.ts';

const NOW = 1_000_000;

function boardAt(now = NOW): { board: Switchboard; clock: ManualClock; names: () => string[] } {
  const clock = new ManualClock(now);
  const board = new Switchboard({ clock, seed: 3 });
  return { board, clock, names: () => board.list().map(({ fault }) => faultText(fault)) };
}

test('a fault is on from when it is set until it is cleared, and is told of both', () => {
  const { board, names } = boardAt();
  const told: string[] = [];
  board.onChange(({ kind, active }) => told.push(`${active.fault.name} ${kind}`));
  board.set(faultOf('readOnly'));
  assert.deepEqual(names(), ['readOnly']);
  assert.equal(board.clear('readOnly'), 1);
  assert.equal(board.clear(), 0);
  assert.deepEqual([board.isQuiet, told], [true, ['readOnly set', 'readOnly ended']]);
});

test('a second setting replaces the first, unless their keys differ', () => {
  const { board, names } = boardAt();
  board.set(faultOf('lines', { count: 1 }));
  board.set(faultOf('lines', { count: 2 }));
  board.set(faultOf('latency', { message: 3, ms: 1 }));
  board.set(faultOf('latency', { message: 5, ms: 2 }));
  assert.equal(names().length, 3);
  assert.equal(board.get('lines')?.count, 2);
  assert.equal(board.get('latency', ({ message }) => message === 5)?.ms, 2);
});

test('what lasts for a time ends by itself, and what is replaced does not end its successor', async () => {
  const { board, clock, names } = boardAt();
  board.set(faultOf('freeze', { ms: 100 }));
  await clock.advanceTo(NOW + 50);
  board.set(faultOf('freeze', { ms: 100 }));
  await clock.advanceTo(NOW + 149);
  assert.equal(names().length, 1);
  await clock.advanceTo(NOW + 150);
  assert.equal(names().length, 0);
  board.set(faultOf('freeze', { ms: 0 }));
  await clock.advanceTo(NOW + 10_000_000);
  assert.equal(names().length, 1);
});

test('a fault acts from its nth occasion on and as many times as is said', () => {
  const { board } = boardAt();
  board.set(faultOf('swallow', {}, { nth: 3, times: 2 }));
  const acted = Array.from({ length: 6 }, () => board.use('swallow') !== null);
  assert.deepEqual(acted, [false, false, true, true, false, false]);
  assert.equal(board.isQuiet, true);
});

test('a schedule sets faults at their instants and ends them, and skips what is over', async () => {
  const { board, clock, names } = boardAt();
  const entries: ScheduledFault[] = [
    { at: NOW + 200, fault: faultOf('readOnly'), until: NOW + 300 },
    { at: NOW + 100, fault: faultOf('noGreeting'), until: null },
    { at: NOW - 10, fault: faultOf('lines', { count: 1 }), until: null },
    { at: NOW - 20, fault: faultOf('clockSkew', { ms: 1 }), until: NOW - 5 },
  ];
  const schedule = new FaultSchedule(entries, { board, clock });
  schedule.start();
  assert.deepEqual(names(), ['lines=count:1']);
  await clock.advanceTo(NOW + 250);
  assert.deepEqual(names(), ['lines=count:1', 'noGreeting', 'readOnly']);
  await clock.advanceTo(NOW + 300);
  assert.deepEqual(names(), ['lines=count:1', 'noGreeting']);
});

test('a schedule waits for the nth event of a kind, once', async () => {
  const { board, clock, names } = boardAt();
  const schedule = new FaultSchedule([{ after: 'order', count: 2, fault: faultOf('readOnly'), forMs: 100 }], {
    board,
    clock,
  });
  schedule.start();
  for (const happening of ['order', 'fill', 'fill'] as const) board.happened(happening);
  assert.deepEqual(names(), []);
  board.happened('order');
  assert.deepEqual(names(), ['readOnly']);
  await clock.advanceTo(NOW + 100);
  board.happened('order');
  assert.deepEqual(names(), []);
  schedule.stop();
});

test('a schedule is read from a list, and every problem names its entry', () => {
  const given = { now: NOW, nearest: () => null };
  const entries = readSchedule(
    [
      { fault: 'freeze=ms:5000', at: '2026-11-20T10:31' },
      { fault: 'rst', value: { on: 3 }, after: 'order', count: 3 },
      { fault: 'lines', value: '5', forMs: 1000 },
    ],
    given,
  );
  assert.deepEqual(entries, [
    { at: Date.parse('2026-11-20T15:31:00Z'), fault: faultOf('freeze', { ms: 5000 }), until: null },
    { after: 'order', count: 3, fault: faultOf('rst', { on: 3 }), forMs: null },
    { at: NOW, fault: faultOf('lines', { count: 5 }), until: NOW + 1000 },
  ]);
  const problem = (entry: unknown) =>
    (readSchedule([{ fault: 'readOnly' }, entry], given) as { problem: string }).problem;
  assert.equal((readSchedule({}, given) as { problem: string }).problem, 'a schedule of faults is a list');
  assert.equal(problem({ fault: 'lines' }), 'entry 2: lines: count must be a whole number from 0 to 100000');
  assert.equal(problem(7), 'entry 2: is not an object with a fault');
  assert.match(problem({ fault: 'readOnly', at: 'noon' }), /^entry 2: at and until must be instants/);
  assert.match(problem({ fault: 'readOnly', after: 'lunch' }), /^entry 2: after must be one of connection, request/);
  assert.match(problem({ fault: 'readOnly', when: 1 }), /^entry 2: "when" is not known/);
  assert.equal(problem({ fault: 'readOnly', until: 1 }), 'entry 2: until must be later than at');
});
