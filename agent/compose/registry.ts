import type { MissedPolicy, Task, Timetable } from '../work/scheduler/task.ts';
import type { Workflow } from '../work/workflows/occasion.ts';

/** What the configuration may say of one task. */
export interface TaskTimes {
  readonly enabled: boolean;
  /** Of a daily task. */
  readonly times?: readonly string[];
  /** Of a repeated task. */
  readonly everyMinutes?: number;
}

export type TaskName = keyof typeof TASKS;

interface Kind extends Pick<Task, 'title' | 'priority' | 'category' | 'maxMinutes' | 'missed'> {
  readonly repeats: 'never' | 'whileOpen' | 'always';
  readonly times: readonly string[];
  readonly everyMinutes: number;
}

const late = (minutes: number): MissedPolicy => ({ kind: 'runWithin', minutes });
const SKIP: MissedPolicy = { kind: 'skip' };

function daily(times: readonly string[], rest: Omit<Kind, 'repeats' | 'times' | 'everyMinutes'>): Kind {
  return { repeats: 'never', times, everyMinutes: 0, ...rest };
}

function repeated(
  repeats: 'whileOpen' | 'always',
  everyMinutes: number,
  rest: Omit<Kind, 'repeats' | 'times' | 'everyMinutes'>,
): Kind {
  return { repeats, times: [], everyMinutes, ...rest };
}

/** The daily table, New York time. What can trade is never run late. */
export const TASKS = {
  'load-history': daily(['08:00'], {
    title: 'Load daily prices and volatility',
    priority: 'normal',
    category: 'data',
    maxMinutes: 20,
    missed: { kind: 'runOnce' },
  }),
  'sync-positions': daily(['08:00', '16:15'], {
    title: 'Compare the books with the broker',
    priority: 'high',
    category: 'trading',
    maxMinutes: 5,
    missed: { kind: 'runOnce' },
  }),
  'check-broker': daily(['08:45'], {
    title: 'Check the broker before the open',
    priority: 'high',
    category: 'monitoring',
    maxMinutes: 2,
    missed: late(45),
  }),
  analyse: daily(['09:45'], {
    title: 'Analyse the chains',
    priority: 'critical',
    category: 'trading',
    maxMinutes: 5,
    missed: late(10),
  }),
  execute: daily(['10:00'], {
    title: 'Order what was found',
    priority: 'critical',
    category: 'trading',
    maxMinutes: 10,
    missed: SKIP,
  }),
  'collect-chains': repeated('whileOpen', 5, {
    title: 'Collect option chains',
    priority: 'normal',
    category: 'data',
    maxMinutes: 4,
    missed: SKIP,
  }),
  'collect-futures': repeated('whileOpen', 5, {
    title: 'Collect index futures',
    priority: 'low',
    category: 'data',
    maxMinutes: 2,
    missed: SKIP,
  }),
  monitor: repeated('whileOpen', 5, {
    title: 'Mark positions and watch profit and loss',
    priority: 'high',
    category: 'monitoring',
    maxMinutes: 4,
    missed: SKIP,
  }),
  statistics: daily(['16:30'], {
    title: 'Statistics of the day',
    priority: 'normal',
    category: 'maintenance',
    maxMinutes: 5,
    missed: late(24 * 60),
  }),
  'data-quality': daily(['18:00'], {
    title: 'Check the quality of the data',
    priority: 'low',
    category: 'maintenance',
    maxMinutes: 5,
    missed: late(24 * 60),
  }),
  health: repeated('always', 60, {
    title: 'Check the health of the appliance',
    priority: 'background',
    category: 'monitoring',
    maxMinutes: 1,
    missed: late(30),
  }),
} as const satisfies Record<string, Kind>;

/** The tasks that are enabled, with the times that the configuration gives, each joined to its workflow. */
export function registry(
  workflows: Readonly<Record<TaskName, Workflow>>,
  times: Readonly<Partial<Record<TaskName, TaskTimes>>>,
): readonly Task[] {
  return (Object.keys(TASKS) as TaskName[]).flatMap((name) => {
    const kind: Kind = TASKS[name];
    const wanted = times[name];
    if (wanted?.enabled === false) return [];
    const { title, priority, category, maxMinutes, missed } = kind;
    return [
      { name, title, priority, category, maxMinutes, missed, timetable: timetable(kind, wanted), run: workflows[name] },
    ];
  });
}

function timetable(kind: Kind, wanted: TaskTimes | undefined): Timetable {
  if (kind.repeats === 'never') return { kind: 'tradingDays', times: wanted?.times ?? kind.times };
  return { kind: kind.repeats, everyMinutes: wanted?.everyMinutes ?? kind.everyMinutes };
}
