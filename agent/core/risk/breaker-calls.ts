import type { EpochMs } from '../calendar/time.ts';
import { type Breaker, closed, isOpen, opened } from './breaker.ts';
import type { BreakerLimits } from './breaker-limits.ts';
import type { Seen } from './observation.ts';
import type { Call } from './risk-state.ts';

const MOST_CALLS = 200;

export interface CallsSeen {
  readonly breaker: Breaker;
  readonly calls: readonly Call[];
}

/**
 * Opens when too many questions fail. Each further failure makes the quiet time begin anew; when it has passed, the next answer
 * decides (see `probing`).
 */
export function failedCalls(
  { breaker, calls }: CallsSeen,
  { ok, question, reason }: Seen<'call'>,
  { limits, now }: { limits: BreakerLimits; now: EpochMs },
): CallsSeen {
  const { quietMs, windowMs, failures, maxFraction } = limits.failedCalls;
  const clears = { rule: 'probe', at: now + quietMs, quietMs } as const;
  if (breaker.state === 'halfOpen' && ok) return { breaker: closed(breaker, now), calls: [] };
  if (isOpen(breaker)) {
    const again = !ok && breaker.clears?.rule === 'probe';
    return { breaker: again ? { ...breaker, state: 'open', clears } : breaker, calls };
  }
  const recent = [...calls.filter(({ at }) => at <= now && at > now - windowMs), { at: now, ok }].slice(-MOST_CALLS);
  const failed = recent.filter((call) => !call.ok).length;
  if (ok || failed < failures || failed < recent.length * maxFraction) return { breaker, calls: recent };
  const why = `${failed} of the last ${recent.length} questions to the broker failed, the last one (${question}): ${reason}`;
  return { breaker: opened(breaker, { reason: why, clears, at: now }), calls: [] };
}

/** When the quiet time has passed, the next answer is the probe. */
export function probing(breaker: Breaker, now: EpochMs): Breaker {
  const { state, clears } = breaker;
  if (state !== 'open' || clears?.rule !== 'probe' || now < clears.at) return breaker;
  return { ...breaker, state: 'halfOpen' };
}
