import type { PlaceOrder } from '../../../ground/wire/place-order.ts';
import type { Refusal } from '../book.ts';

const ORDER_TYPES = new Set(['LMT', 'MKT']);
const TIMES_IN_FORCE = new Set(['', 'DAY', 'GTC', 'IOC']);

/** What an order asks that this exchange does not do, as its refusal; null when it does all of it. */
export function unsupported(order: PlaceOrder): Refusal | null {
  if (!ORDER_TYPES.has(order.orderType)) {
    return { code: 387, text: `Unsupported order type for this exchange and security type: "${order.orderType}"` };
  }
  if (!TIMES_IN_FORCE.has(order.timeInForce)) return refused(`time in force ${order.timeInForce}`);
  const asked = FEATURES.find(([, uses]) => uses(order));
  return asked === undefined ? null : refused(asked[0]);
}

function refused(what: string): Refusal {
  return { code: 321, text: `Error validating request: cause - this exchange does not offer ${what}` };
}

const FEATURES: readonly (readonly [what: string, uses: (order: PlaceOrder) => boolean])[] = [
  ['one-cancels-all groups', (order) => order.ocaGroup !== ''],
  ['orders with a parent', (order) => order.parentId !== 0],
  ['algorithms', (order) => order.algoStrategy !== '' || order.algoId !== ''],
  ['conditions', (order) => order.conditions.list.length > 0],
  ['hedging orders', (order) => order.hedgeType !== ''],
  ['scale orders', ({ scale }) => isSet(scale.initLevelSize, scale.subsLevelSize, scale.priceIncrement)],
  [
    'scale tables and activation times',
    ({ scale }) => scale.table + scale.activeStartTime + scale.activeStopTime !== '',
  ],
  ['delta-neutral orders', (order) => isDeltaNeutral(order)],
  ['volatility orders', ({ volatility }) => isSet(volatility.volatility)],
  ['trailing orders', (order) => isSet(order.trailStopPrice, order.trailingPercent)],
  ['stop and touch prices', (order) => isSet(order.auxPrice)],
  ['adjusted orders', (order) => !isNone(order.adjustedOrderType) || isSet(order.triggerPrice)],
  ['hidden and iceberg orders', (order) => order.hidden || isSet(order.displaySize)],
  ['all-or-none and minimum quantities', (order) => order.allOrNone || isSet(order.minQuantity)],
  ['discretionary amounts', (order) => order.discretionaryAmount !== 0 || order.discretionaryUpToLimitPrice],
  ['orders with a start or end time', (order) => order.goodAfterTime !== '' || order.goodTillDate !== ''],
  ['durations', (order) => isSet(order.duration)],
  ['allocation to groups and models', (order) => order.faGroup + order.faMethod + order.modelCode !== ''],
  ['quantities in cash', (order) => isSet(order.cashQuantity)],
  ['price caps and offsets', (order) => isSet(order.nbboPriceCap, order.percentOffset)],
  ['auctions', (order) => order.auctionStrategy !== 0],
  ['block and sweep orders', (order) => order.blockOrder || order.sweepToFill],
  ['randomized orders', (order) => order.randomizeSize || order.randomizePrice],
  ['order containers', (order) => order.isOmsContainer],
  ['leg prices', ({ combo }) => combo?.legPrices.some((price) => price !== null) === true],
];

function isDeltaNeutral(order: PlaceOrder): boolean {
  return !isNone(order.volatility.deltaNeutralOrderType) || order.deltaNeutralContract !== null;
}

function isSet(...values: readonly (number | null)[]): boolean {
  return values.some((value) => value !== null && value !== 0);
}

function isNone(text: string): boolean {
  return text === '' || text.toUpperCase() === 'NONE';
}
