import { newYorkDay } from '../calendar/new-york.ts';
import type { EpochDay, EpochMs } from '../calendar/time.ts';

/** How long chains are kept, in calendar days before today. */
export interface Retention {
  readonly today: EpochDay;
  /** Every chain. */
  readonly everyChain: number;
  /** After that the last of each day; `null` = for ever. */
  readonly lastOfDay: number | null;
}

/**
 * The chains that need not be kept any more, from the times at which those of one symbol were taken, oldest first. Only
 * chains: the history of implied volatility is in a table of its own and has nothing to do with this.
 */
export function chainsToDrop(times: readonly EpochMs[], { today, everyChain, lastOfDay }: Retention): EpochMs[] {
  return times.filter((at, index) => {
    const day = newYorkDay(at);
    if (today - day <= everyChain) return false;
    if (lastOfDay !== null && today - day > lastOfDay) return true;
    const next = times[index + 1];
    return next !== undefined && newYorkDay(next) === day;
  });
}
