import { instantInNewYork } from '../../core/calendar/new-york.ts';
import type { Phase } from '../../core/calendar/phase.ts';
import { type Plan, PRIORITIES } from './task.ts';
import { inItsPhases } from './timetable.ts';

const PHASES: readonly Phase[] = ['pre-market', 'open', 'post-market', 'evening', 'overnight', 'weekend', 'holiday'];
/** A Tuesday without anything special. */
const REGULAR_DAY = '2026-03-17';

/** Everything that is wrong with a registry, each by the task's name; empty when it can be run. */
export function registryProblems(tasks: readonly Plan[]): readonly string[] {
  const names = new Set(tasks.map(({ name }) => name));
  const seen = new Set<string>();
  const problems: string[] = [];
  for (const task of tasks) {
    const say = (text: string): void => void problems.push(`${task.name}: ${text}`);
    if (seen.has(task.name)) say('is there twice');
    seen.add(task.name);
    phaseProblems(task, say);
    sizeProblems(task, say);
    recurrenceProblems(task, say);
    for (const other of task.dependencies) {
      if (!names.has(other)) say(`depends on "${other}", which does not exist`);
    }
    for (const other of task.conflicts) if (!names.has(other)) say(`conflicts with "${other}", which does not exist`);
    if (task.conflicts.includes(task.name)) say('conflicts with itself');
    if (task.canTrade && task.missed.kind !== 'skip') say('can trade, so a missed run must be skipped');
    if (task.canTrade && task.isolation.kind === 'child') say('can trade, so it must run in the agent');
  }
  return [...problems, ...cycles(tasks)];
}

/** Throws an Error with code `REGISTRY_INVALID` that names every problem. */
export function assertRegistry(tasks: readonly Plan[]): void {
  const problems = registryProblems(tasks);
  if (problems.length === 0) return;
  const message = `the schedule cannot be run:\n${problems.map((each) => `  ${each}`).join('\n')}`;
  throw Object.assign(new Error(message), { code: 'REGISTRY_INVALID', exitCode: 2, problems });
}

type Say = (text: string) => void;

function phaseProblems({ phases, priority }: Plan, say: Say): void {
  if (!PRIORITIES.includes(priority)) say(`has the priority "${priority}", which does not exist`);
  if (phases === 'always') return;
  if (phases.length === 0) say('has no phase: name some, or say always');
  for (const phase of phases) if (!PHASES.includes(phase)) say(`has the phase "${phase}", which does not exist`);
}

function sizeProblems(task: Plan, say: Say): void {
  const { estimatedMinutes, maxMinutes, memoryMb, isolation } = task;
  if (!(estimatedMinutes > 0)) say(`its estimate of ${estimatedMinutes} minutes is not above 0`);
  if (!(maxMinutes > 0 && Number.isFinite(maxMinutes))) say(`its maximum of ${maxMinutes} minutes is not above 0`);
  if (estimatedMinutes > maxMinutes) {
    say(`its estimate of ${estimatedMinutes} minutes is above its maximum of ${maxMinutes}`);
  }
  if (!(memoryMb >= 0)) say(`its memory of ${memoryMb} MB is not a size`);
  if (isolation.kind === 'child' && !(isolation.capMb >= memoryMb)) {
    say(`needs ${memoryMb} MB, and its child may only use ${isolation.capMb}`);
  }
}

function recurrenceProblems(task: Plan, say: Say): void {
  const { recurrence } = task;
  if (recurrence.kind === 'every' || recurrence.kind === 'interval') {
    if (!(recurrence.minutes > 0)) say(`runs every ${recurrence.minutes} minutes, which is not above 0`);
    return;
  }
  if (recurrence.kind !== 'at') return;
  if (recurrence.times.length === 0) say('has no time');
  for (const time of recurrence.times) {
    const at = instantOf(time);
    if (at === null) say(`its time "${time}" is not one of a day (00:00 to 23:59)`);
    else if (!inItsPhases(task, at)) say(`its time ${time} lies outside its phases`);
  }
}

function instantOf(time: string): number | null {
  try {
    return instantInNewYork(REGULAR_DAY, time);
  } catch {
    return null;
  }
}

function cycles(tasks: readonly Plan[]): string[] {
  const byName = new Map(tasks.map((task) => [task.name, task]));
  const state = new Map<string, 'open' | 'done'>();
  const found: string[] = [];
  const visit = (name: string, path: readonly string[]): void => {
    if (state.get(name) === 'done') return;
    if (state.get(name) === 'open') {
      found.push(`${name}: depends on itself: ${[...path.slice(path.indexOf(name)), name].join(' → ')}`);
      return;
    }
    state.set(name, 'open');
    for (const other of byName.get(name)?.dependencies ?? []) visit(other, [...path, name]);
    state.set(name, 'done');
  };
  for (const { name } of tasks) visit(name, []);
  return found;
}
