import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { guardLimits } from '../../agent/compose/guard-limits.ts';
import { loadConfiguration } from '../../agent/config/load.ts';
import type { Settings } from '../../agent/config/schema.ts';
import type { Security } from '../../agent/ground/wire/broker-reports.ts';
import { bodyOf, encodeFrame } from '../../agent/ground/wire/frame.ts';
import { Positions } from '../../agent/ground/wire/positions.ts';
import { Cover } from '../../agent/guard/cover.ts';
import { OrderCheck } from '../../agent/guard/order-check.ts';
import { orderFields } from '../guard/order-frames.ts';
import { ACCOUNT } from '../guard/rig.ts';

const DEFAULTS = await defaults();

async function defaults(): Promise<Settings> {
  const checked = await loadConfiguration(null);
  assert.ok(checked.ok);
  return checked.value.settings;
}

interface Wish {
  readonly maxOrdersPerDay: number;
  readonly maxContractsPerOrder: number;
  readonly priceSteps: number;
  readonly total: number;
  readonly perSymbol: number;
}

function limitsOf({ maxOrdersPerDay, maxContractsPerOrder, priceSteps, total, perSymbol }: Wish) {
  const { broker, risk, orders } = DEFAULTS;
  return guardLimits({
    ...DEFAULTS,
    broker: { ...broker, account: ACCOUNT },
    orders: { ...orders, priceSteps },
    risk: {
      ...risk,
      ...{ maxOrdersPerDay, maxContractsPerOrder },
      ...{ maxSecuredTotalDollars: total, maxSecuredPerSymbolDollars: perSymbol },
    },
  });
}

interface Sale {
  readonly strike: number;
  readonly quantity: number;
}

/** The guard's own check of orders, on these limits. */
function guardOn(wish: Wish, changes: object = {}) {
  const trips: string[] = [];
  const positions = new Positions();
  positions.ask({ send: () => true });
  const limits = { ...limitsOf(wish), ...changes };
  const [symbol = ''] = limits.symbols;
  const put = (strike: number): Security => ({
    ...{ conId: strike, symbol, secType: 'OPT', right: 'P', strike, multiplier: 100 },
  });
  const check = new OrderCheck({
    ...{ cover: new Cover(positions), limits: { value: limits }, closed: () => null },
    journal: { today: { date: '', orders: 0, contracts: 0, notional: 0 } },
    questions: { contracts: async (ids) => new Map(ids.map((conId) => [conId, put(conId)])) },
    trip: (cause) => trips.push(cause),
  });
  const send = async ({ strike, quantity }: Sale): Promise<boolean> => {
    const fields = orderFields({ conId: strike, quantity, limit: 1 }, { symbol });
    return (await check.judge(bodyOf(encodeFrame(fields)), 178)).refused === null;
  };
  return { send, trips };
}

/** Orders whose cash fits beside each other, as the rules of the risk check let them. */
function decided(wish: Wish, wanted: readonly Sale[]): { readonly sale: Sale; readonly refused: boolean }[] {
  let claimed = 0;
  return wanted.flatMap((sale, index) => {
    const cash = sale.strike * 100 * sale.quantity;
    if (cash > wish.perSymbol || claimed + cash > wish.total || sale.quantity > wish.maxContractsPerOrder) return [];
    const refused = index % 3 === 2;
    if (!refused) claimed += cash;
    return [{ sale, refused }];
  });
}

const sale = fc.record({ strike: fc.integer({ min: 5, max: 600 }), quantity: fc.integer({ min: 1, max: 4 }) });
const wishes = fc.record({
  maxOrdersPerDay: fc.integer({ min: 1, max: 6 }),
  maxContractsPerOrder: fc.integer({ min: 1, max: 4 }),
  priceSteps: fc.integer({ min: 0, max: 4 }),
  total: fc.integer({ min: 500, max: 200_000 }),
  perSymbol: fc.integer({ min: 500, max: 300_000 }),
});

test('no day within our own rules trips the guard, whatever is refused and however far prices go', async () => {
  await fc.assert(
    fc.asyncProperty(wishes, fc.array(sale, { maxLength: 30 }), async (wish, wanted) => {
      // A day in a moment.
      const { send, trips } = guardOn(wish, { ordersPerMinute: 1_000 });
      const orders = decided(wish, wanted).slice(0, wish.maxOrdersPerDay);
      for (let attempt = 0; attempt <= wish.priceSteps; attempt += 1) {
        for (const { sale: one, refused } of orders) if (attempt === 0 || !refused) await send(one);
      }
      assert.deepEqual(trips, []);
    }),
    { numRuns: 200 },
  );
});

test('there is room for every step of the price of every order, within a minute for three, and not for one order more', async () => {
  for (const priceSteps of [0, 2]) {
    const wish = { maxOrdersPerDay: 2, maxContractsPerOrder: 3, priceSteps, total: 60_000, perSymbol: 30_000 };
    const { send, trips } = guardOn(wish);
    for (let frame = 0; frame < 2 * (priceSteps + 1); frame += 1) assert.ok(await send({ strike: 100, quantity: 3 }));
    assert.ok(!(await send({ strike: 100, quantity: 1 })));
    assert.equal(trips.length, 1);
  }
});

test('one order is as large as our own rules let it be, and no larger', async () => {
  const wish = { maxOrdersPerDay: 2, maxContractsPerOrder: 3, priceSteps: 1, total: 60_000, perSymbol: 30_000 };
  for (const large of [
    { strike: 10, quantity: 4 },
    { strike: 101, quantity: 3 },
  ]) {
    assert.ok(!(await guardOn(wish).send(large)));
  }
});

test('of the largest settings there are limits that the guard takes', () => {
  const most = { maxOrdersPerDay: 1_000, maxContractsPerOrder: 1_000, priceSteps: 20, total: 1e9, perSymbol: 1e9 };
  const { contractsPerDay, ordersPerDay, notionalPerDay } = limitsOf(most);
  assert.ok(contractsPerDay <= 1_000_000 && ordersPerDay <= 1_000_000 && notionalPerDay <= 1e9);
});
