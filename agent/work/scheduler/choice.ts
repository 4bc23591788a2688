import { type WantedWork, wantedWork } from '../../core/calendar/budget.ts';
import { type EpochMs, MINUTE_MS } from '../../core/calendar/time.ts';
import { estimateMs } from './estimate.ts';
import { obstacleTo } from './readiness.ts';
import { type Situation, stretchEnd } from './situation.ts';
import { type Category, isTimed, type MissedPolicy, type Plan, rankOf } from './task.ts';

/** An occurrence that starts within this of its time is on time. */
export const GRACE_MS = 2 * MINUTE_MS;

const SERVED_BY: Readonly<Record<WantedWork, readonly Category[]>> = {
  cleanUp: ['maintenance', 'monitoring'],
  research: ['research'],
  data: ['data'],
  preparation: ['monitoring', 'trading'],
};

/** The ready tasks, the one to start first in front. */
export function readyTasks<T extends Plan>(tasks: readonly T[], situation: Situation): readonly T[] {
  return inOrder(
    tasks.filter((task) => obstacleTo(task, situation) === null),
    situation,
  );
}

/**
 * Priority, then deadline, then the shorter estimate. Inside a research window what the budget is best used for goes before
 * the rest of normal and lower priority.
 */
export function inOrder<T extends Plan>(tasks: readonly T[], situation: Situation): readonly T[] {
  if (tasks.length < 2) return tasks;
  const wanted = wantedWork(situation.window, situation.now);
  return tasks
    .map((task) => ({
      task,
      rank: rankWith(task, wanted),
      deadline: deadlineOf(task, situation),
      estimate: estimateMs(task, situation.states.get(task.name) ?? null),
    }))
    .sort(
      (a, b) =>
        a.rank - b.rank ||
        (a.deadline === b.deadline ? 0 : a.deadline - b.deadline) ||
        a.estimate - b.estimate ||
        (a.task.name < b.task.name ? -1 : 1),
    )
    .map(({ task }) => task);
}

/** When an occurrence is too late; Infinity = never. */
export function lastStart(missed: MissedPolicy, dueAt: EpochMs): EpochMs {
  switch (missed.kind) {
    case 'skip':
    case 'alarm':
      return dueAt + GRACE_MS;
    case 'runWithin':
      return dueAt + missed.minutes * MINUTE_MS;
    case 'runOnce':
      return Number.POSITIVE_INFINITY;
  }
}

function rankWith(task: Plan, wanted: WantedWork | null): number {
  const rank = rankOf(task.priority);
  if (wanted === null || rank < 2) return rank;
  return SERVED_BY[wanted].includes(task.category) ? rank / 10 + 1.5 : rank;
}

function deadlineOf(task: Plan, situation: Situation): EpochMs {
  const dueAt = situation.due.get(task.name);
  return isTimed(task) && dueAt !== undefined ? lastStart(task.missed, dueAt) : stretchEnd(task, situation);
}
