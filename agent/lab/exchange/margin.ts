import type { Instrument, OptionContract } from '../../core/market/contract.ts';

/** A position as margin sees it; prices in money units per share. `underlying` null = unknown: then at the strike, the worst. */
export interface Holding {
  readonly instrument: Instrument;
  readonly quantity: number;
  readonly price: number;
  readonly underlying: number | null;
}

interface Requirement {
  readonly initial: number;
  readonly maintenance: number;
}

interface Lot {
  readonly option: OptionContract;
  readonly price: number;
  readonly underlying: number;
  left: number;
}

const STOCK_INITIAL = 0.5;
const LONG_STOCK_MAINTENANCE = 0.25;
const SHORT_STOCK_MAINTENANCE = 0.3;
const OF_UNDERLYING = 0.2;
const AT_LEAST = 0.1;

/**
 * Regulation T requirement of an account in money units. Source: FINRA rule 4210 and the Cboe margin manual. Long options need
 * nothing here: they were paid in full and their value is not part of the equity that requirements are compared with.
 */
export function requirementOf(holdings: readonly Holding[]): Requirement {
  const bySymbol = new Map<string, Holding[]>();
  for (const holding of holdings) {
    const group = bySymbol.get(holding.instrument.symbol) ?? [];
    group.push(holding);
    bySymbol.set(holding.instrument.symbol, group);
  }
  let initial = 0;
  let maintenance = 0;
  for (const group of bySymbol.values()) {
    const options = optionsRequirement(group);
    const shares = group.filter((one) => one.instrument.kind === 'stock');
    for (const { quantity, price } of shares) {
      const value = Math.abs(quantity * price);
      initial += value * STOCK_INITIAL;
      maintenance += value * (quantity < 0 ? SHORT_STOCK_MAINTENANCE : LONG_STOCK_MAINTENANCE);
    }
    initial += options;
    maintenance += options;
  }
  return { initial: Math.round(initial), maintenance: Math.round(maintenance) };
}

function optionsRequirement(group: readonly Holding[]): number {
  const shares = group.reduce((sum, one) => sum + (one.instrument.kind === 'stock' ? one.quantity : 0), 0);
  const lots = group.flatMap((one) => lotOf(one));
  const shorts = lots.filter((lot) => lot.left < 0).sort(byStrike);
  const longs = lots.filter((lot) => lot.left > 0).sort(byStrike);
  coverCalls(shorts, Math.max(0, shares));
  return spreadsRequirement(shorts, longs) + nakedRequirement(shorts);
}

function lotOf(holding: Holding): Lot[] {
  if (holding.instrument.kind !== 'option' || holding.quantity === 0) return [];
  const { instrument: option, price, quantity } = holding;
  return [{ option, price, underlying: holding.underlying ?? option.strike, left: quantity }];
}

function byStrike(a: Lot, b: Lot): number {
  return a.option.strike - b.option.strike;
}

/** Shares cover short calls, lowest strike first. */
function coverCalls(shorts: readonly Lot[], shares: number): void {
  let free = shares;
  for (const lot of shorts) {
    if (lot.option.right !== 'C') continue;
    const covered = Math.min(-lot.left, Math.floor(free / lot.option.multiplier));
    lot.left += covered;
    free -= covered * lot.option.multiplier;
  }
}

/** Shorts under a long option of the same right that lives at least as long: per expiration the largest loss at any price. */
function spreadsRequirement(shorts: readonly Lot[], longs: readonly Lot[]): number {
  const pairs = new Map<string, { short: OptionContract; long: OptionContract; count: number }[]>();
  for (const short of shorts) {
    const candidates = longs
      .filter((long) => long.option.right === short.option.right && long.option.expiration >= short.option.expiration)
      .sort((a, b) => adverse(short, a) - adverse(short, b));
    for (const long of candidates) {
      const count = Math.min(-short.left, long.left);
      if (count <= 0 || adverse(short, long) >= naked(short)) continue;
      short.left += count;
      long.left -= count;
      const group = pairs.get(short.option.expiration) ?? [];
      group.push({ short: short.option, long: long.option, count });
      pairs.set(short.option.expiration, group);
    }
  }
  let sum = 0;
  for (const group of pairs.values()) {
    const prices = [0, ...group.flatMap(({ short, long }) => [short.strike, long.strike, 2 * long.strike])];
    const loss = (at: number): number =>
      group.reduce(
        (total, { short, long, count }) =>
          total + count * short.multiplier * (exercise(short, at) - exercise(long, at)),
        0,
      );
    sum += Math.max(0, ...prices.map(loss));
  }
  return sum;
}

function exercise(option: OptionContract, at: number): number {
  return Math.max(0, option.right === 'P' ? option.strike - at : at - option.strike);
}

function adverse(short: Lot, long: Lot): number {
  const gap = short.option.strike - long.option.strike;
  return Math.max(0, short.option.right === 'P' ? gap : -gap);
}

/** Per share of one contract. */
function naked(lot: Lot): number {
  const { option, underlying, price } = lot;
  const out = Math.max(0, option.right === 'P' ? underlying - option.strike : option.strike - underlying);
  const floor = AT_LEAST * (option.right === 'P' ? option.strike : underlying);
  return price + Math.max(OF_UNDERLYING * underlying - out, floor);
}

/** A short strangle needs its larger side and the other side's price; what is left over on one side stands alone. */
function nakedRequirement(shorts: readonly Lot[]): number {
  const side = (right: string): Lot[] =>
    shorts
      .filter((lot) => lot.option.right === right && lot.left < 0)
      .sort((a, b) => naked(b) - naked(a))
      .map((lot) => ({ ...lot }));
  const puts = side('P');
  const calls = side('C');
  let sum = 0;
  while (puts.length > 0 || calls.length > 0) {
    const [put] = puts;
    const [call] = calls;
    const count = Math.min(-(put?.left ?? Number.NEGATIVE_INFINITY), -(call?.left ?? Number.NEGATIVE_INFINITY));
    const multiplier = (put ?? call)?.option.multiplier ?? 0;
    sum += count * multiplier * pairRequirement(put, call);
    for (const lots of [puts, calls]) {
      const lot = lots[0];
      if (lot === undefined) continue;
      lot.left += count;
      if (lot.left >= 0) lots.shift();
    }
  }
  return sum;
}

function pairRequirement(put: Lot | undefined, call: Lot | undefined): number {
  const ofPut = put === undefined ? 0 : naked(put);
  const ofCall = call === undefined ? 0 : naked(call);
  if (put === undefined || call === undefined) return ofPut + ofCall;
  return Math.max(ofPut + call.price, ofCall + put.price);
}
