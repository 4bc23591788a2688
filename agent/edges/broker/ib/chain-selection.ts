import { newYorkDay } from '../../../core/calendar/new-york.ts';
import { type EpochDay, type EpochMs, epochDay, type IsoDate } from '../../../core/calendar/time.ts';
import type { ListedInstrument, OptionContract } from '../../../core/market/contract.ts';
import type { Money } from '../../../core/market/money.ts';
import { wantedRows } from '../../../core/market/wanted-rows.ts';
import type { ChainSelection, ListedOptions } from '../market-data.ts';

/** An option that the broker lists. */
export interface Row {
  readonly listed: ListedInstrument;
  readonly option: OptionContract;
}

export function expirationsWithin(options: ListedOptions, selection: ChainSelection, now: EpochMs): IsoDate[] {
  const today: EpochDay = newYorkDay(now);
  return options.expirations.filter((expiration) => {
    const days = epochDay(expiration) - today;
    return days >= selection.minDays && days <= selection.maxDays;
  });
}

/**
 * The rows to ask for, the most wanted first, within the bounds on strike ÷ spot. Whoever has fewer lines keeps the front of
 * the list.
 */
export function chooseRows(strips: readonly (readonly Row[])[], selection: ChainSelection, spot: Money): Row[] {
  const { minMoneyness, maxMoneyness, most } = selection;
  const within = ({ option }: Row): boolean => {
    const moneyness = option.strike / spot;
    return moneyness >= minMoneyness && moneyness <= maxMoneyness;
  };
  return wantedRows({
    strips: strips.map((strip) => strip.filter(within)),
    strikeOf: (row) => row.option.strike,
    spot,
    most,
  });
}

/** By expiration, strike, right. */
export function compareRows(a: Row, b: Row): number {
  if (a.option.expiration !== b.option.expiration) return a.option.expiration < b.option.expiration ? -1 : 1;
  if (a.option.strike !== b.option.strike) return a.option.strike - b.option.strike;
  return a.option.right === b.option.right ? 0 : a.option.right === 'C' ? -1 : 1;
}

/**
 * How many lines each gets of what there is: nobody more than it wants, and what some leave over goes to the others in
 * equal parts. Whole numbers; the sum is at most `lines`.
 */
export function fairShares(wants: readonly number[], lines: number): number[] {
  const shares = wants.map(() => 0);
  const order = wants.map((_, index) => index).toSorted((a, b) => (wants[a] as number) - (wants[b] as number));
  let left = lines;
  for (let taken = 0; taken < order.length; taken += 1) {
    const index = order[taken] as number;
    const share = Math.min(wants[index] as number, Math.floor(left / (order.length - taken)));
    shares[index] = share;
    left -= share;
  }
  return shares;
}
