import { dollars } from '../../../core/market/money.ts';
import { encodeTickGeneric, encodeTickSize, encodeTickString } from '../../../ground/wire/market-data-messages.ts';
import type { Listing, Market, MarketQuote } from '../market.ts';

const OPTION_VOLUME = '100';
const OPEN_INTEREST = '101';
const HISTORICAL_VOLATILITY = '104';
const IMPLIED_VOLATILITY = '106';
const TRADES = '233';
const SHORTABLE = '236';

/** Lists that a client may ask for; those that this market has nothing for are accepted and stay silent. */
const LEGAL = new Set([
  '',
  '100',
  '101',
  '104',
  '106',
  '165',
  '221',
  '225',
  '232',
  '233',
  '236',
  '258',
  '293',
  '294',
  '295',
  '318',
  '375',
  '411',
  '456',
  '586',
  '588',
  '595',
]);

const TRADING_DAYS = 252;
const VOLATILITY_DAYS = 30;

export interface GenericSubscription {
  readonly requestId: number;
  readonly listing: Listing;
  readonly lists: ReadonlySet<string>;
}

/** The first list that is none, or null. */
export function illegalList(lists: readonly string[]): string | null {
  return lists.find((list) => !LEGAL.has(list.split(':')[0] as string)) ?? null;
}

export function genericTicks(of: GenericSubscription, before: MarketQuote | null, now: MarketQuote): Buffer[] {
  const { requestId, listing, lists } = of;
  const { instrument } = listing;
  const frames: Buffer[] = [];
  const both = (call: number, value: number) => {
    const isCall = instrument.kind === 'option' && instrument.right === 'C';
    frames.push(encodeTickSize(requestId, call, isCall ? value : 0));
    frames.push(encodeTickSize(requestId, call + 1, isCall ? 0 : value));
  };
  const option = instrument.kind === 'option';
  if (option && lists.has(OPEN_INTEREST) && changed(now.openInterest, before?.openInterest))
    both(27, now.openInterest ?? 0);
  if (option && lists.has(OPTION_VOLUME) && changed(now.volume, before?.volume)) both(29, now.volume ?? 0);
  if (lists.has(TRADES) && now.last !== null && changed(now.volume, before?.volume)) {
    const size = before === null ? 0 : (now.volume ?? 0) - (before.volume ?? 0);
    const text = [dollars(now.last), size, now.quotedAt, now.volume ?? 0, dollars(now.last), true].join(';');
    frames.push(encodeTickString(requestId, 48, text));
  }
  return frames;
}

/** Ticks that are told once: volatilities and whether it can be sold short. */
export function onceTicks(of: GenericSubscription, market: Market): Buffer[] {
  const { requestId, listing, lists } = of;
  if (listing.instrument.kind !== 'stock') return [];
  const frames: Buffer[] = [];
  if (lists.has(HISTORICAL_VOLATILITY)) {
    const value = realizedVolatility(market, listing.conId);
    if (value !== null) frames.push(encodeTickGeneric(requestId, 23, value));
  }
  if (lists.has(IMPLIED_VOLATILITY)) {
    const value = market.history(listing.conId, 1, 'impliedVolatility')?.at(-1)?.close;
    if (value !== undefined) frames.push(encodeTickGeneric(requestId, 24, dollars(value)));
  }
  if (lists.has(SHORTABLE)) frames.push(encodeTickGeneric(requestId, 46, 3));
  return frames;
}

/** Deviation of the log changes of the last 30 closes, per year. */
function realizedVolatility(market: Market, conId: number): number | null {
  const bars = market.history(conId, VOLATILITY_DAYS + 1, 'trades');
  if (bars === null || bars.length < 3) return null;
  const changes = bars.slice(1).map((bar, i) => Math.log(bar.close / (bars[i]?.close ?? bar.close)));
  const mean = changes.reduce((sum, change) => sum + change, 0) / changes.length;
  const variance = changes.reduce((sum, change) => sum + (change - mean) ** 2, 0) / (changes.length - 1);
  return Math.round(Math.sqrt(variance * TRADING_DAYS) * 1e6) / 1e6;
}

function changed(now: number | null, before: number | null | undefined): boolean {
  return now !== null && now !== before;
}
