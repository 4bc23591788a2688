import assert from 'node:assert/strict';
import { test } from 'node:test';
import {
  ConjunctionConnection,
  ExecutionCondition,
  MarginCondition,
  type Order,
  PercentChangeCondition,
  PriceCondition,
  SecType,
  TimeCondition,
  VolumeCondition,
} from '@stoqey/ib';
import fc from 'fast-check';
import { decodePlaceOrder, orderIdOf } from '../../../agent/ground/wire/place-order.ts';
import { bodyFrom, clientBody, VERSIONS } from './stoqey-codec.ts';

const OPTION = {
  conId: 7001,
  symbol: 'SPY',
  secType: 'OPT',
  lastTradeDateOrContractMonth: '20261218',
  strike: 650.5,
  right: 'P',
  multiplier: 100,
  exchange: 'SMART',
  currency: 'USD',
  tradingClass: 'SPY',
};
const LEG = { ratio: 1, exchange: 'SMART', openClose: 0, shortSaleSlot: 0, designatedLocation: '', exemptCode: -1 };
const BAG = {
  symbol: 'SPY',
  secType: 'BAG',
  exchange: 'SMART',
  currency: 'USD',
  comboLegs: [
    { ...LEG, conId: 7001, action: 'SELL' },
    { ...LEG, conId: 7002, action: 'BUY' },
  ],
};
const LIMIT = {
  action: 'SELL',
  totalQuantity: 2,
  orderType: 'LMT',
  lmtPrice: 1.23,
  tif: 'DAY',
  account: 'DU1',
  orderRef: 'entry-1',
  transmit: true,
} as Order;

const decoded = (version: number, contract: object, order: object) =>
  decodePlaceOrder(clientBody(version, 'placeOrder', 42, contract, order), version);
const fieldCount = (body: Buffer) => body.toString().split('\0').length - 1;

test('token counts of placeOrder are those of the protocol', () => {
  const count = (version: number, contract: object) =>
    fieldCount(clientBody(version, 'placeOrder', 1, contract, LIMIT));
  assert.deepEqual([count(178, OPTION), count(178, BAG), count(193, OPTION), count(193, BAG)], [114, 133, 118, 137]);
});

test('a plain option order is read alike at every version', () => {
  for (const version of VERSIONS) {
    const order = decoded(version, OPTION, LIMIT);
    assert.equal(order.orderId, 42);
    assert.deepEqual(order.contract, {
      conId: 7001,
      symbol: 'SPY',
      secType: 'OPT',
      lastTradeDate: '20261218',
      strike: 650.5,
      right: 'P',
      multiplier: '100',
      exchange: 'SMART',
      primaryExchange: '',
      currency: 'USD',
      localSymbol: '',
      tradingClass: 'SPY',
    });
    assert.deepEqual(
      [order.action, order.totalQuantity, order.orderType, order.limitPrice, order.timeInForce, order.account],
      ['SELL', 2, 'LMT', 1.23, 'DAY', 'DU1'],
    );
    assert.deepEqual([order.orderRef, order.transmit, order.whatIf, order.auxPrice], ['entry-1', true, false, null]);
  }
});

test('transmit left out is "do not transmit"', () => {
  assert.equal(decoded(193, OPTION, { ...LIMIT, transmit: undefined }).transmit, false);
});

test('a combo keeps its legs, leg prices, routing and negative limit', () => {
  for (const version of VERSIONS) {
    const order = decoded(version, BAG, {
      ...LIMIT,
      action: 'BUY',
      lmtPrice: -0.85,
      orderComboLegs: [{ price: 1.1 }, { price: undefined }],
      smartComboRoutingParams: [{ tag: 'NonGuaranteed', value: '1' }],
    });
    assert.equal(order.limitPrice, -0.85);
    assert.deepEqual(
      order.combo?.legs.map((leg) => [leg.conId, leg.ratio, leg.action, leg.exchange, leg.exemptCode]),
      [
        [7001, 1, 'SELL', 'SMART', -1],
        [7002, 1, 'BUY', 'SMART', -1],
      ],
    );
    assert.deepEqual(order.combo?.legPrices, [1.1, null]);
    assert.deepEqual(order.combo?.smartRouting, [{ tag: 'NonGuaranteed', value: '1' }]);
  }
});

