import type { Clock } from '../edges/system/clock.ts';
import type { Box } from './box.ts';
import { type Finding, failed, ok, together, warning } from './finding.ts';

export interface ClockFacts {
  readonly clock: Pick<Clock, 'now'>;
  /** When this program was made: it cannot be earlier now. */
  readonly builtAt: number | null;
  /** The broker's clock less ours, in milliseconds; `null` = not known. */
  readonly ahead: Promise<number | null>;
}

/** As much as orders may do without (compose/clock-trust.ts): beyond it nothing is ordered. */
const WRONG_MS = 60_000;
/** The broker tells whole seconds, and its answer travels. */
const DOUBTFUL_MS = 5_000;
const SYNCHRONISE = 'sudo timedatectl set-ntp true; timedatectl timesync-status tells whom it asks';

export async function lookAtClock(box: Box, facts: ClockFacts, signal: AbortSignal): Promise<Finding> {
  const now = facts.clock.now();
  if (facts.builtAt !== null && now < facts.builtAt) {
    return failed(`the clock stands before the day on which this program was made: ${dayOf(now)}`, SYNCHRONISE);
  }
  const [synchronised, ahead] = await Promise.all([isSynchronised(box, signal), facts.ahead]);
  const right = ahead === null ? [] : [aboutDifference(ahead)];
  return together([...right, aboutSynchronising(synchronised, right.length > 0)]);
}

function aboutDifference(aheadMs: number): Finding {
  const seconds = Math.abs(aheadMs) / 1000;
  const found = `${seconds < 1 ? 'as' : `${seconds.toFixed(0)} s ${aheadMs > 0 ? 'behind' : 'before'}`} the broker's`;
  if (Math.abs(aheadMs) > WRONG_MS) return failed(`${found}: nothing is ordered`, SYNCHRONISE);
  return Math.abs(aheadMs) > DOUBTFUL_MS ? warning(found, SYNCHRONISE) : ok(found);
}

function aboutSynchronising(synchronised: boolean | null, compared: boolean): Finding {
  if (synchronised === true) return ok('synchronised');
  if (synchronised === false) return warning('not synchronised with any time server', SYNCHRONISE);
  if (compared) return ok('whether it is synchronised, this machine does not tell');
  const mend = 'sudo apt-get install systemd-timesyncd, or chrony';
  return warning('whether it is right, nobody here can tell', mend);
}

/** `null` = nothing here knows. */
async function isSynchronised(box: Box, signal: AbortSignal): Promise<boolean | null> {
  if ((await box.stat('/run/systemd/timesync/synchronized')) !== null) return true;
  const answer = await box.call('timedatectl', ['show', '--property=NTPSynchronized', '--value'], signal);
  if (answer !== null) return answer.trim() === 'yes';
  const chrony = await box.call('chronyc', ['-c', 'tracking'], signal);
  return chrony === null ? null : !chrony.trim().endsWith('Not synchronised');
}

function dayOf(at: number): string {
  return Temporal.Instant.fromEpochMilliseconds(at).toString().slice(0, 10);
}
