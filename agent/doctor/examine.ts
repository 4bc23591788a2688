import type { Clock } from '../edges/system/clock.ts';
import { AS_ROOT } from './chip.ts';
import { type Check, type Finding, failed, type NamedFinding, warning } from './finding.ts';
import { within } from './patience.ts';

/** Longer than anything healthy takes, and short enough for whoever waits. */
const PATIENCE_MS = 2_000;

/** All checks at once, each by itself: one that throws or hangs is a finding and keeps nobody. */
export function examine(checks: readonly Check[], clock: Pick<Clock, 'after'>): Promise<readonly NamedFinding[]> {
  return Promise.all(checks.map(async (check) => ({ name: check.name, ...(await bounded(check, clock)) })));
}

function bounded({ look }: Check, clock: Pick<Clock, 'after'>): Promise<Finding> {
  const mend = 'call the doctor again; if it stays so, see: journalctl -b -p warning';
  const late = (): Finding => failed(`no answer within ${PATIENCE_MS / 1000} s`, mend);
  return within({ clock, ms: PATIENCE_MS, late }, (signal) => attempt(look, signal));
}

async function attempt(look: Check['look'], signal: AbortSignal): Promise<Finding> {
  try {
    return await look(signal);
  } catch (error) {
    const what = error instanceof Error ? error.message : String(error);
    const { code } = error as { readonly code?: unknown };
    if (code === 'EACCES' || code === 'EPERM') return warning(`not looked at: ${what}`, AS_ROOT);
    return failed(`it could not be looked at: ${what}`, 'call the doctor again; if it stays so, tell us');
  }
}
