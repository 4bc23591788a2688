import { budgetAt } from '../../core/calendar/budget.ts';
import { type EpochMs, MINUTE_MS } from '../../core/calendar/time.ts';
import type { ShownRun, ShownSchedule, ShownTask } from '../../edges/status/snapshot.ts';
import type { TaskState, WindowUse } from '../../edges/store/schedule-records.ts';
import { inOrder } from './choice.ts';
import { estimateMs } from './estimate.ts';
import { planWindow } from './planner.ts';
import { isWaiting, obstacleText, obstacleTo } from './readiness.ts';
import type { Runner } from './runner.ts';
import type { RunningTask } from './running-task.ts';
import type { Situation } from './situation.ts';
import { isTimed, type Plan, type Task } from './task.ts';

type Outlook = Pick<ShownSchedule, 'ready' | 'blocked' | 'plan'>;

const MOST_PLANNED = 12;
const MOST_DURATIONS = 12;

/** The schedule as page, command line and MQTT show it. */
export function shownSchedule(runner: Runner, now: EpochMs): ShownSchedule {
  const situation = runner.situation(now);
  const { window, control, states } = situation;
  const { type, from, researchUntil, until } = window;
  const use = runner.windowUse;
  return {
    paused: control.pausedSince !== null,
    researchStoppedUntil: now < (control.noResearchUntil ?? 0) ? control.noResearchUntil : null,
    window: { type, from, researchUntil, until },
    budget: budgetAt(now, { usedMs: use?.researchMs ?? 0 }),
    running: runner.running.map(shownRun),
    ...outlookOf(runner, situation),
    durations: durations(runner.tasks, states),
    windows: [...(use === null || use.from > now ? [] : [use]), ...runner.pastWindows].map((each) =>
      shownWindow(each, now),
    ),
  };
}

interface Kept {
  readonly revision: number;
  readonly minute: number;
  readonly outlook: Outlook;
}

/** The board changes more often than the outlook does, and planning is the dear part of it. */
const kept = new WeakMap<Runner, Kept>();

function outlookOf(runner: Runner, situation: Situation): Outlook {
  const { revision } = runner;
  if (revision === 0) return { ready: [], blocked: [], plan: [] };
  const minute = Math.floor(situation.now / MINUTE_MS);
  const known = kept.get(runner);
  if (known?.revision === revision && known.minute === minute) return known.outlook;
  const fresh = outlook(runner.tasks, situation);
  kept.set(runner, { revision, minute, outlook: fresh });
  return fresh;
}

/** What may start, what may not and why, and what is going to run. */
export function outlook(tasks: readonly Plan[], situation: Situation, mostPlanned = MOST_PLANNED): Outlook {
  const ready: Plan[] = [];
  const blocked: ShownSchedule['blocked'][number][] = [];
  for (const task of tasks) {
    const obstacle = obstacleTo(task, situation);
    if (obstacle === null) ready.push(task);
    else if (isWaiting(obstacle)) blocked.push({ name: task.name, title: task.title, reason: obstacleText(obstacle) });
  }
  const plan = planWindow(tasks, situation).slice(0, mostPlanned);
  return {
    ready: inOrder(ready, situation).map(({ name }) => name),
    blocked,
    plan: plan.map(({ task: { name, title }, start, end }) => ({ name, title, start, end })),
  };
}

/** What runs, what comes by the clock, and what was, for the list of tasks. */
export function shownTasks(runner: Runner, most: number): readonly ShownTask[] {
  const titles = new Map(runner.tasks.map(({ name, title }) => [name, title]));
  const titleOf = (name: string): string => titles.get(name) ?? name;
  const running = runner.running.map(
    ({ task, occurrence }): ShownTask => ({ ...named(task), at: occurrence.dueAt, state: 'running', note: '' }),
  );
  const next = runner.tasks
    .filter(isTimed)
    .flatMap((task): ShownTask[] => {
      const at = runner.nextDue(task.name);
      return at === null ? [] : [{ ...named(task), at, state: 'next', note: '' }];
    })
    .sort((a, b) => a.at - b.at)
    .slice(0, most);
  const past = runner.recent.slice(0, most).map(({ task, dueAt, state, note }): ShownTask => {
    const shown = state === 'running' ? 'interrupted' : state;
    return { name: task, title: titleOf(task), at: dueAt, state: shown, note };
  });
  return [...running, ...next, ...past];
}

function named({ name, title }: Task): Pick<ShownTask, 'name' | 'title'> {
  return { name, title };
}

function shownRun({ task, occurrence, estimateMs: estimate, progress }: RunningTask): ShownRun {
  const { name, title } = task;
  return { name, title, since: occurrence.startedAt as EpochMs, estimateMinutes: estimate / MINUTE_MS, progress };
}

/** The longest first: they are what a window is made of. */
function durations(tasks: readonly Task[], states: ReadonlyMap<string, TaskState>): ShownSchedule['durations'] {
  const known = tasks.flatMap((task) => {
    const state = states.get(task.name);
    const last = state?.lastMs ?? null;
    if (state === undefined || last === null) return [];
    const { name, title } = task;
    return [{ name, title, estimateMinutes: estimateMs(task, state) / MINUTE_MS, lastMinutes: last / MINUTE_MS }];
  });
  return known.sort((a, b) => b.lastMinutes - a.lastMinutes || (a.name < b.name ? -1 : 1)).slice(0, MOST_DURATIONS);
}

function shownWindow(use: WindowUse, now: EpochMs): ShownSchedule['windows'][number] {
  const { type, from, researchUntil, busyMs, completions, interruptions } = use;
  const passed = Math.min(now, researchUntil) - from;
  return { type, from, utilisation: passed > 0 ? Math.min(1, busyMs / passed) : 0, completions, interruptions };
}
