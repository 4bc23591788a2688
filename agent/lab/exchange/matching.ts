import type { EpochMs } from '../../core/calendar/time.ts';
import type { Side } from '../../core/market/contract.ts';
import type { Money } from '../../core/market/money.ts';
import type { BookOrder, OrderLeg } from './book.ts';
import type { MarketQuote } from './market.ts';
import { hash, uniform } from './random.ts';

/** The quote of one leg and what earlier fills have left of it. `null` = no such side, or its size was not recorded. */
export interface LegMarket {
  readonly leg: OrderLeg;
  /** How often its price per share counts in the net price: ratio × multiplier ÷ the multiplier of the order. */
  readonly weight: number;
  readonly quote: MarketQuote;
  readonly bidTaken: number;
  readonly askTaken: number;
}

/** The market of a whole order, seen as buying one unit of it: a combo has one signed net bid and ask. */
interface NetMarket {
  readonly bid: number | null;
  readonly ask: number | null;
  /** Units that can be bought at the ask, sold at the bid. */
  readonly askSize: number;
  readonly bidSize: number;
}

export interface MatchFill {
  readonly quantity: number;
  readonly price: Money;
  readonly legPrices: readonly Money[];
}

/** What a recording without sizes is taken to hold on each side. */
const UNKNOWN_SIZE = 10;
const MINUTE_MS = 60_000;
/** Chance in a minute that somebody trades with an order inside the spread: see docs/decisions/simulated-fills.md. */
const AT_OWN_SIDE = 0.02;
const ACROSS = 0.48;
const MOST_OF_SIZE = 0.25;

/** Whether an order's legs could be traded at all: quoted in this session, not crossed. */
export function isTradable(legs: readonly LegMarket[], sessionOpen: EpochMs): boolean {
  return legs.every(({ quote }) => {
    const crossed = quote.bid !== null && quote.ask !== null && quote.bid > quote.ask;
    return !crossed && quote.quotedAt >= sessionOpen;
  });
}

export function isMarketable(order: BookOrder, legs: readonly LegMarket[]): boolean {
  const { side, type, limit } = order.request;
  const net = netMarket(legs);
  const touch = side === 'buy' ? net.ask : net.bid;
  if (touch === null) return false;
  if (type === 'MKT' || limit === null) return true;
  return side === 'buy' ? limit >= touch : limit <= touch;
}

/**
 * What of an order trades on these quotes, or `null`. A marketable order pays the touch, an order that has rested fills at
 * its own limit and never better, and one inside the spread fills by a seeded chance. Sizes limit all of it.
 */
export function matchOrder(
  order: BookOrder,
  legs: readonly LegMarket[],
  given: { readonly resting: boolean; readonly fills: number },
): MatchFill | null {
  const { side, limit, quantity } = order.request;
  const net = netMarket(legs);
  const remaining = quantity - order.filled;
  if (isMarketable(order, legs)) {
    const touch = (side === 'buy' ? net.ask : net.bid) as number;
    const count = Math.min(remaining, side === 'buy' ? net.askSize : net.bidSize);
    if (count <= 0) return null;
    const price = given.resting && limit !== null ? limit : touch;
    return fillAt(price, count, { side, legs, net });
  }
  const count = Math.min(remaining, chanceCount(order, net, { legs, fills: given.fills }));
  return count <= 0 || limit === null ? null : fillAt(limit, count, { side, legs, net });
}

/** A fill at a price that the market did not make; `null` when it cannot be split among the legs. */
export function fillAsPlanned(
  order: BookOrder,
  legs: readonly LegMarket[],
  wanted: { readonly price: Money; readonly quantity: number },
): MatchFill | null {
  return fillAt(wanted.price, wanted.quantity, { side: order.request.side, legs, net: netMarket(legs) });
}

