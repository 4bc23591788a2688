import type { Clock } from '../edges/system/clock.ts';
import { askOnce } from '../ground/control/json-lines.ts';
import type { GuardConfig } from '../guard/config.ts';
import type { GuardStatus } from '../guard/status.ts';
import type { Box } from './box.ts';
import { type Finding, failed, ok, together, warning } from './finding.ts';
import { ANSWER_MS, within } from './patience.ts';

/** Keeps its socket from staying open for ever. */
const GIVEN_UP_MS = 5_000;
const MEND_LIMITS = 'mend limits.json beside guard.json; it is read again by itself';
const START = 'sudo systemctl start wheelhouse-guard; if it ends again, see: journalctl -u wheelhouse-guard -b';

/** What is known of the guard before it is asked. */
export type GuardFacts =
  /** Nothing here starts one, or says where it is. */
  | { readonly kind: 'none'; readonly reason: string }
  | { readonly kind: 'wrong'; readonly path: string; readonly problems: readonly string[] }
  | { readonly kind: 'known'; readonly path: string; readonly config: GuardConfig };

/** Through its open door, where nothing can be changed but a halt. */
export function askGuard(socket: string, clock: Pick<Clock, 'after'>): Promise<GuardStatus | Error> {
  const late = (): Error => new Error('no answer');
  return within<GuardStatus | Error>({ clock, ms: ANSWER_MS, late }, async () => {
    try {
      return ((await askOnce(socket, { do: 'status' }, GIVEN_UP_MS)) as { readonly status: GuardStatus }).status;
    } catch (error) {
      return error instanceof Error ? error : new Error(String(error));
    }
  });
}

export async function lookAtGuard(box: Box, facts: GuardFacts, answer: GuardStatus | Error | null): Promise<Finding> {
  if (facts.kind === 'none') return failed(facts.reason, 'sudo systemctl start wheelhouse-agent');
  if (facts.kind === 'wrong') {
    return failed(`${facts.path}: ${facts.problems.join('; ')}`, `mend ${facts.path}, then: ${START}`);
  }
  const files = await exposure(box, facts.config);
  if (answer instanceof Error || answer === null) {
    const why = answer === null ? '' : `: ${answer.message}`;
    return together([failed(`no guard answers at ${facts.config.control.open}${why}`, START), ...files]);
  }
  return together([aboutState(answer), ...troublesOf(answer), ...files]);
}

function aboutState({ state, cause, halted, closed, working }: GuardStatus): Finding {
  if (state === 'tripped') {
    const found = `halted (${cause}), ${halted ?? 'UNCONFIRMED'}`;
    const back = 'sudo wheelhouse guard reset && sudo wheelhouse guard arm && sudo wheelhouse resume';
    if (halted === 'confirmed') return warning(found, `when the reason is gone: ${back}`);
    const still = working === null ? 'what still works is not known' : `${working.length} orders may still work`;
    return failed(`${found}: ${still}`, 'look at the orders in TWS itself and cancel them there');
  }
  if (state === 'prep') return warning(`reset but not armed: no order passes`, 'sudo wheelhouse guard arm');
  return closed === null
    ? ok('armed, orders pass')
    : warning(`armed, but no order passes: ${closed}`, 'see the lines Red switch and Broker');
}

function troublesOf({ latch, journal, limits }: GuardStatus): Finding[] {
  const disk = 'see the line Disk, and who owns the folder: sudo ls -la /var/lib/wheelhouse-guard';
  return [
    ...[latch, journal].flatMap((trouble) => (trouble === null ? [] : [failed(trouble, disk)])),
    ...(limits.length === 0 ? [] : [failed(`wrong limits: ${limits.join('; ')}`, MEND_LIMITS)]),
  ];
}

const BY_OTHERS = 0o022;

/** Whoever could write the latch could undo a halt, whoever could write the limits could widen them. */
async function exposure(box: Box, { folder, limits }: GuardConfig): Promise<Finding[]> {
  const paths = [folder, `${folder}/latch.json`, `${folder}/journal.jsonl`, limits];
  const found: Finding[] = [];
  for (const path of paths) {
    // Whoever may not look there may not write there either.
    const file = await box.stat(path).catch(() => null);
    if (file === null || (Number(file.mode) & BY_OTHERS) === 0) continue;
    found.push(
      failed(`others may write ${path} (mode ${(Number(file.mode) & 0o777).toString(8)})`, `sudo chmod go-w ${path}`),
    );
  }
  return found;
}
