import assert from 'node:assert/strict';
import { test } from 'node:test';
import * as account from '../../../agent/ground/wire/account-messages.ts';
import * as contracts from '../../../agent/ground/wire/contract-messages.ts';
import * as executions from '../../../agent/ground/wire/execution-messages.ts';
import * as history from '../../../agent/ground/wire/history-messages.ts';
import * as market from '../../../agent/ground/wire/market-data-messages.ts';
import { encodeCompletedOrder, encodeOpenOrder, type OrderReport } from '../../../agent/ground/wire/open-order.ts';
import * as orders from '../../../agent/ground/wire/order-messages.ts';
import * as session from '../../../agent/ground/wire/session-messages.ts';
import { clientReads, fieldsOf, VERSIONS } from './stoqey-codec.ts';

const OPTION = {
  conId: 7001,
  symbol: 'SPY',
  secType: 'OPT',
  lastTradeDate: '20261218',
  strike: 650,
  right: 'P',
  multiplier: '100',
  exchange: 'SMART',
  primaryExchange: '',
  currency: 'USD',
  localSymbol: 'SPY   261218P00650000',
  tradingClass: 'SPY',
} as const;
const BAG = {
  ...OPTION,
  conId: 28812380,
  secType: 'BAG',
  lastTradeDate: '',
  strike: 0,
  right: '',
  multiplier: '',
} as const;
const LEGS = [
  { conId: 7001, ratio: 1, action: 'SELL', exchange: 'SMART' },
  { conId: 7002, ratio: 2, action: 'BUY', exchange: 'SMART' },
];
const ORDER: OrderReport = {
  orderId: 12,
  clientId: 3,
  permId: 2_000_000_001,
  contract: OPTION,
  legs: [],
  action: 'SELL',
  quantity: 2,
  orderType: 'LMT',
  limitPrice: 1.23,
  timeInForce: 'DAY',
  account: 'DU1',
  orderRef: 'entry-1',
  outsideRth: false,
  status: 'Submitted',
  whatIf: null,
};
const COMPLETED = {
  ...ORDER,
  status: 'Filled',
  filled: 2,
  completedTime: '20261120 10:00:00 US/Eastern',
  completedStatus: 'Filled Size: 2',
};
const DETAILS = {
  contract: OPTION,
  marketName: 'SPY',
  minTick: 0.01,
  orderTypes: 'LMT,MKT',
  validExchanges: 'SMART,CBOE',
  underlyingConId: 756733,
  longName: 'S&P 500 é',
  contractMonth: '202612',
  industry: '',
  category: '',
  subcategory: '',
  timeZone: 'US/Eastern',
  tradingHours: '20261120:0930-20261120:1600',
  liquidHours: '20261120:0930-20261120:1600',
  underlyingSymbol: 'SPY',
  underlyingSecType: 'STK',
  marketRuleIds: '26,26',
  realExpiration: '20261218',
  stockType: '',
};
const EXECUTION = {
  orderId: 12,
  contract: OPTION,
  execId: '0000e0d5.1.01.01',
  time: '20261120 10:00:05 US/Eastern',
  account: 'DU1',
  exchange: 'CBOE',
  side: 'SLD',
  shares: 2,
  price: 1.23,
  permId: 9,
  clientId: 3,
  cumulative: 2,
  averagePrice: 1.23,
  orderRef: 'entry-1',
} as const;

type Loose = Record<string, unknown>;

function argsOf(version: number, frame: Buffer): unknown[] {
  const events = clientReads(version, frame);
  assert.equal(events.length, 1);
  return [...(events[0]?.args ?? [])];
}

test('token counts of orders, executions and contracts are those of the protocol', () => {
  const counts = (version: number) =>
    [
      encodeOpenOrder(ORDER, version),
      encodeOpenOrder({ ...ORDER, contract: BAG, legs: LEGS }, version),
      encodeCompletedOrder(COMPLETED, version),
      contracts.encodeContractDetails(1, DETAILS, version),
      executions.encodeExecution(-1, EXECUTION, version),
    ].map((frame) => fieldsOf(frame).length);
  assert.deepEqual(counts(178), [135, 151, 100, 40, 32]);
  assert.deepEqual(counts(193), [141, 157, 102, 42, 32]);
});

