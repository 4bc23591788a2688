import type { OptionContract } from '../market/contract.ts';
import type { BookRow } from './book-rows.ts';

/** Contracts of one option that are gone. */
export interface Leg {
  readonly row: BookRow;
  readonly option: OptionContract;
  readonly owner: 'ours' | 'stranger';
  /** 1 = long, -1 = short. */
  readonly held: number;
  readonly contracts: number;
  /** Of these at least so many were assigned. */
  readonly fewest: number;
  /** What one assigned contract brings; negative = takes away. */
  readonly sharesEach: number;
  readonly expired: boolean;
  /** Expired, and the night in which assignments are booked is over. */
  readonly certain: boolean;
}

/** Beyond that nobody can tell one outcome from another by hand either. */
const MOST_TRIED = 50_000;

/**
 * Every way in which `moved` shares can come out of these legs: per leg how many contracts were assigned. Of what expired
 * together only ways are possible that one closing price explains: what was assigned lies in the money. Ways that differ
 * in strangers' contracts alone count as one.
 */
export function outcomesOf(legs: readonly Leg[], moved: number): readonly (readonly number[])[] {
  const tried = legs.reduce((product, leg) => product * (leg.contracts - leg.fewest + 1), 1);
  if (tried > MOST_TRIED) return [];
  const found = new Map<string, readonly number[]>();
  const visit = (assigned: readonly number[], left: number): void => {
    const leg = legs[assigned.length];
    if (leg === undefined) {
      if (left !== 0 || !oneClosingPrice(legs, assigned)) return;
      found.set(assigned.filter((_, i) => legs[i]?.owner === 'ours').join(), assigned);
      return;
    }
    for (let n = leg.fewest; n <= leg.contracts; n += 1) visit([...assigned, n], left - n * leg.sharesEach);
  };
  visit([], moved);
  return [...found.values()];
}

function oneClosingPrice(legs: readonly Leg[], assigned: readonly number[]): boolean {
  const bounds = new Map<string, { least: number; most: number }>();
  for (const [i, { option, expired, contracts }] of legs.entries()) {
    if (!expired) continue;
    const { least, most } = bounds.get(option.expiration) ?? { least: 0, most: Number.POSITIVE_INFINITY };
    const some = (assigned[i] as number) > 0;
    const all = assigned[i] === contracts;
    // An assigned put and a call that was left say that the price was not above the strike; the others that it was not below.
    const notAbove = option.right === 'P' ? some : !all;
    const notBelow = option.right === 'P' ? !all : some;
    bounds.set(option.expiration, {
      least: notBelow ? Math.max(least, option.strike) : least,
      most: notAbove ? Math.min(most, option.strike) : most,
    });
  }
  return [...bounds.values()].every(({ least, most }) => least <= most);
}
