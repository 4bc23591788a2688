import assert from 'node:assert/strict';
import { test } from 'node:test';
import { bodyOf } from '../../../agent/ground/wire/frame.ts';
import { encodeLimitOrder } from '../../../agent/ground/wire/limit-order.ts';
import { decodePlaceOrder } from '../../../agent/ground/wire/place-order.ts';
import { clientBody, fieldsOf, VERSIONS } from './stoqey-codec.ts';

const ORDER = {
  ...{ orderId: 42, conId: 7001, symbol: 'SPY', quantity: 2, limit: '1.23' },
  action: 'BUY',
  ...{ account: 'DU1', orderRef: 'guard:x' },
} as const;
const CONTRACT = { conId: 7001, symbol: 'SPY', secType: 'OPT', exchange: 'SMART', currency: 'USD' };
const SAME = {
  ...{ action: 'BUY', totalQuantity: 2, orderType: 'LMT', lmtPrice: 1.23, tif: 'DAY', account: 'DU1' },
  // The client leaves these two out, which means the same.
  ...{ orderRef: 'guard:x', transmit: true, displaySize: 0, exemptCode: -1 },
};

test('a limit order reads as the one that the real client sends, at every version', () => {
  for (const version of VERSIONS) {
    const ours = decodePlaceOrder(bodyOf(encodeLimitOrder(ORDER, version)), version);
    const theirs = decodePlaceOrder(clientBody(version, 'placeOrder', 42, CONTRACT, SAME), version);
    assert.deepEqual(ours, theirs, String(version));
  }
});

test('its token counts are those of the protocol, and it is transmitted', () => {
  assert.equal(fieldsOf(encodeLimitOrder(ORDER, 178)).length, 114);
  assert.equal(fieldsOf(encodeLimitOrder(ORDER, 193)).length, 118);
  assert.equal(decodePlaceOrder(bodyOf(encodeLimitOrder(ORDER, 193)), 193).transmit, true);
});
