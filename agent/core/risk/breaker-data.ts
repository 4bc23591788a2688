import type { EpochMs } from '../calendar/time.ts';
import type { Chain } from '../market/chain.ts';
import {
  CROSSED,
  chainFlags,
  describeFlags,
  type FlagLimits,
  MISSING_SIDE,
  NON_MONOTONE,
  OUTLIER,
  STALE,
} from '../market/chain-flags.ts';
import { closed, isOpen, opened } from './breaker.ts';
import type { BreakerLimits } from './breaker-limits.ts';
import type { Seen } from './observation.ts';
import type { Breakers } from './risk-state.ts';

/** These say something about the data; the others say something about the market. */
export const DATA_FAULTS: readonly number[] = [CROSSED, STALE, MISSING_SIDE, NON_MONOTONE, OUTLIER];
/** Share of rows with one of them above which the data is faulty. */
export const MOST_FLAGGED = 0.25;

/** What is wrong with one chain as a whole at the moment it was taken, or `null`. Rows as in `chainFlags`. */
export function chainFault(chain: Chain, limits: Omit<FlagLimits, 'wideFloor'>): string | null {
  if (chain.size === 0) return 'the chain is empty';
  const flags = chainFlags(chain, chain.takenAt, { ...limits, wideFloor: 0 });
  for (const fault of DATA_FAULTS) {
    let rows = 0;
    for (const flag of flags) if ((flag & fault) !== 0) rows += 1;
    if (rows > chain.size * MOST_FLAGGED) return `${Math.round((100 * rows) / chain.size)} % ${describeFlags(fault)}`;
  }
  return null;
}

/** A symbol that is not traded any more holds nothing back. */
export function dataQuality(
  breaker: Breakers['dataQuality'],
  look: Seen<'look'> | null,
  { limits, now }: { limits: BreakerLimits; now: EpochMs },
): Breakers['dataQuality'] {
  const { looks, symbols } = limits.dataQuality;
  const next = look === null ? breaker : counted(breaker, look, looks);
  const runOf = (symbol: string): number => next.runs[symbol] ?? 0;
  if (isOpen(next)) {
    const well = symbols.every((symbol) => runOf(symbol) >= looks || next.runs[symbol] === undefined);
    return well && next.clears?.rule === 'recovery' ? closed(next, now) : next;
  }
  if (look === null || look.fault === null || !symbols.includes(look.symbol) || runOf(look.symbol) > -looks)
    return next;
  const reason = `the last ${looks} looks at ${look.symbol} were faulty, this one: ${look.fault}`;
  const when = `after ${looks} good looks in a row at every symbol`;
  return opened(next, { reason, clears: { rule: 'recovery', when, notBefore: 0 }, at: now });
}

function counted(
  breaker: Breakers['dataQuality'],
  { symbol, fault }: Seen<'look'>,
  looks: number,
): Breakers['dataQuality'] {
  const run = breaker.runs[symbol] ?? 0;
  const next = fault === null ? Math.min(looks, Math.max(run, 0) + 1) : Math.max(-looks, Math.min(run, 0) - 1);
  return next === run ? breaker : { ...breaker, runs: { ...breaker.runs, [symbol]: next } };
}