function netMarket(legs: readonly LegMarket[]): NetMarket {
  let bid: number | null = 0;
  let ask: number | null = 0;
  let bidSize = Number.POSITIVE_INFINITY;
  let askSize = Number.POSITIVE_INFINITY;
  for (const { leg, weight, quote, bidTaken, askTaken } of legs) {
    const long = leg.side === 'buy';
    const sign = long ? weight : -weight;
    const toBuy = long ? quote.ask : quote.bid;
    const toSell = long ? quote.bid : quote.ask;
    ask = ask === null || toBuy === null ? null : ask + sign * toBuy;
    bid = bid === null || toSell === null ? null : bid + sign * toSell;
    const bids = Math.floor(((quote.bidSize ?? UNKNOWN_SIZE) - bidTaken) / leg.ratio);
    const asks = Math.floor(((quote.askSize ?? UNKNOWN_SIZE) - askTaken) / leg.ratio);
    askSize = Math.min(askSize, long ? asks : bids);
    bidSize = Math.min(bidSize, long ? bids : asks);
  }
  return { bid, ask, bidSize, askSize };
}

/** One draw a minute, whatever the number of snapshots in it: seldom quoted markets do not fill more often. */
function chanceCount(
  order: BookOrder,
  net: NetMarket,
  on: { readonly legs: readonly LegMarket[]; readonly fills: number },
): number {
  const { side, limit, timeInForce } = order.request;
  const { bid, ask } = net;
  if (limit === null || timeInForce === 'IOC' || bid === null || ask === null || !(ask > bid)) return 0;
  const [own, far] = side === 'buy' ? [bid, ask] : [ask, bid];
  const away = (limit - far) / (own - far);
  if (!(away > 0 && away <= 1)) return 0;
  const quotedAt = Math.max(...on.legs.map(({ quote }) => quote.quotedAt));
  const minute = Math.floor(quotedAt / MINUTE_MS);
  const chance = AT_OWN_SIDE + ACROSS * (1 - away) * (1 - away);
  if (uniform(order.permId, minute, on.fills) >= chance) return 0;
  const size = side === 'buy' ? net.bidSize : net.askSize;
  const most = Math.max(1, Math.floor(size * MOST_OF_SIZE));
  return size <= 0 ? 0 : 1 + (hash(order.permId, minute, on.fills, 1) % most);
}

function fillAt(
  price: number,
  quantity: number,
  of: { readonly side: Side; readonly legs: readonly LegMarket[]; readonly net: NetMarket },
): MatchFill | null {
  const legPrices = of.legs.length === 1 ? [price as Money] : pricesOfLegs(price, of.legs, of.net);
  return legPrices === null ? null : { quantity, price: price as Money, legPrices };
}

/**
 * Prices of the legs that add up to the net price exactly. Each lies between its bid and ask in the same proportion as the net
 * price; what rounding leaves goes to a leg of weight 1. `null` when there is no such split: then nothing fills.
 */
function pricesOfLegs(price: number, legs: readonly LegMarket[], net: NetMarket): readonly Money[] | null {
  if (net.bid === null || net.ask === null) return touchPrices(price, legs);
  const share = net.ask === net.bid ? 0 : Math.max(0, Math.min(1, (price - net.bid) / (net.ask - net.bid)));
  const prices = legs.map(({ leg, quote }) => {
    const [from, to] = leg.side === 'buy' ? [quote.bid, quote.ask] : [quote.ask, quote.bid];
    return Math.round((from ?? 0) + share * ((to ?? 0) - (from ?? 0)));
  });
  const left = price - sumOf(prices, legs);
  if (left === 0) return prices as Money[];
  const order = legs.map((_, i) => i).sort((a, b) => (prices[b] as number) - (prices[a] as number));
  for (const i of order) {
    const leg = legs[i];
    if (leg?.weight !== 1) continue;
    const corrected = (prices[i] as number) + (leg.leg.side === 'buy' ? left : -left);
    if (corrected >= 0) return prices.with(i, corrected) as Money[];
  }
  return null;
}

/** One side of the market is missing: only its own touches can be meant. */
function touchPrices(price: number, legs: readonly LegMarket[]): readonly Money[] | null {
  for (const buying of [true, false]) {
    const prices = legs.map(({ leg, quote }) => ((leg.side === 'buy') === buying ? quote.ask : quote.bid));
    if (prices.every((one) => one !== null) && sumOf(prices, legs) === price) return prices;
  }
  return null;
}

function sumOf(prices: readonly number[], legs: readonly LegMarket[]): number {
  return legs.reduce(
    (sum, { leg, weight }, i) => sum + (leg.side === 'buy' ? weight : -weight) * (prices[i] as number),
    0,
  );
}
