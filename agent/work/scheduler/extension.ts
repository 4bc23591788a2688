import { EXTENDED_HOURS } from '../../core/calendar/budget.ts';
import { type EpochMs, HOUR_MS, MINUTE_MS } from '../../core/calendar/time.ts';
import { type Situation, stretchEnd } from './situation.ts';
import type { Plan } from './task.ts';

/** So much of the window must be left for research to go on past its estimate. */
const LEAST_LEFT_MS = 60 * MINUTE_MS;
const LEAST_LEFT_EXTENDED_MS = 30 * MINUTE_MS;
const EXTENDED_MS = EXTENDED_HOURS * HOUR_MS;

/**
 * The instant at which a run that starts now must be told to stop for the calendar's sake. Research goes on past its estimate
 * while the window has more than 60 minutes (30 when it starts in an extended one), and never into the reserve; the maximum
 * runtime is enforced apart from this, on a clock that does not jump.
 */
export function mustStopAt(task: Plan, situation: Situation, estimate: number): EpochMs {
  const end = stretchEnd(task, situation);
  if (task.category !== 'research') return end;
  const least = situation.window.researchUntil - situation.now > EXTENDED_MS ? LEAST_LEFT_EXTENDED_MS : LEAST_LEFT_MS;
  return Math.min(end, Math.max(situation.now + estimate, situation.window.researchUntil - least));
}
