import { newYorkDay } from '../../core/calendar/new-york.ts';
import { type EpochMs, epochDay } from '../../core/calendar/time.ts';
import { CALL, type Chain, emptyChain, MISSING, PUT } from '../../core/market/chain.ts';
import type { OptionContract } from '../../core/market/contract.ts';
import type { Money } from '../../core/market/money.ts';
import { wantedRows } from '../../core/market/wanted-rows.ts';
import type { ChainSelection } from '../../edges/broker/market-data.ts';
import type { Listing, Market, MarketQuote } from './market.ts';

interface Row {
  readonly conId: number;
  readonly option: OptionContract;
}

/** The price of an underlying as the adapters read it: the middle of a sound quote, else the last trade. */
function spotOf(quote: MarketQuote): Money | null {
  const { bid, ask, last, close } = quote;
  if (bid !== null && ask !== null && bid <= ask) return Math.round((bid + ask) / 2) as Money;
  return last ?? close;
}

/** The selected part of a chain as the market stands; `null` when the underlying has no price. */
export function chainOf(market: Market, selection: ChainSelection, now: EpochMs): Chain | null {
  const [stock] = market.listings(selection.symbol);
  const quote = stock === undefined ? null : market.quote(stock.conId);
  const spot = quote === null ? null : spotOf(quote);
  if (quote === null || spot === null) return null;
  const rows = chooseRows(market.listings(selection.symbol), selection, { spot, now });
  const chain = emptyChain(selection.symbol, rows.length);
  chain.takenAt = now;
  chain.spot = spot;
  chain.spotAt = quote.quotedAt;
  chain.multiplier = rows[0]?.option.multiplier ?? 100;
  chain.complete = true;
  for (const [i, { conId, option }] of rows.entries()) {
    chain.conId[i] = conId;
    chain.expiration[i] = epochDay(option.expiration);
    chain.strike[i] = option.strike;
    chain.right[i] = option.right === 'C' ? CALL : PUT;
    const row = market.quote(conId);
    if (row === null) {
      chain.complete = false;
      continue;
    }
    chain.bid[i] = row.bid ?? MISSING;
    chain.ask[i] = row.ask ?? MISSING;
    chain.last[i] = row.last ?? MISSING;
    chain.volume[i] = row.volume ?? MISSING;
    chain.openInterest[i] = row.openInterest ?? MISSING;
    chain.quotedAt[i] = row.quotedAt;
    chain.impliedVolatility[i] = row.model?.impliedVolatility ?? Number.NaN;
    chain.delta[i] = row.model?.delta ?? Number.NaN;
    chain.gamma[i] = row.model?.gamma ?? Number.NaN;
    chain.theta[i] = row.model?.theta ?? Number.NaN;
    chain.vega[i] = row.model?.vega ?? Number.NaN;
  }
  return chain;
}

/** The most wanted of each expiration and right, in the order of a chain. */
function chooseRows(
  listings: readonly Listing[],
  selection: ChainSelection,
  on: { readonly spot: Money; readonly now: EpochMs },
): Row[] {
  const today = newYorkDay(on.now);
  const strips = new Map<string, Row[]>();
  for (const { conId, instrument } of listings) {
    if (instrument.kind !== 'option' || !selection.rights.includes(instrument.right)) continue;
    const days = epochDay(instrument.expiration) - today;
    const moneyness = instrument.strike / on.spot;
    if (days < selection.minDays || days > selection.maxDays) continue;
    if (moneyness < selection.minMoneyness || moneyness > selection.maxMoneyness) continue;
    const key = `${instrument.expiration}${instrument.right}`;
    const strip = strips.get(key) ?? [];
    strip.push({ conId, option: instrument });
    strips.set(key, strip);
  }
  const wanted = { strips: [...strips.values()], spot: on.spot, most: selection.most };
  return wantedRows({ ...wanted, strikeOf: (row) => row.option.strike }).sort(compareRows);
}

function compareRows(a: Row, b: Row): number {
  if (a.option.expiration !== b.option.expiration) return a.option.expiration < b.option.expiration ? -1 : 1;
  return a.option.strike - b.option.strike || a.option.right.charCodeAt(0) - b.option.right.charCodeAt(0);
}
