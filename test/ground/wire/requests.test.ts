import assert from 'node:assert/strict';
import { test } from 'node:test';
import {
  decodeAccountSummaryRequest,
  decodeAccountUpdatesMultiRequest,
  decodeAccountUpdatesRequest,
  decodePnlRequest,
  decodePnlSingleRequest,
} from '../../../agent/ground/wire/account-messages.ts';
import {
  decodeContractDetailsRequest,
  decodeMarketRuleRequest,
  decodeMatchingSymbolsRequest,
  decodeOptionParametersRequest,
} from '../../../agent/ground/wire/contract-messages.ts';
import { decodeExecutionsRequest } from '../../../agent/ground/wire/execution-messages.ts';
import { FieldReader } from '../../../agent/ground/wire/field-reader.ts';
import { messageId } from '../../../agent/ground/wire/frame.ts';
import {
  decodeHeadTimestampRequest,
  decodeHistoricalDataRequest,
} from '../../../agent/ground/wire/history-messages.ts';
import { decodeMarketDataRequest, decodeMarketDataType } from '../../../agent/ground/wire/market-data-messages.ts';
import { REQUEST } from '../../../agent/ground/wire/message-ids.ts';
import {
  decodeAutoOpenOrders,
  decodeCancelOrder,
  decodeCompletedOrdersRequest,
  decodeExerciseRequest,
} from '../../../agent/ground/wire/order-messages.ts';
import { decodeRequestId } from '../../../agent/ground/wire/session-messages.ts';
import { clientBody, VERSIONS } from './stoqey-codec.ts';

const OPTION = {
  symbol: 'TSLA',
  secType: 'OPT',
  lastTradeDateOrContractMonth: '20261218',
  strike: 400,
  right: 'C',
  exchange: 'SMART',
  currency: 'USD',
};
const BAG = {
  symbol: 'SPY',
  secType: 'BAG',
  exchange: 'SMART',
  currency: 'USD',
  comboLegs: [{ conId: 1, ratio: 2, action: 'BUY', exchange: 'SMART' }],
};

function fieldsOf(version: number, method: string, ...args: unknown[]): FieldReader {
  return new FieldReader(clientBody(version, method, ...args));
}

/** Decodes at every version and wants the same answer, with nothing left over. */
function always<T>(
  decode: (fields: FieldReader, version: number) => T,
  left: number,
  method: string,
  ...args: unknown[]
) {
  const answers = VERSIONS.map((version) => {
    const fields = fieldsOf(version, method, ...args);
    const answer = decode(fields, version);
    assert.equal(fields.remaining, left, `${method} at ${version}`);
    return answer;
  });
  for (const answer of answers) assert.deepEqual(answer, answers[0]);
  return answers[0] as T;
}

test('token counts of requests are those of the protocol', () => {
  const counts = (version: number) =>
    [
      fieldsOf(version, 'cancelOrder', 1, {}),
      fieldsOf(version, 'reqGlobalCancel', {}),
      fieldsOf(version, 'reqContractDetails', 1, OPTION),
      fieldsOf(version, 'reqMktData', 1, OPTION, '', false, false),
      fieldsOf(version, 'reqHistoricalData', 1, OPTION, '', '1 M', '1 day', 'TRADES', 1, 1, false),
    ].map((fields) => fields.count);
  assert.deepEqual(counts(178), [4, 2, 19, 20, 23]);
  assert.deepEqual(counts(193), [5, 3, 19, 20, 23]);
});

test('contract requests are read', () => {
  const details = always(decodeContractDetailsRequest, 0, 'reqContractDetails', 5, OPTION);
  assert.deepEqual([details.requestId, details.contract.strike, details.contract.right], [5, 400, 'C']);
  assert.deepEqual([details.contract.conId, details.contract.lastTradeDate], [0, '20261218']);
  const chain = always(decodeOptionParametersRequest, 0, 'reqSecDefOptParams', 6, 'SPY', '', 'STK', 756733);
  assert.deepEqual(chain, { requestId: 6, symbol: 'SPY', exchange: '', secType: 'STK', conId: 756733 });
  assert.equal(always(decodeMatchingSymbolsRequest, 0, 'reqMatchingSymbols', 7, 'sp').pattern, 'sp');
  assert.equal(always(decodeMarketRuleRequest, 0, 'reqMarketRule', 26), 26);
});

