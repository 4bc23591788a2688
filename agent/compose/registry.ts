import { assertRegistry } from '../work/scheduler/registry-check.ts';
import type { Plan, Recurrence, Task } from '../work/scheduler/task.ts';
import type { Workflow } from '../work/workflows/occasion.ts';
import { TASK_NAMES, TASKS, type TaskName } from './task-table.ts';

/** What the configuration may say of one task. */
export interface TaskTimes {
  readonly enabled: boolean;
  /** Of a daily task. */
  readonly times?: readonly string[];
  /** Of a repeated task. */
  readonly everyMinutes?: number;
}

export type ConfiguredTimes = Readonly<Partial<Record<TaskName, TaskTimes>>>;

/** What there is a workflow for here: a replay has no children to send research to. */
export type Workflows = Readonly<Partial<Record<TaskName, Workflow>>>;

/** The tasks there are workflows for, with what the configuration says, each joined to its workflow. Throws when they cannot be run. */
export function registry(workflows: Workflows, times: ConfiguredTimes): readonly Task[] {
  const tasks = plans(times).flatMap((plan): Task[] => {
    const run = workflows[plan.name as TaskName];
    return run === undefined ? [] : [{ ...plan, ...present(plan, workflows), run }];
  });
  assertRegistry(tasks);
  return tasks;
}

/** The tasks with their times, without what they do. */
export function plans(times: ConfiguredTimes): readonly Plan[] {
  return TASK_NAMES.map((name) => {
    const plan = TASKS[name];
    const wanted = times[name];
    if (wanted === undefined) return plan;
    return { ...plan, enabled: wanted.enabled, recurrence: recurrenceOf(plan.recurrence, wanted) };
  });
}

function recurrenceOf(recurrence: Recurrence, { times, everyMinutes }: TaskTimes): Recurrence {
  if (recurrence.kind === 'at' && times !== undefined) return { kind: 'at', times };
  if (recurrence.kind === 'every' && everyMinutes !== undefined) return { ...recurrence, minutes: everyMinutes };
  return recurrence;
}

/** Nothing depends on, or makes way for, what is not here. */
function present({ dependencies, conflicts }: Plan, workflows: Workflows): Pick<Plan, 'dependencies' | 'conflicts'> {
  const here = (name: string): boolean => workflows[name as TaskName] !== undefined;
  return { dependencies: dependencies.filter(here), conflicts: conflicts.filter(here) };
}