test('token counts of messages without versions are those of the protocol', () => {
  const status = { ...ORDER, filled: 0, remaining: 2, averagePrice: 0, parentId: 0, lastPrice: 0 };
  const position = { account: 'DU1', contract: OPTION, quantity: -2, averageCost: 123 };
  const value = { ...position, position: -2, marketPrice: 1, marketValue: -200, unrealized: 46, realized: 0 };
  const commission = { execId: 'x', commission: 0.65, realized: null };
  const tick = { requestId: 1, tickType: 1, price: 1, size: 2, attributes: 0 };
  const frames = [
    orders.encodeOrderStatus(status),
    account.encodePosition(position),
    account.encodePortfolioValue(value),
    executions.encodeCommission(commission),
    market.encodeTickPrice(tick),
  ];
  assert.deepEqual(
    frames.map((frame) => fieldsOf(frame).length),
    [12, 16, 20, 8, 7],
  );
});

test('an open order arrives at every version as it was told', () => {
  for (const version of VERSIONS) {
    const [orderId, contract, order, state] = argsOf(version, encodeOpenOrder(ORDER, version)) as [
      number,
      Loose,
      Loose,
      Loose,
    ];
    assert.equal(orderId, 12);
    assert.deepEqual(
      [contract.conId, contract.symbol, contract.strike, contract.right, contract.multiplier, contract.tradingClass],
      [7001, 'SPY', 650, 'P', 100, 'SPY'],
    );
    assert.deepEqual([order.action, order.totalQuantity, order.lmtPrice, order.tif], ['SELL', 2, 1.23, 'DAY']);
    assert.deepEqual(
      [order.account, order.orderRef, order.clientId, order.permId],
      ['DU1', 'entry-1', 3, 2_000_000_001],
    );
    assert.deepEqual([order.clearingIntent, order.ocaType, order.deltaNeutralOrderType], ['IB', 3, 'None']);
    assert.deepEqual([order.dontUseAutoPriceForHedge, order.minCompeteSize], [true, 100]);
    assert.deepEqual([order.whatIf, state.status, state.initMarginAfter], [false, 'Submitted', undefined]);
    assert.deepEqual([state.commission, state.commissionCurrency, state.warningText], [undefined, '', '']);
  }
});

test('a combo order arrives with its legs and a negative limit', () => {
  for (const version of VERSIONS) {
    const frame = encodeOpenOrder({ ...ORDER, contract: BAG, legs: LEGS, limitPrice: -0.85 }, version);
    const [, contract, order] = argsOf(version, frame) as [number, Loose, Loose];
    const legs = contract.comboLegs as Loose[];
    assert.deepEqual(
      legs.map((leg) => [leg.conId, leg.ratio, leg.action, leg.exchange]),
      LEGS.map((leg) => [leg.conId, leg.ratio, leg.action, leg.exchange]),
    );
    assert.deepEqual([order.lmtPrice, contract.right, contract.secType], [-0.85, undefined, 'BAG']);
  }
});

test('a what-if arrives with margins before, after and the change', () => {
  const margins = { initialBefore: 100, maintenanceBefore: 80, equityBefore: 1000 };
  const after = { initialAfter: 300.1, maintenanceAfter: 200, equityAfter: 999.35, commission: 0.65 };
  for (const version of VERSIONS) {
    const frame = encodeOpenOrder({ ...ORDER, status: 'PreSubmitted', whatIf: { ...margins, ...after } }, version);
    const [, , order, state] = argsOf(version, frame) as [number, Loose, Loose, Loose];
    assert.equal(order.whatIf, true);
    assert.deepEqual(
      [
        state.initMarginBefore,
        state.initMarginChange,
        state.initMarginAfter,
        state.equityWithLoanChange,
        state.commission,
      ],
      [100, 200.1, 300.1, -0.65, 0.65],
    );
  }
});

