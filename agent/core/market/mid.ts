import type { EpochMs } from '../calendar/time.ts';
import { MISSING } from './chain.ts';
import type { Money } from './money.ts';
import type { Quote } from './quote.ts';

/**
 * Half way between bid and ask, per share, rounded up to 1/10,000; `null` unless both are there, the bid is above zero and
 * not above the ask. Takes the integers of a chain's columns as well, `MISSING` included.
 */
export function mid(bid: number | null, ask: number | null): Money | null {
  if (bid === null || ask === null || bid === MISSING || ask === MISSING) return null;
  if (!(bid > 0 && ask >= bid)) return null;
  return Math.ceil((bid + ask) / 2) as Money;
}

export type QuoteFault = 'missing side' | 'zero bid' | 'crossed' | 'stale' | 'from the future';

/** What speaks against using a quote at this moment; `null` = nothing. A locked market (bid = ask) is usable. */
export function quoteFault(
  quote: Pick<Quote, 'bid' | 'ask' | 'quotedAt'>,
  now: EpochMs,
  maxAgeMs: number,
): QuoteFault | null {
  const { bid, ask, quotedAt } = quote;
  if (bid === null || ask === null || !Number.isFinite(bid) || !Number.isFinite(ask) || ask <= 0) return 'missing side';
  if (bid <= 0) return 'zero bid';
  if (bid > ask) return 'crossed';
  const age = now - quotedAt;
  if (!(age <= maxAgeMs)) return 'stale';
  return age < 0 ? 'from the future' : null;
}
