import { writeFileSync } from 'node:fs';
import { resolve } from 'node:path';
import { TASK_NAMES, TASKS } from '../agent/compose/task-table.ts';
import type { MissedPolicy, Plan, Recurrence } from '../agent/work/scheduler/task.ts';

export const SCHEDULE_DOCUMENT = resolve(import.meta.dirname, '../docs/schedule.md');

const HEAD = `# The schedule

Every task there is, from \`agent/compose/task-table.ts\`: \`node scripts/schedule-document.ts\` writes this page and a test holds it
to the table. Times are New York time. Minutes are *estimated / maximum*; the estimate is replaced by what the task really took (moving
average plus 20 %) after its first run. Memory is in MB, for a child with its cap. What the times of a task are can be set in the
configuration; see [configuration.md](configuration.md).

* **Phases**: pre-market from 8:00, open, post-market from the actual close to 17:00, evening to 21:30, overnight to 8:00, weekend, holiday.
* **Research** runs from two hours after the close (18:00, on half days 15:00) until the reserve before the next trading day's 8:00:
  1.5 hours overnight, 3.5 before a weekend's end, 2 after a holiday, 4 after a holiday weekend.
* **Missed**: what becomes of a run that could not start in time. Whatever can trade (*trades*) is never run late, and is held while the clock
  or the books are in doubt.
* \`scripts/wheelhouse schedule\` shows what may run now and what is planned; \`--simulate 2026-01-01..2026-12-31\` runs a whole year of it.
`;

/** The page about the schedule. */
export function scheduleDocument(): string {
  const rows = TASK_NAMES.map((name) => row(TASKS[name]));
  const columns = ['Task', 'What it does', 'Priority', 'When', 'Phases', 'Minutes', 'MB', 'Needs', 'Missed', 'Remarks'];
  return [HEAD, line(columns), line(columns.map(() => '---')), ...rows, ''].join('\n');
}

function row(task: Plan): string {
  const { name, title, priority, estimatedMinutes, maxMinutes, memoryMb, isolation, dependencies } = task;
  const memory = isolation.kind === 'child' ? `${memoryMb}, child ≤ ${isolation.capMb}` : `${memoryMb}`;
  const phases = task.phases === 'always' ? 'always' : task.phases.join(', ');
  return line([
    ...[`\`${name}\``, title, priority, when(task.recurrence), phases, `${estimatedMinutes} / ${maxMinutes}`, memory],
    ...[dependencies.join(', '), missed(task.missed), remarks(task)],
  ]);
}

function when(recurrence: Recurrence): string {
  switch (recurrence.kind) {
    case 'at':
      return recurrence.times.join(', ');
    case 'every': {
      const { minutes, from } = recurrence;
      const often = minutes < 1 ? `${minutes * 60} s` : `${minutes} min`;
      return from === 'open' ? `every ${often} while open` : `every ${often}`;
    }
    case 'oncePerPhase':
      return 'once per phase';
    case 'oncePerTradingDay':
      return 'once per trading day';
    case 'interval':
      return recurrence.minutes % 1440 === 0
        ? `${recurrence.minutes / 1440} days after the last`
        : `${recurrence.minutes} min after the last`;
  }
}

function missed(policy: MissedPolicy): string {
  switch (policy.kind) {
    case 'runWithin':
      return `run within ${policy.minutes < 120 ? `${policy.minutes} min` : `${policy.minutes / 60} h`}`;
    case 'runOnce':
      return 'run once';
    default:
      return policy.kind;
  }
}

function remarks({ canTrade, interruptible, cpuIntensive, market, conflicts }: Plan): string {
  const said: string[] = [];
  if (canTrade) said.push('**trades**');
  if (market !== 'any') said.push(`market ${market}`);
  if (interruptible) said.push('interruptible');
  if (cpuIntensive) said.push('heavy');
  if (conflicts.length > 0) said.push(`not beside ${conflicts.join(', ')}`);
  return said.join(', ');
}

function line(cells: readonly string[]): string {
  return `| ${cells.join(' | ')} |`;
}

if (import.meta.main) writeFileSync(SCHEDULE_DOCUMENT, scheduleDocument());
