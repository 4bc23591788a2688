import type { Settings } from '../config/schema.ts';
import { MINUTE_MS } from '../core/calendar/time.ts';
import type { BreakerLimits } from '../core/risk/breaker-limits.ts';

/** When each breaker opens, from the configuration. */
export function breakerLimits({ risk, symbols }: Settings): BreakerLimits {
  const { failedCalls, maxFigureAgeMinutes, ...breakers } = risk.breakers;
  const { windowMinutes, quietMinutes, ...calls } = failedCalls;
  return {
    ...breakers,
    failedCalls: { ...calls, windowMs: windowMinutes * MINUTE_MS, quietMs: quietMinutes * MINUTE_MS },
    dataQuality: { ...breakers.dataQuality, symbols },
    maxFigureAgeMs: maxFigureAgeMinutes * MINUTE_MS,
  };
}
