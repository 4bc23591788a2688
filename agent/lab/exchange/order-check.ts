import { sessionOn } from '../../core/calendar/sessions.ts';
import type { EpochMs } from '../../core/calendar/time.ts';
import { multiplierOf } from '../../core/market/contract.ts';
import type { BookOrder, OrderLeg, OrderRequest, Refusal } from './book.ts';
import type { Market } from './market.ts';
import { isOnTick, PENNY } from './ticks.ts';

const MOST_UNITS = 1_000_000;
const MOST_LEGS = 6;

/** A single order is a combo of one leg: what the rest of the book works on. */
export function legsOf(request: OrderRequest): readonly OrderLeg[] {
  return request.conId === 0 ? request.legs : [{ conId: request.conId, side: 'buy', ratio: 1 }];
}

/** Shares that the price of an order counts for: a combo is quoted per share of its options. */
export function orderMultiplier(request: OrderRequest, market: Market): number {
  return Math.max(...legsOf(request).map((leg) => multiplierOfListing(market, leg.conId)));
}

export function multiplierOfListing(market: Market, conId: number): number {
  const instrument = market.listing(conId)?.instrument;
  return instrument === undefined ? 1 : multiplierOf(instrument);
}

/** Everything that can be said about a request without looking at money. Codes are the broker's. */
export function checkRequest(
  request: OrderRequest,
  given: {
    readonly market: Market;
    readonly accounts: readonly string[];
    readonly at: EpochMs;
    readonly open: boolean;
  },
): Refusal | null {
  return (
    checkContracts(request, given.market, given.at) ??
    checkFields(request, given.accounts) ??
    checkPrice(request, given.market) ??
    (request.timeInForce === 'IOC' && !given.open
      ? rejected('immediate-or-cancel orders are not accepted while the exchange is closed')
      : null)
  );
}

export function rejected(reason: string): Refusal {
  return { code: 201, text: `Order rejected - reason: ${reason}` };
}

function checkContracts(request: OrderRequest, market: Market, at: EpochMs): Refusal | null {
  const unknown: Refusal = { code: 200, text: 'No security definition has been found for the request' };
  if (request.conId === 0 && request.legs.length < 2) return invalid('a combo has at least two legs');
  if (request.conId === 0 && request.legs.length > MOST_LEGS) return invalid(`a combo has at most ${MOST_LEGS} legs`);
  if (new Set(request.legs.map((leg) => leg.conId)).size !== request.legs.length) return invalid('a leg occurs twice');
  for (const leg of legsOf(request)) {
    const instrument = market.listing(leg.conId)?.instrument;
    if (instrument === undefined) return unknown;
    if (instrument.kind === 'future') return { code: 460, text: 'No trading permissions for futures' };
    if (instrument.kind === 'option') {
      const close = sessionOn(instrument.expiration)?.close;
      if (close === undefined || at >= close) return unknown;
    }
    if (!(Number.isSafeInteger(leg.ratio) && leg.ratio >= 1))
      return invalid('the ratio of a leg is not a whole number from 1');
  }
  return null;
}

function checkFields(request: OrderRequest, accounts: readonly string[]): Refusal | null {
  if (!(Number.isSafeInteger(request.orderId) && request.orderId > 0 && request.orderId < 2 ** 31)) {
    return { code: 320, text: 'Error reading request: the order id is not a number from 1 to 2147483647' };
  }
  if (request.account !== '' && !accounts.includes(request.account)) return invalid('Invalid account code');
  if (!(Number.isSafeInteger(request.quantity) && request.quantity > 0 && request.quantity <= MOST_UNITS)) {
    return rejected('Order size must be a whole number from 1');
  }
  return null;
}

function checkPrice(request: OrderRequest, market: Market): Refusal | null {
  if (request.type === 'MKT') return null;
  if (request.limit === null || !Number.isSafeInteger(request.limit))
    return invalid('a limit order needs a limit price');
  const off: Refusal = {
    code: 110,
    text: 'The price does not conform to the minimum price variation for this contract.',
  };
  if (request.conId === 0) return isOnTick(PENNY, request.limit) ? null : off;
  const ticks = market.listing(request.conId)?.ticks ?? PENNY;
  return request.limit > 0 && isOnTick(ticks, request.limit) ? null : off;
}

/** Rules for a request that repeats the id of a working order. */
export function checkChange(order: BookOrder, request: OrderRequest): Refusal | null {
  const before = order.request;
  const sameLegs =
    before.legs.length === request.legs.length &&
    before.legs.every((leg, i) => {
      const other = request.legs[i];
      return leg.conId === other?.conId && leg.side === other.side && leg.ratio === other.ratio;
    });
  const same = before.conId === request.conId && before.side === request.side && sameLegs;
  if (!same || (request.account !== '' && before.account !== request.account)) {
    return { code: 105, text: 'Order being modified does not match original order' };
  }
  if (request.quantity <= order.filled) return { code: 104, text: "Can't modify a filled order" };
  return null;
}

function invalid(reason: string): Refusal {
  return { code: 321, text: `Error validating request: ${reason}` };
}
