import { instantInNewYork, newYorkDate } from '../../../core/calendar/new-york.ts';
import type { Phase } from '../../../core/calendar/phase.ts';
import type { EpochMs } from '../../../core/calendar/time.ts';
import type { OrderState } from '../../../core/orders/order.ts';
import type { StatusSnapshot } from '../snapshot.ts';

/** Fixed for ever: automations in the owner's home compare with these words. */
export const MODES = ['demo', 'replay', 'paper', 'live', 'halted', 'starting', 'error'] as const;
export const OPERATING_MODES = ['trading', 'research', 'prep'] as const;
export const PHASES = [
  'pre-market',
  'open',
  'post-market',
  'evening',
  'overnight',
  'weekend',
  'holiday',
] as const satisfies readonly Phase[];

export const GUARDS = ['armed', 'closed', 'prep', 'halted', 'unconfirmed', 'unreachable', 'none'] as const;

export const SWITCH = ['normal', 'pressed', 'broken', 'shorted', 'unknown', 'none'] as const;

/** States in which an order may still fill. */
const LIVE: ReadonlySet<string> = new Set<OrderState>(['sent', 'working', 'partial', 'cancelling', 'unknown']);

const SCHEMA_VERSION = 1;

/** Home Assistant turns a longer text into "unknown". */
const LONGEST_TEXT = 255;
const STALE_MS = 15 * 60_000;
const POSITIONS = 40;
/** Home Assistant does not record attributes above 16,384 bytes. */
const POSITIONS_BYTES = 16_000;

/** What the entities read; money in dollars, instants as ISO 8601. */
export function statePayload(snapshot: StatusSnapshot, linkName: string): string {
  const { profit, trading, mode, positions, orders } = snapshot;
  const quotedAt = newestQuote(snapshot);
  const next = nextTask(snapshot);
  return JSON.stringify({
    at: instant(snapshot.at),
    equity: profit.equity,
    cash: profit.cash,
    secured: profit.secured,
    pnl_day: profit.day,
    pnl_open: profit.open,
    pnl_real: profit.realized,
    day_start: instant(instantInNewYork(newYorkDate(snapshot.at), '00:00')),
    positions: positions.length,
    orders: orders.filter(({ state }) => LIVE.has(state)).length,
    mode: modeWord(snapshot),
    operating: mode,
    market: snapshot.phase,
    next_at: next === null ? null : instant(next.at),
    next_title: next === null ? null : shorten(next.title),
    last_data: quotedAt === null ? null : instant(quotedAt),
    started: instant(snapshot.startedAt),
    guard: guardWord(snapshot.guard),
    guard_detail: shorten(guardText(snapshot.guard)),
    red_switch: snapshot.guard?.redSwitch ?? 'none',
    red_switch_note: shorten(snapshot.guard?.switchNote ?? 'none'),
    written: megabytes(snapshot.disk),
    breakers: snapshot.breakers.length,
    held_back: snapshot.breakers.map(breakerLine),
    not_working: notWorking(snapshot),
    reason: shorten(trading.reason === '' ? 'none' : trading.reason),
    trading: onOff(trading.state !== 'halted' && mode === 'trading'),
    problem: onOff(hasProblem(snapshot)),
    guard_problem: onOff(snapshot.guard !== null && !snapshot.guard.open),
    link: onOff(snapshot.connections.some(({ name, state }) => isNamed(name, linkName) && state === 'ok')),
    stale: onOff(snapshot.phase === 'open' && (quotedAt === null || snapshot.at - quotedAt > STALE_MS)),
  });
}

/** Attributes of one sensor, so kept short. */
export function positionsPayload({ at, positions }: StatusSnapshot): string {
  for (let most = Math.min(POSITIONS, positions.length); ; most -= 1) {
    const items = positions.slice(0, most).map((position) => ({
      name: position.name,
      quantity: position.quantity,
      average: position.averagePrice,
      mark: position.mark,
      credit: position.credit,
      pnl: position.unrealized,
      expiration: position.expiration,
      dte: position.daysToExpiration,
      foreign: position.foreign,
    }));
    const text = JSON.stringify({ asof: instant(at), items, more: positions.length - most });
    if (most === 0 || Buffer.byteLength(text) < POSITIONS_BYTES) return text;
  }
}

/** A list of what may be known, never a copy of the configuration. */
export function infoPayload({ version, startedAt, run }: StatusSnapshot): string {
  return JSON.stringify({ version, schema: SCHEMA_VERSION, started: instant(startedAt), run });
}

function modeWord({ trading, lights, run }: StatusSnapshot): (typeof MODES)[number] {
  if (trading.state === 'halted') return 'halted';
  return lights.system.colour === 'red' ? 'error' : run;
}

function guardWord(guard: StatusSnapshot['guard']): (typeof GUARDS)[number] {
  if (guard === null) return 'none';
  if (guard.state === 'tripped') return guard.halted === 'confirmed' ? 'halted' : 'unconfirmed';
  return guard.state === 'armed' && !guard.open ? 'closed' : guard.state;
}

/** What no order passes for, or what still works after a halt. */
function guardText(guard: StatusSnapshot['guard']): string {
  if (guard === null) return 'none';
  if (guard.halted !== 'UNCONFIRMED') return guard.detail;
  return guard.working === null ? 'what still works is not known' : `may still work: ${guard.working.join('; ')}`;
}

/** A disk that takes nothing keeps no alert either. */
function hasProblem({ alerts, disk }: StatusSnapshot): boolean {
  return alerts.some(({ severity }) => severity !== 'info') || (disk !== null && disk.failure !== null);
}

/** Of the trading day; to the tenth, so that it does not change without need. */
function megabytes(disk: StatusSnapshot['disk']): number | null {
  if (disk === null || disk.written === null) return null;
  return Math.round((disk.written + (disk.guardWritten ?? 0)) / 1e5) / 10;
}

function breakerLine({ title, reason, clears }: StatusSnapshot['breakers'][number]): string {
  return shorten(`${title}: ${reason}; clears ${clears}`);
}

/** Of everything that is connected or wired: what is not as it was configured, and why. */
function notWorking({ connections }: StatusSnapshot): readonly string[] {
  const troubled = connections.filter(({ state }) => state === 'warning' || state === 'failed');
  return troubled.map(({ name, detail }) => shorten(`${name}: ${detail}`));
}

function nextTask({ tasks }: StatusSnapshot): StatusSnapshot['tasks'][number] | null {
  const ahead = tasks.filter(({ state }) => state === 'next');
  return ahead.reduce<(typeof ahead)[number] | null>((a, b) => (a === null || b.at < a.at ? b : a), null);
}

function newestQuote({ data }: StatusSnapshot): EpochMs | null {
  return data.reduce<EpochMs | null>(
    (newest, { quotedAt }) => (quotedAt === null ? newest : Math.max(newest ?? quotedAt, quotedAt)),
    null,
  );
}

function isNamed(name: string, wanted: string): boolean {
  return name.toLowerCase() === wanted.toLowerCase();
}

function shorten(text: string): string {
  return text.length <= LONGEST_TEXT ? text : `${text.slice(0, LONGEST_TEXT - 1)}…`;
}

function onOff(value: boolean): 'ON' | 'OFF' {
  return value ? 'ON' : 'OFF';
}

function instant(at: EpochMs): string {
  return Temporal.Instant.fromEpochMilliseconds(Math.round(at)).toString();
}
