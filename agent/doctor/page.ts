import type { StatusSnapshot } from '../edges/status/snapshot.ts';
import type { Clock } from '../edges/system/clock.ts';
import { type Finding, failed, ok, warning } from './finding.ts';
import { ANSWER_MS, within } from './patience.ts';

export interface PagePlace {
  /** Like http://127.0.0.1:8080/ */
  readonly address: string;
  readonly token: string | null;
}

/** What the page has said within the time. */
export interface PageWord {
  readonly alive: boolean;
  readonly ready: boolean;
  /** `null` = it does not tell us, for want of a token. */
  readonly snapshot: StatusSnapshot | null;
  readonly trouble: string | null;
}

const LOG = 'journalctl -u wheelhouse-agent -b -n 50';

export function askPage(place: PagePlace, clock: Pick<Clock, 'after'>): Promise<PageWord> {
  const late = (): PageWord => silent('no answer');
  return within({ clock, ms: ANSWER_MS, late }, (signal) => ask(place, signal));
}

async function ask({ address, token }: PagePlace, signal: AbortSignal): Promise<PageWord> {
  const headers = { accept: 'application/json', ...(token === null ? {} : { authorization: `Bearer ${token}` }) };
  const get = (path: string): Promise<Response> => fetch(new URL(path, address), { headers, signal });
  try {
    const [alive, ready, status] = await Promise.all(['/healthz', '/readyz', '/api/status'].map(get));
    const snapshot = status?.ok ? ((await status.json()) as StatusSnapshot) : null;
    return { alive: alive?.ok === true, ready: ready?.ok === true, snapshot, trouble: null };
  } catch (error) {
    const cause = (error as Error & { cause?: Error }).cause;
    return silent(cause?.message ?? (error as Error).message);
  }
}

function silent(trouble: string): PageWord {
  return { alive: false, ready: false, snapshot: null, trouble };
}

export function aboutPage({ address }: PagePlace, { alive, ready, snapshot, trouble }: PageWord): Finding {
  if (trouble !== null) {
    const mend = `sudo systemctl start wheelhouse-agent; if it ends again, see: ${LOG}`;
    return failed(`nothing answers at ${address}: ${trouble}`, mend);
  }
  if (!alive) {
    const port = new URL(address).port || '80';
    return failed(`${address} is not the page of the box`, `see what listens there: sudo ss -ltnp 'sport = :${port}'`);
  }
  if (!ready) return warning(`${address} answers, but the agent is not ready`, `see: ${LOG}`);
  if (snapshot === null) return ok(`${address} answers; without the token it tells no more`);
  const { run, trading } = snapshot;
  return ok(`${address} answers: ${run}, trading ${trading.state}`);
}
