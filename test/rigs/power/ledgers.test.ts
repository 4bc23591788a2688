import assert from 'node:assert/strict';
import { test } from 'node:test';
import { LatchLedger } from './latch-ledger.ts';
import type { GuardLine } from './lines.ts';
import { WriteLedger } from './write-ledger.ts';

type Change = readonly [key: string, crc: number | null];

/** Batches of which none is promised yet. */
function ledgerOf(...changes: readonly (readonly Change[])[]): WriteLedger {
  const ledger = new WriteLedger();
  for (const [index, records] of changes.entries()) {
    ledger.wrote({ kind: 'writes', batch: index + 1, synced: true, records });
  }
  return ledger;
}

const disk = (records: Readonly<Record<string, number>>): Map<string, number> => new Map(Object.entries(records));

test('a disk may stand at any moment from the last promise on, and at no other', () => {
  const at = (records: Readonly<Record<string, number>>): string[] => {
    const ledger = ledgerOf(
      [['a', 1]],
      [['b', 1]],
      [
        ['a', 2],
        ['c', 1],
      ],
      [['b', null]],
    );
    ledger.stored(2);
    return ledger.compare(disk(records));
  };
  assert.deepEqual(at({ a: 1, b: 1 }), []);
  assert.deepEqual(at({ a: 2, b: 1, c: 1 }), []);
  assert.deepEqual(at({ a: 2, c: 1 }), []);
  assert.deepEqual(at({ a: 1 }), ['1 records are of different moments: b']);
  assert.deepEqual(at({ b: 1 }), ['a is lost']);
  assert.deepEqual(at({ a: 3, b: 1 }), ['a is not as it was stored']);
  assert.deepEqual(at({ a: 2, b: 1 }), ['1 records are of different moments: a'], 'half of a batch');
  assert.deepEqual(at({ a: 1, b: 1, d: 1 }), ['d is not as it was stored'], 'nobody has written it');
});

test('what a cut has left is what must be there after the next', () => {
  const ledger = ledgerOf([['a', 1]], [['b', 1]]);
  ledger.stored(1);
  assert.deepEqual(ledger.compare(disk({ a: 1 })), []);
  ledger.wrote({ kind: 'writes', batch: 1, synced: true, records: [['c', 1]] });
  assert.deepEqual(ledger.compare(disk({ b: 1 })), ['a is lost', 'b is not as it was stored']);
});

test('a latch is what was said to be stored, or what was asked for since', () => {
  const line = (state: GuardLine['state'], since: string, stored = true): GuardLine => ({
    ...{ kind: 'guard', state, since, stored, halted: null, closed: null, orders: 0 },
  });
  const after = (...steps: readonly ((ledger: LatchLedger) => void)[]) => {
    const ledger = new LatchLedger();
    ledger.said(line('armed', '1'));
    for (const step of steps) step(ledger);
    return (state: GuardLine['state'], at: string, cause = ''): number => ledger.compare({ state, at, cause }).length;
  };
  const press = (ledger: LatchLedger): void => ledger.asked('tripped');
  const rearm = (ledger: LatchLedger): void => ledger.asked('prep', 'armed');
  const says = (of: GuardLine) => (ledger: LatchLedger) => ledger.said(of);

  assert.equal(after()('armed', '1'), 0);
  assert.equal(after()('tripped', '2'), 1, 'nobody asked for it');
  assert.equal(after(press)('armed', '1'), 0, 'not acknowledged');
  assert.equal(after(press, says(line('armed', '1')))('tripped', '2'), 0, 'the guard has not noticed yet');
  assert.equal(after(press, says(line('tripped', '2', false)))('armed', '1'), 0, 'not stored');
  assert.equal(after(press, says(line('tripped', '2')))('armed', '1'), 1, 'a halt that was stored is lost');
  assert.equal(after(press, says(line('tripped', '2')))('tripped', '3'), 1, 'another one');
  assert.equal(after(press, says(line('tripped', '2')), rearm)('prep', '3'), 0);
  assert.equal(after(press, says(line('tripped', '2')))('tripped', '', 'the latch cannot be read: half'), 1);
});
