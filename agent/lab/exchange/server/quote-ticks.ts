import { dollars, type Money } from '../../../core/market/money.ts';
import {
  encodeOptionComputation,
  encodeTickGeneric,
  encodeTickPrice,
  encodeTickSize,
  encodeTickString,
  type OptionComputation,
} from '../../../ground/wire/market-data-messages.ts';
import type { MarketQuote, OptionModel } from '../market.ts';

/** The protocol's numbers for ticks, of live data and of delayed data. */
const LIVE = {
  bidSize: 0,
  bid: 1,
  ask: 2,
  askSize: 3,
  last: 4,
  lastSize: 5,
  high: 6,
  low: 7,
  volume: 8,
  close: 9,
  bidOption: 10,
  askOption: 11,
  lastOption: 12,
  modelOption: 13,
  open: 14,
  timestamp: 45,
};
const DELAYED: typeof LIVE = {
  bidSize: 69,
  bid: 66,
  ask: 67,
  askSize: 70,
  last: 68,
  lastSize: 71,
  high: 72,
  low: 73,
  volume: 74,
  close: 75,
  bidOption: 80,
  askOption: 81,
  lastOption: 82,
  modelOption: 83,
  open: 76,
  timestamp: 88,
};
const HALTED = 49;
const CAN_AUTO_EXECUTE = 1;

export function isDelayed(quote: MarketQuote): boolean {
  return quote.data === 'delayed' || quote.data === 'delayedFrozen';
}

/** The ticks that lead from what was sent to what is; all there are when nothing was sent. In the order of a real gateway. */
export function quoteTicks(requestId: number, before: MarketQuote | null, now: MarketQuote): Buffer[] {
  const ids = isDelayed(now) ? DELAYED : LIVE;
  const frames: Buffer[] = [];
  const price = (tickType: number, value: Money, size: number, attributes = 0) =>
    frames.push(encodeTickPrice({ requestId, tickType, price: dollars(value), size, attributes }));
  const sizeTick = (tickType: number, value: number) => frames.push(encodeTickSize(requestId, tickType, value));

  // A real gateway stamps trades only. Here every quote is stamped, so that its age can be known when it is subscribed to.
  if (now.quotedAt !== before?.quotedAt) {
    frames.push(encodeTickString(requestId, ids.timestamp, String(Math.floor(now.quotedAt / 1000))));
  }
  if (now.last !== null && (now.last !== before?.last || traded(before, now) > 0)) {
    price(ids.last, now.last, traded(before, now));
    sizeTick(ids.lastSize, traded(before, now));
  }
  if (before === null) frames.push(encodeTickGeneric(requestId, HALTED, 0));
  if (now.volume !== null && now.volume !== before?.volume) sizeTick(ids.volume, now.volume);
  for (const side of ['bid', 'ask'] as const) {
    const sizeOf = side === 'bid' ? 'bidSize' : 'askSize';
    const size = now[side] === null ? 0 : (now[sizeOf] ?? 0);
    const none = -10_000 as Money;
    if (before === null || now[side] !== before[side]) {
      price(ids[side], now[side] ?? none, size, now[side] === null ? 0 : CAN_AUTO_EXECUTE);
      sizeTick(ids[sizeOf], size);
    } else if (now[sizeOf] !== before[sizeOf]) {
      sizeTick(ids[sizeOf], size);
    }
  }
  for (const name of ['high', 'low', 'close', 'open'] as const) {
    const value = now[name];
    if (value !== null && value !== before?.[name]) price(ids[name], value, 0);
  }
  return frames;
}

/** Greeks at bid, ask, last and of the model. Theirs is the model's volatility, moved by the distance of the price. */
export function optionTicks(requestId: number, before: MarketQuote | null, now: MarketQuote): Buffer[] {
  const ids = isDelayed(now) ? DELAYED : LIVE;
  const { model, bid, ask, last } = now;
  const unchanged = before !== null && before.model === model;
  const mid = bid === null || ask === null ? null : (Math.round((bid + ask) / 2) as Money);
  const frames: Buffer[] = [];
  const tell = (tickType: number, price: Money | null) =>
    frames.push(encodeOptionComputation(requestId, tickType, computation(model, price, mid)));
  if (bid !== null && !(unchanged && bid === before.bid)) tell(ids.bidOption, bid);
  if (ask !== null && !(unchanged && ask === before.ask)) tell(ids.askOption, ask);
  if (last !== null && !(unchanged && last === before.last)) tell(ids.lastOption, last);
  if (!unchanged) tell(ids.modelOption, mid);
  return frames;
}

const NOT_COMPUTED: OptionComputation = {
  impliedVolatility: null,
  delta: null,
  price: null,
  presentDividend: null,
  gamma: null,
  vega: null,
  theta: null,
  underlying: null,
};

/** Below this much per point the price says nothing about the volatility. */
const LEAST_VEGA = 0.001;

function computation(model: OptionModel | null, price: Money | null, mid: Money | null): OptionComputation {
  if (model === null) return NOT_COMPUTED;
  const points = price === null || mid === null || price === mid ? 0 : dollars((price - mid) as Money) / model.vega;
  const impliedVolatility = model.impliedVolatility + points / 100;
  const solvable = points === 0 || (model.vega >= LEAST_VEGA && impliedVolatility > 0);
  return {
    impliedVolatility: solvable ? round(impliedVolatility) : null,
    delta: round(model.delta),
    price: price === null ? null : dollars(price),
    presentDividend: 0,
    gamma: round(model.gamma),
    vega: round(model.vega),
    theta: round(model.theta),
    underlying: dollars(model.underlying),
  };
}

function round(value: number): number {
  return Math.round(value * 1e8) / 1e8;
}

function traded(before: MarketQuote | null, now: MarketQuote): number {
  if (before?.volume == null || now.volume === null) return 0;
  return Math.max(0, now.volume - before.volume);
}
