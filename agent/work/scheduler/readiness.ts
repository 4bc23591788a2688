import { type EpochMs, MINUTE_MS } from '../../core/calendar/time.ts';
import type { TaskState } from '../../edges/store/schedule-records.ts';
import { ATTEMPTS, retryAt } from './attempts.ts';
import { estimateMs } from './estimate.ts';
import { isEnabled, onceKey, type Situation, stretchEnd } from './situation.ts';
import { isHeavy, isTimed, type Plan } from './task.ts';
import { inItsPhases } from './timetable.ts';

/** Why a task may not start, in the order in which it is asked. */
export type Rule =
  | 'disabled'
  | 'paused'
  | 'running'
  | 'unanswered'
  | 'phase'
  | 'market'
  | 'research-window'
  | 'not-due'
  | 'spent'
  | 'interval'
  | 'retry'
  | 'dependency'
  | 'conflict'
  | 'trading-hold'
  | 'no-time'
  | 'memory'
  | 'heavy'
  | 'slots';

export interface Obstacle {
  readonly rule: Rule;
  /** The other task, or the reason in words. */
  readonly about: string;
}

/** So that heavy work that gave way does not come and go with every critical task. */
const GAVE_WAY_MS = 5 * MINUTE_MS;
const BACKFILL_MS = 10 * MINUTE_MS;

const PLAIN = Object.fromEntries(
  ['disabled', 'paused', 'running', 'unanswered', 'phase', 'market', 'research-window', 'not-due', 'spent', 'interval']
    .concat(['retry', 'no-time', 'memory', 'heavy', 'slots'])
    .map((rule) => [rule, { rule, about: '' }]),
) as Readonly<Record<Exclude<Rule, 'dependency' | 'conflict' | 'trading-hold'>, Obstacle>>;

/** What keeps a task from starting now, or `null` when it is ready. `asked` = a person wants it, whatever its times say. */
export function obstacleTo(task: Plan, situation: Situation, asked = false): Obstacle | null {
  return (
    permission(task, situation) ??
    calendarObstacle(task, situation, asked) ??
    (asked ? null : timesObstacle(task, situation)) ??
    companyObstacle(task, situation) ??
    (asked ? null : fitObstacle(task, situation)) ??
    roomObstacle(task, situation)
  );
}

/** What would take longest to go away is not worth showing as "blocked": it simply is not its time. */
export function isWaiting({ rule }: Obstacle): boolean {
  return !['disabled', 'phase', 'market', 'research-window', 'not-due', 'spent', 'interval', 'running'].includes(rule);
}

/** One sentence for the page and the record. */
export function obstacleText({ rule, about }: Obstacle): string {
  switch (rule) {
    case 'disabled':
      return 'it is disabled';
    case 'paused':
      return 'the schedule is paused';
    case 'running':
      return 'it is running';
    case 'unanswered':
      return 'its last run was told to stop and has not ended';
    case 'phase':
      return 'not in its phases';
    case 'market':
      return 'the market is not as it needs it';
    case 'research-window':
      return 'outside the research window';
    case 'not-due':
      return 'not due yet';
    case 'spent':
      return 'has had its run';
    case 'interval':
      return 'too soon after its last start';
    case 'retry':
      return 'it failed and waits to be tried again';
    case 'dependency':
      return `waits for ${about}`;
    case 'conflict':
      return `may not run beside ${about}`;
    case 'trading-hold':
      return `nothing that trades may start: ${about}`;
    case 'no-time':
      return 'does not fit into the time that is left';
    case 'memory':
      return 'not enough memory is free';
    case 'heavy':
      return 'another heavy task is running';
    case 'slots':
      return 'enough is running already';
  }
}

/** The earliest instant after `now` at which time alone may make a task ready that something temporary keeps back; else Infinity. */
export function wakeAt(task: Plan, state: TaskState | undefined, now: EpochMs): EpochMs {
  if (state === undefined) return Number.POSITIVE_INFINITY;
  const { recurrence } = task;
  const rest = isTimed(task) ? 0 : restedAt(state, recurrence.kind === 'interval' ? recurrence.minutes : 0);
  const again = isTimed(task) ? cameToNothing(state) : state.failures > 0 && state.failures < ATTEMPTS;
  const retry = again ? retryAt(task, state) : 0;
  return Math.min(rest > now ? rest : Number.POSITIVE_INFINITY, retry > now ? retry : Number.POSITIVE_INFINITY);
}