test('market data requests are read, combos and snapshots too', () => {
  const plain = always(decodeMarketDataRequest, 1, 'reqMktData', 8, OPTION, '100,101', false, false);
  assert.deepEqual([plain.requestId, plain.genericTicks, plain.snapshot], [8, ['100', '101'], false]);
  const combo = always(decodeMarketDataRequest, 1, 'reqMktData', 8, BAG, '', true, false);
  assert.deepEqual([combo.legs[0]?.ratio, combo.genericTicks, combo.snapshot], [2, [], true]);
  assert.equal(always(decodeMarketDataType, 0, 'reqMarketDataType', 3), 3);
});

test('history requests are read', () => {
  const args = [9, OPTION, '20261120 16:00:00 US/Eastern', '6 M', '1 day', 'TRADES', 1, 2, true];
  const history = always(decodeHistoricalDataRequest, 1, 'reqHistoricalData', ...args);
  assert.deepEqual([history.duration, history.barSize, history.whatToShow], ['6 M', '1 day', 'TRADES']);
  assert.deepEqual([history.regularHours, history.formatDate, history.keepUpToDate], [true, 2, true]);
  const head = always(decodeHeadTimestampRequest, 0, 'reqHeadTimestamp', 9, OPTION, 'TRADES', true, 1);
  assert.deepEqual([head.whatToShow, head.formatDate], ['TRADES', 1]);
});

test('account requests are read', () => {
  assert.deepEqual(always(decodeAccountUpdatesRequest, 0, 'reqAccountUpdates', true, 'DU1'), {
    subscribe: true,
    account: 'DU1',
  });
  const summary = always(decodeAccountSummaryRequest, 0, 'reqAccountSummary', 3, 'All', 'NetLiquidation, BuyingPower');
  assert.deepEqual(summary.tags, ['NetLiquidation', 'BuyingPower']);
  assert.equal(
    always(decodeAccountUpdatesMultiRequest, 0, 'reqAccountUpdatesMulti', 4, 'DU1', '', true).account,
    'DU1',
  );
  assert.equal(always(decodePnlRequest, 0, 'reqPnL', 5, 'DU1', '').requestId, 5);
  assert.equal(always(decodePnlSingleRequest, 0, 'reqPnLSingle', 6, 'DU1', '', 77).conId, 77);
  const filter = { clientId: 3, acctCode: 'DU1', symbol: 'SPY', side: 'BUY' };
  const executions = always(decodeExecutionsRequest, 0, 'reqExecutions', 7, filter);
  assert.deepEqual([executions.clientId, executions.symbol, executions.side], [3, 'SPY', 'BUY']);
});

test('order requests other than placeOrder are read', () => {
  for (const version of VERSIONS) {
    assert.equal(decodeCancelOrder(fieldsOf(version, 'cancelOrder', 12, {}), version), 12);
    assert.equal(messageId(clientBody(version, 'reqGlobalCancel', {})), REQUEST.globalCancel);
    const exercise = decodeExerciseRequest(fieldsOf(version, 'exerciseOptions', 4, OPTION, 1, 3, 'DU1', 1));
    assert.deepEqual([exercise.contract.symbol, exercise.action, exercise.quantity], ['TSLA', 1, 3]);
  }
  assert.equal(always(decodeAutoOpenOrders, 0, 'reqAutoOpenOrders', true), true);
  assert.equal(always(decodeCompletedOrdersRequest, 0, 'reqCompletedOrders', false), false);
});

test('ids of cancels stand behind a version or not', () => {
  const versioned = ['cancelMktData', 'cancelHistoricalData', 'cancelAccountSummary', 'cancelAccountUpdatesMulti'];
  for (const method of versioned) {
    assert.equal(
      always((fields) => decodeRequestId(fields, true), 0, method, 31),
      31,
    );
  }
  for (const method of ['cancelPnL', 'cancelPnLSingle', 'reqUserInfo', 'cancelHeadTimestamp']) {
    assert.equal(
      always((fields) => decodeRequestId(fields, false), 0, method, 32),
      32,
    );
  }
});