test('every optional block is read where it stands, at every version', () => {
  const all = {
    ...LIMIT,
    deltaNeutralOrderType: 'LMT',
    deltaNeutralAuxPrice: 3,
    deltaNeutralConId: 9,
    deltaNeutralDesignatedLocation: 'X',
    hedgeType: 'B',
    hedgeParam: '1.5',
    algoStrategy: 'Adaptive',
    algoParams: [{ tag: 'adaptivePriority', value: 'Patient' }],
    scaleInitLevelSize: 5,
    scaleSubsLevelSize: 6,
    scalePriceIncrement: 0.05,
    scaleAutoReset: true,
    scaleInitFillQty: 7,
    conditions: [
      new PriceCondition(501.5, 2, 756733, 'SMART', true, ConjunctionConnection.AND),
      new TimeCondition('20261218 15:00:00 US/Eastern', false, ConjunctionConnection.OR),
      new MarginCondition(30, true, ConjunctionConnection.AND),
      new ExecutionCondition('SMART', SecType.STK, 'SPY', ConjunctionConnection.AND),
      new VolumeCondition(1_000_000, 756733, 'SMART', true, ConjunctionConnection.AND),
      new PercentChangeCondition(2.5, 756733, 'SMART', true, ConjunctionConnection.AND),
    ],
    conditionsIgnoreRth: true,
    conditionsCancelOrder: false,
    ocaGroup: 'G',
    parentId: 41,
    modelCode: 'M',
    goodTillDate: '20261218',
    cashQty: 1000,
    usePriceMgmtAlgo: true,
    duration: 60,
    manualOrderTime: 'T',
  };
  for (const version of VERSIONS) {
    const order = decoded(version, { ...OPTION, deltaNeutralContract: { conId: 3, delta: 0.5, price: 10 } }, all);
    assert.equal(order.volatility.deltaNeutralConId, 9);
    assert.equal(order.volatility.deltaNeutralDesignatedLocation, 'X');
    assert.deepEqual([order.hedgeType, order.hedgeParam], ['B', '1.5']);
    assert.deepEqual(order.algoParams, [{ tag: 'adaptivePriority', value: 'Patient' }]);
    assert.deepEqual(
      [order.scale.priceIncrement, order.scale.autoReset, order.scale.initFillQuantity],
      [0.05, true, 7],
    );
    assert.deepEqual(order.deltaNeutralContract, { conId: 3, delta: 0.5, price: 10 });
    assert.deepEqual(
      order.conditions.list.map((condition) => condition.kind),
      ['price', 'time', 'margin', 'execution', 'volume', 'percentChange'],
    );
    assert.deepEqual(order.conditions.list[0], {
      kind: 'price',
      join: 'a',
      isMore: true,
      value: '501.5',
      conId: 756733,
      exchange: 'SMART',
      secType: '',
      symbol: '',
      triggerMethod: 2,
    });
    assert.deepEqual([order.conditions.ignoreRegularHours, order.ocaGroup, order.parentId], [true, 'G', 41]);
    assert.deepEqual([order.cashQuantity, order.duration, order.manualOrderTime], [1000, 60, 'T']);
  }
});

test('pegged orders carry their own fields, offsets only up to the mid', () => {
  for (const version of VERSIONS) {
    const bench = decoded(version, OPTION, { ...LIMIT, orderType: 'PEG BENCH', referenceContractId: 5 });
    assert.equal(bench.pegBenchmark?.referenceContractId, 5);
    const best = {
      ...LIMIT,
      orderType: 'PEG BEST',
      minCompeteSize: 100,
      midOffsetAtWhole: 0.02,
      midOffsetAtHalf: 0.01,
    };
    const offset = decoded(version, { ...OPTION, exchange: 'IBKRATS' }, { ...best, competeAgainstBestOffset: 0.02 });
    assert.deepEqual(
      [offset.peg.minCompeteSize, offset.peg.competeOffset, offset.peg.midOffsetAtWhole],
      [100, 0.02, null],
    );
    const mid = decoded(version, OPTION, { ...best, competeAgainstBestOffset: Number.POSITIVE_INFINITY });
    assert.deepEqual([mid.peg.midOffsetAtWhole, mid.peg.midOffsetAtHalf], [0.02, 0.01]);
    const pegMid = decoded(version, OPTION, { ...LIMIT, orderType: 'PEG MID', midOffsetAtHalf: 0.01 });
    assert.equal(pegMid.peg.midOffsetAtHalf, 0.01);
  }
});

test('scale fields are found whether they follow an increment of zero or not', () => {
  const always = decoded(193, OPTION, { ...LIMIT, scalePriceIncrement: 0, scaleAutoReset: false });
  assert.deepEqual([always.scale.priceIncrement, always.orderRef, always.conditions.list.length], [0, 'entry-1', 0]);
  const plain = clientBody(193, 'placeOrder', 42, OPTION, LIMIT).toString().split('\0').slice(0, -1);
  const increment = plain.length - fieldsAfterScaleIncrement(plain);
  plain[increment] = '0';
  const skipped = decodePlaceOrder(bodyFrom(plain), 193);
  assert.deepEqual([skipped.scale.priceIncrement, skipped.scale.autoReset], [0, false]);
});

/** The increment is the only field that a defined increment changes, apart from the seven it brings. */
function fieldsAfterScaleIncrement(plain: readonly string[]): number {
  const scaled = clientBody(193, 'placeOrder', 42, OPTION, { ...LIMIT, scalePriceIncrement: 0.5 }).toString();
  return plain.length - scaled.split('\0').findIndex((field, i) => field !== plain[i]);
}

test('an order with a field too many, too few or of the wrong kind is refused, and its id is still known', () => {
  const fields = clientBody(193, 'placeOrder', 42, OPTION, LIMIT).toString().split('\0').slice(0, -1);
  for (const broken of [fields.slice(0, -1), [...fields, ''], fields.with(17, 'many'), fields.slice(0, 20)]) {
    assert.throws(() => decodePlaceOrder(bodyFrom(broken), 193), { code: 'layout' });
    assert.equal(orderIdOf(bodyFrom(broken)), 42);
  }
  assert.throws(() => decodePlaceOrder(clientBody(178, 'placeOrder', 42, OPTION, LIMIT), 193), { code: 'layout' });
});

test('random damage is refused or read, never more than that', () => {
  const fields = clientBody(193, 'placeOrder', 42, BAG, LIMIT).toString().split('\0').slice(0, -1);
  const damage = fc.array(fc.tuple(fc.nat(fields.length - 1), fc.oneof(fc.string(), fc.integer().map(String))), {
    maxLength: 5,
  });
  fc.assert(
    fc.property(damage, fc.integer({ min: 177, max: 193 }), (changes, version) => {
      const changed = [...fields];
      for (const [at, text] of changes) changed[at] = text;
      try {
        decodePlaceOrder(bodyFrom(changed), version);
      } catch (error) {
        assert.equal((error as { code: string }).code, 'layout');
      }
    }),
  );
});
