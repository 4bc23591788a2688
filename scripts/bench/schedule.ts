import { spawnSync } from 'node:child_process';
import { plans } from '../../agent/compose/registry.ts';
import { instantInNewYork } from '../../agent/core/calendar/new-york.ts';
import { phaseSpanAt, windowAt } from '../../agent/core/calendar/windows.ts';
import { runSchedule } from '../../agent/lab/backtest/schedule-run.ts';
import { readyTasks } from '../../agent/work/scheduler/choice.ts';
import { planWindow } from '../../agent/work/scheduler/planner.ts';
import { NO_CONTROL, type Situation } from '../../agent/work/scheduler/situation.ts';
import { isTimed, type Plan } from '../../agent/work/scheduler/task.ts';
import { newTaskState } from '../../agent/work/scheduler/task-state.ts';
import { bestCpuSeconds, type Measure } from './measure.ts';

export const title = 'Scheduler: deciding, planning, and a simulated year, in CPU time';

const TASKS = 1000;
const MEMORY = new URL('../bench-data/scheduler-memory.ts', import.meta.url).pathname;

export async function run(): Promise<Measure[]> {
  const tasks = many(plans({}));
  const decide = [];
  for (const time of ['10:00', '20:00']) decide.push(bestCpuSeconds(() => repeated(tasks, time)) / 20);
  const started = process.cpuUsage();
  const year = await runSchedule({
    plans: plans({}),
    from: '2026-01-01',
    to: '2026-12-31',
    seed: 1,
    memoryMb: 600,
    mostAtOnce: 4,
  });
  const used = process.cpuUsage(started);
  const real = plans({});
  const plan = bestCpuSeconds(() => planWindow(real, situationAt(real, '18:00')));
  return [
    { name: 'deciding among 1,000 tasks', unit: 'ms', value: Math.max(...decide) * 1000, atMost: 2 },
    { name: 'planning a window with the whole registry', unit: 'ms', value: plan * 1000 },
    { name: 'a simulated year', unit: 's', value: (used.user + used.system) / 1e6, atMost: 20 },
    { name: 'runs in it', unit: '', value: year.runs },
    { name: 'heap it holds while a week runs', unit: 'MiB', value: heapHeld(), atMost: 10 },
  ];
}

/** In a process of its own, where nothing else is held. */
function heapHeld(): number {
  const ran = spawnSync(process.execPath, [MEMORY], { encoding: 'utf8' });
  if (ran.status !== 0) throw new Error(ran.stderr);
  return Number(ran.stdout);
}

function repeated(tasks: readonly Plan[], time: string): number {
  const situation = situationAt(tasks, time);
  let ready = 0;
  for (let i = 0; i < 20; i += 1) ready += readyTasks(tasks, situation).length;
  return ready;
}

function many(registry: readonly Plan[]): readonly Plan[] {
  return Array.from({ length: TASKS }, (_, i) => {
    const plan = registry[i % registry.length] as Plan;
    const numbered = (name: string): string => `${name}-${Math.floor(i / registry.length)}`;
    return {
      ...plan,
      name: numbered(plan.name),
      dependencies: plan.dependencies.map(numbered),
      conflicts: plan.conflicts.map(numbered),
    };
  });
}

function situationAt(tasks: readonly Plan[], time: string): Situation {
  const now = instantInNewYork('2026-03-20', time);
  return {
    ...{
      now,
      window: windowAt(now),
      span: phaseSpanAt(now),
      running: tasks.slice(0, 3),
      deaf: new Set(),
      serial: false,
    },
    ...{ freeMb: 600, mostAtOnce: 4, hold: null, control: NO_CONTROL },
    states: new Map(tasks.map(({ name }) => [name, newTaskState(name, now - 1e9)])),
    due: new Map(tasks.filter(isTimed).map(({ name }) => [name, now])),
  };
}