test('a completed order arrives at every version as it was told', () => {
  for (const version of VERSIONS) {
    const [contract, order, state] = argsOf(version, encodeCompletedOrder(COMPLETED, version)) as [Loose, Loose, Loose];
    assert.deepEqual(
      [contract.conId, order.permId, order.filledQuantity, order.orderRef],
      [7001, 2_000_000_001, 2, 'entry-1'],
    );
    assert.deepEqual([state.status, state.completedStatus], ['Filled', 'Filled Size: 2']);
    assert.equal(state.completedTime, '20261120 10:00:00 US/Eastern');
  }
});

test('contract details arrive at every version as they were told', () => {
  for (const version of VERSIONS) {
    const [id, details] = argsOf(version, contracts.encodeContractDetails(4, DETAILS, version)) as [number, Loose];
    const contract = details.contract as Loose;
    assert.deepEqual(
      [id, contract.conId, contract.strike, contract.right, contract.multiplier],
      [4, 7001, 650, 'P', 100],
    );
    assert.deepEqual(
      [contract.lastTradeDateOrContractMonth, contract.localSymbol],
      ['20261218', DETAILS.contract.localSymbol],
    );
    assert.deepEqual([details.minTick, details.underConId, details.longName], [0.01, 756733, 'S&P 500 é']);
    assert.deepEqual([details.marketRuleIds, details.underSymbol, details.timeZoneId], ['26,26', 'SPY', 'US/Eastern']);
    assert.deepEqual([details.minSize, details.realExpirationDate, details.contractMonth], [1, '20261218', '202612']);
  }
});

test('executions and commissions arrive as they were told', () => {
  for (const version of VERSIONS) {
    const [id, contract, execution] = argsOf(version, executions.encodeExecution(-1, EXECUTION, version)) as [
      number,
      Loose,
      Loose,
    ];
    assert.deepEqual([id, contract.conId, execution.execId, execution.side], [-1, 7001, EXECUTION.execId, 'SLD']);
    assert.deepEqual(
      [execution.shares, execution.price, execution.cumQty, execution.orderRef],
      [2, 1.23, 2, 'entry-1'],
    );
    assert.deepEqual(
      [execution.permId, execution.clientId, execution.acctNumber, execution.lastLiquidity],
      [9, 3, 'DU1', 1],
    );
  }
  const [report] = argsOf(193, executions.encodeCommission({ execId: 'x', commission: 0.65, realized: null })) as [
    Loose,
  ];
  assert.deepEqual(
    [report.execId, report.commission, report.currency, report.realizedPNL],
    ['x', 0.65, 'USD', undefined],
  );
});

test('ticks arrive as they were told, and greeks that were not computed as nothing', () => {
  const tick = { requestId: 1, tickType: 2, price: -1, size: 0, attributes: 1 };
  assert.deepEqual(
    clientReads(193, market.encodeTickPrice(tick)).map((event) => event.args),
    [
      [1, 2, -1, true],
      [1, 3, 0],
    ],
  );
  assert.deepEqual(argsOf(193, market.encodeTickSize(1, 0, 12)), [1, 0, 12]);
  const values = {
    impliedVolatility: 0.2,
    delta: -0.3,
    price: 1.2,
    presentDividend: 0,
    gamma: 0.01,
    vega: 0.1,
    theta: -0.05,
    underlying: 651,
  };
  assert.deepEqual(
    argsOf(193, market.encodeOptionComputation(2, 13, values)).slice(3),
    [0.2, -0.3, 1.2, 0, 0.01, 0.1, -0.05, 651],
  );
  const none = {
    impliedVolatility: null,
    delta: null,
    price: null,
    presentDividend: null,
    gamma: null,
    vega: null,
    theta: null,
    underlying: null,
  };
  assert.deepEqual(argsOf(193, market.encodeOptionComputation(2, 13, none)).slice(3), new Array(8).fill(undefined));
  assert.deepEqual(argsOf(193, market.encodeTickString(1, 45, '1763640000')), [1, 45, '1763640000']);
  assert.deepEqual(argsOf(193, market.encodeTickGeneric(1, 49, 0)), [1, 49, 0]);
  assert.deepEqual(argsOf(193, market.encodeTickRequestParameters(1, 0.01)), [1, 0, '9c0001', 3]);
});