function permission(task: Plan, { control, running, deaf }: Situation): Obstacle | null {
  if (!isEnabled(task, control)) return PLAIN.disabled;
  if (control.pausedSince !== null && !keepsWatch(task)) return PLAIN.paused;
  if (running.some(({ name }) => name === task.name)) return PLAIN.running;
  return deaf.has(task.name) ? PLAIN.unanswered : null;
}

/** A pause must not make anybody blind. */
function keepsWatch({ category, canTrade }: Plan): boolean {
  return category === 'monitoring' && !canTrade;
}

function calendarObstacle(task: Plan, { now, span, window, control }: Situation, asked: boolean): Obstacle | null {
  const { phases, category, canTrade } = task;
  // What a person asks for may run outside its phases when it neither trades nor weighs on the machine.
  const free = asked && !canTrade && !isHeavy(task) && category !== 'research';
  if (!free && phases !== 'always' && !phases.includes(span.phase)) return PLAIN.phase;
  if (task.market !== 'any' && !inItsPhases({ phases: 'always', market: task.market }, now)) return PLAIN.market;
  if (category !== 'research') return null;
  const allowed = now >= window.from && now < window.researchUntil && now >= (control.noResearchUntil ?? 0);
  return allowed ? null : PLAIN['research-window'];
}

function timesObstacle(task: Plan, situation: Situation): Obstacle | null {
  const state = situation.states.get(task.name);
  const { now } = situation;
  if (isTimed(task)) {
    const dueAt = situation.due.get(task.name);
    if (dueAt === undefined) return PLAIN['not-due'];
    const again = state?.lastDueAt === dueAt && cameToNothing(state);
    return again && now < retryAt(task, state) ? PLAIN.retry : null;
  }
  if (state === undefined) return null;
  const key = onceKey(task, situation);
  if (key !== null && state.spent === key) return PLAIN.spent;
  const minutes = task.recurrence.kind === 'interval' ? task.recurrence.minutes : 0;
  if (minutes > 0 || state.lastOutcome === 'interrupted') {
    if (now < restedAt(state, minutes)) return PLAIN.interval;
  }
  if (state.failures === 0 || state.triedIn !== (key ?? situation.window.tradingDay)) return null;
  return state.failures >= ATTEMPTS ? PLAIN.spent : now < retryAt(task, state) ? PLAIN.retry : null;
}

/** After its last start; what failed or gave way to something does not wait that long. */
function restedAt({ lastStartedAt, lastEndedAt, lastOutcome, failures }: TaskState, minutes: number): EpochMs {
  if (lastStartedAt === null || failures > 0 || lastOutcome === 'interrupted') return (lastEndedAt ?? 0) + GAVE_WAY_MS;
  return lastStartedAt + minutes * MINUTE_MS;
}

function cameToNothing({ lastOutcome }: TaskState): boolean {
  return lastOutcome === 'failed' || lastOutcome === 'interrupted';
}

/** Whether what a task depends on was done: research in the same window, everything else on the same trading day. */
export function isDone(state: TaskState | undefined, task: Plan, window: Situation['window']): boolean {
  if (task.category === 'research') return (state?.completedAt ?? 0) >= window.from;
  return state?.completedOn === window.tradingDay;
}

function companyObstacle(task: Plan, { running, states, window, hold }: Situation): Obstacle | null {
  for (const name of task.dependencies) {
    if (!isDone(states.get(name), task, window)) return { rule: 'dependency', about: name };
  }
  const other = running.find((each) => conflict(task, each));
  if (other !== undefined) return { rule: 'conflict', about: other.name };
  return task.canTrade && hold !== null ? { rule: 'trading-hold', about: hold } : null;
}

export function conflict(a: Plan, b: Plan): boolean {
  return a.conflicts.includes(b.name) || b.conflicts.includes(a.name);
}

/** What is urgent starts all the same; the rest must fit, and what can be interrupted may use a remainder. */
function fitObstacle(task: Plan, situation: Situation): Obstacle | null {
  if (task.priority === 'critical' || task.priority === 'high') return null;
  const left = stretchEnd(task, situation) - situation.now;
  if (task.interruptible && left > BACKFILL_MS) return null;
  return estimateMs(task, situation.states.get(task.name) ?? null) <= left ? null : PLAIN['no-time'];
}

function roomObstacle(task: Plan, { freeMb, running, mostAtOnce, serial }: Situation): Obstacle | null {
  if (serial && running.length > 0) return PLAIN.slots;
  if (freeMb === null ? isHeavy(task) : task.memoryMb > freeMb) return PLAIN.memory;
  if (isHeavy(task) && running.some(isHeavy)) return PLAIN.heavy;
  if (task.priority === 'critical') return null;
  return running.length >= mostAtOnce ? PLAIN.slots : null;
}
