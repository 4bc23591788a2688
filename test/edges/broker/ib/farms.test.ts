import assert from 'node:assert/strict';
import { test } from 'node:test';
import { Farms } from '../../../../agent/edges/broker/ib/farms.ts';

const broken = (name: string): string => `Market data farm connection is broken:${name}`;
const back = (name: string): string => `Market data farm connection is OK:${name}`;

test('a farm is lost until that farm is back', () => {
  const farms = new Farms();
  assert.equal(farms.lost, null);
  farms.heard(2103, broken('usopt'));
  farms.heard(2103, broken('usfarm'));
  assert.equal(farms.lost, 'market data farm down: usopt, usfarm');
  assert.equal(farms.heard(2104, back('usopt')), true);
  assert.equal(farms.heard(2104, back('usfuture')), false);
  assert.equal(farms.lost, 'market data farm down: usfarm');
  farms.heard(2104, back('usfarm'));
  assert.equal(farms.lost, null);
});

test('farms that nothing here is quoted by do not count, one without a name does', () => {
  const farms = new Farms();
  for (const name of ['eufarm', 'hfarm', 'jfarm', 'cafarm', 'cashfarm', 'usbond', 'usfuture']) {
    farms.heard(2103, broken(name));
  }
  assert.equal(farms.lost, null);
  farms.heard(2103, 'Market data farm connection is broken');
  assert.equal(farms.lost, 'market data farm down: not named');
  assert.equal(farms.heard(2104, back('usopt')), true);
  assert.equal(farms.lost, null);
});

test('an inactive farm is there on demand, and other codes and a new session change nothing by themselves', () => {
  const farms = new Farms();
  farms.heard(2103, broken('usopt'));
  farms.heard(2106, 'HMDS data farm connection is OK:usopt');
  assert.notEqual(farms.lost, null);
  assert.equal(
    farms.heard(2108, 'Market data farm connection is inactive but should be available upon demand.usopt'),
    false,
  );
  assert.equal(farms.lost, null);
  farms.heard(2103, broken('usopt'));
  farms.reset();
  assert.equal(farms.lost, null);
});