test('account messages arrive as they were told', () => {
  const value = { key: 'BuyingPower', value: '1000.00', currency: 'USD' };
  assert.deepEqual(argsOf(193, account.encodeAccountValue('DU1', value)), ['BuyingPower', '1000.00', 'USD', 'DU1']);
  assert.deepEqual(argsOf(193, account.encodeAccountSummary(5, 'DU1', value)), [
    5,
    'DU1',
    'BuyingPower',
    '1000.00',
    'USD',
  ]);
  const multi = account.encodeAccountUpdateMulti({ requestId: 6, modelCode: '' }, 'DU1', value);
  assert.deepEqual(argsOf(193, multi), [6, 'DU1', '', 'BuyingPower', '1000.00', 'USD']);
  const position = account.encodePosition({ account: 'DU1', contract: OPTION, quantity: -2, averageCost: 123 });
  const [name, , quantity, cost] = argsOf(193, position);
  assert.deepEqual([name, quantity, cost], ['DU1', -2, 123]);
  assert.deepEqual(argsOf(193, account.encodePnl(1, { daily: null, unrealized: -2.5, realized: 0 })), [
    1,
    undefined,
    -2.5,
    0,
  ]);
  const single = { position: -2, value: null, daily: null, unrealized: 1, realized: 2 };
  assert.deepEqual(argsOf(193, account.encodePnlSingle(1, single)), [1, -2, undefined, 1, 2, undefined]);
});

test('history, chains, rules and samples arrive as they were told', () => {
  const bar = { date: '20261119', open: 1, high: 4, low: 0.5, close: 3, volume: 100, average: 2, count: 9 };
  const bars = clientReads(193, history.encodeHistoricalData({ requestId: 1, start: 'a', end: 'b', bars: [bar] }));
  assert.deepEqual(bars[0]?.args, [1, '20261119', 1, 4, 0.5, 3, 100, 9, 2, undefined]);
  assert.equal(bars[1]?.args[1], 'finished-a-b');
  assert.deepEqual(argsOf(193, history.encodeHistoricalDataUpdate(1, bar)), [1, '20261119', 1, 4, 0.5, 3, 100, 9, 2]);
  const chain = {
    exchange: 'SMART',
    underlyingConId: 5,
    tradingClass: 'SPY',
    multiplier: '100',
    expirations: ['20261218'],
    strikes: [640, 650],
  };
  assert.deepEqual(argsOf(193, contracts.encodeOptionParameters(1, chain)), [
    1,
    'SMART',
    5,
    'SPY',
    100,
    ['20261218'],
    [640, 650],
  ]);
  const rule = contracts.encodeMarketRule(32, [
    { from: 0, increment: 0.01 },
    { from: 3, increment: 0.05 },
  ]);
  assert.deepEqual(argsOf(193, rule), [
    32,
    [
      { lowEdge: 0, increment: 0.01 },
      { lowEdge: 3, increment: 0.05 },
    ],
  ]);
  const sample = { contract: OPTION, derivatives: ['OPT'], description: 'SPDR' };
  const [, found] = argsOf(193, contracts.encodeSymbolSamples(1, [sample])) as [number, Loose[]];
  assert.deepEqual(found[0]?.derivativeSecTypes, ['OPT']);
});

test('errors with the id -1 arrive as info, others as errors, with their text unescaped', () => {
  assert.deepEqual(clientReads(193, session.encodeError(-1, 2104, 'farm é')), [
    { event: 'info', args: ['farm é', 2104] },
  ]);
  assert.deepEqual(clientReads(193, session.encodeError(7, 201, 'no'))[0]?.args, ['no', 201, 7]);
  assert.deepEqual(argsOf(193, session.encodeUserInfo(1, 'x')), [1, 'x']);
  assert.deepEqual(argsOf(193, orders.encodeOrderBound(1, 2, 3)), [1, 2, 3]);
});
