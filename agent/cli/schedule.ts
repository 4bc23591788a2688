import { Command, InvalidArgumentError } from 'commander';
import { plans } from '../compose/registry.ts';
import { type ScheduleView, scheduleAt, scheduleOf } from '../compose/schedule-view.ts';
import { instantInNewYork } from '../core/calendar/new-york.ts';
import { sessions } from '../core/calendar/sessions.ts';
import { type EpochMs, epochDay, type IsoDate } from '../core/calendar/time.ts';
import { windowAt } from '../core/calendar/windows.ts';
import { SCHEDULE_ACTIONS } from '../edges/status/board.ts';
import type { StatusSnapshot } from '../edges/status/snapshot.ts';
import { HostClock } from '../edges/system/host/clock.ts';
import { runSchedule, type ScheduleRunFigures } from '../lab/backtest/schedule-run.ts';
import { asking } from './appliance-client.ts';
import { configurationOrExit } from './configuration.ts';
import { steerSchedule } from './steer-schedule.ts';

interface Options {
  readonly at?: EpochMs;
  readonly simulate?: { readonly from: IsoDate; readonly to: IsoDate };
  readonly seed: number;
  readonly config?: string;
  readonly json?: true;
}

/** What the simulated machine has for tasks: a Raspberry Pi with 1 GB, less what is kept free. */
const SIMULATED = { memoryMb: 600, mostAtOnce: 4 };

const ANSWER_WITHIN_MS = 1000;

const MEANINGS: Readonly<Record<(typeof SCHEDULE_ACTIONS)[number], string>> = {
  pause: 'start nothing but what keeps watch; research is interrupted',
  resume: 'go on after pause or stop-research',
  skip: 'end the current task, or the one named, as skipped',
  'stop-research': 'no more research in this window; preparation goes on',
  run: 'start a task now, if its safety conditions hold',
  enable: 'let a task run again',
  disable: 'keep a task from running',
};

export function scheduleCommand(): Command {
  const command = new Command('schedule')
    .option('--at <instant>', 'for this instant instead of now; without Z or an offset it is New York time', instant)
    .option('--simulate <from..to>', 'run the whole registry over these days on a simulated clock', dates)
    .option('--seed <n>', 'of the simulated durations', wholeNumber, 1)
    .option('--config <file>', 'settings: times of tasks, and where the page is')
    .option('--json', 'as JSON')
    .addHelpText(
      'after',
      '\npause, resume … talk to the running appliance through its page, with the token it printed.',
    )
    .action((options: Options, self: Command) => show(options, self));
  for (const action of SCHEDULE_ACTIONS) {
    const named = action === 'skip' ? '[task]' : ['run', 'enable', 'disable'].includes(action) ? '<task>' : '';
    asking(command.command(`${action} ${named}`.trim()))
      .description(MEANINGS[action])
      .action((...called: unknown[]) => steerSchedule(action, called));
  }
  return command;
}

async function show(options: Options, command: Command): Promise<void> {
  const { settings } = await configurationOrExit(options.config ?? null, command);
  const tasks = plans(settings.schedule);
  if (options.simulate !== undefined) {
    const figures = await runSchedule({ plans: tasks, ...options.simulate, seed: options.seed, ...SIMULATED });
    process.stdout.write(options.json ? `${JSON.stringify(figures, null, 2)}\n` : figuresText(figures));
    return;
  }
  const now = options.at ?? new HostClock().now();
  const running = options.at === undefined ? await runningSchedule(settings.page) : null;
  const view = running ?? scheduleAt(tasks, now);
  process.stdout.write(options.json ? `${JSON.stringify(view, null, 2)}\n` : viewText(view));
}

/** Of the appliance on this machine; `null` when none answers. */
async function runningSchedule({ host, port }: { host: string; port: number }): Promise<ScheduleView | null> {
  try {
    const answer = await fetch(`http://${host}:${port}/api/status`, { signal: AbortSignal.timeout(ANSWER_WITHIN_MS) });
    return answer.ok ? scheduleOf((await answer.json()) as StatusSnapshot) : null;
  } catch {
    return null;
  }
}

function viewText(view: ScheduleView): string {
  const { source, at, mode, phase, window, budget, running, ready, blocked, plan } = view;
  const lines = [
    `${at}: ${mode}, ${phase} (${source === 'appliance' ? 'the running appliance' : 'by the calendar alone'})`,
    `Window ${window.type} from ${window.from} to ${window.researchUntil}`,
    `Budget ${budget.researchHours} of ${budget.totalHours} hours for research${budget.extended ? ', extended' : ''}`,
    ...(running.length > 0 ? [`Running ${running.join(', ')}`] : []),
    `Ready ${ready.join(', ') || 'nothing'}`,
    ...blocked.map(({ task, reason }) => `Blocked ${task}: ${reason}`),
    ...plan.map(({ task, start, end }) => `${start.slice(0, 16)} to ${end.slice(11, 16)}  ${task}`),
  ];
  return `${lines.join('\n')}\n`;
}

function figuresText(figures: ScheduleRunFigures): string {
  const percent = (share: number | null): string => (share === null ? '–' : `${(share * 100).toFixed(1)} %`);
  const lines = ['window           used     research  done  interrupted  overrun  conflicts  predicted'];
  for (const [type, each] of Object.entries(figures.windows)) {
    const { utilisation, researchShare, completions, interruptions, overruns, conflicts } = each;
    const counts = `${String(completions).padStart(5)}  ${String(interruptions).padStart(11)}  ${String(overruns).padStart(7)}`;
    const shares = `${percent(utilisation).padEnd(8)} ${percent(researchShare).padEnd(8)}`;
    lines.push(
      `${type.padEnd(16)} ${shares} ${counts}  ${String(conflicts).padStart(9)}  ${percent(each.predictionAccuracy)}`,
    );
  }
  const { runs, completions, missed, faults, predictionAccuracy } = figures;
  lines.push('', `${runs} runs, ${completions} completed, ${missed} missed; predicted ${percent(predictionAccuracy)}`);
  lines.push(
    `conflicts ${faults.conflicts}, over memory ${faults.overMemory}, outside phase ${faults.outsidePhase}, before dependency ${faults.beforeDependency}, critical late ${faults.lateCritical} (latest ${Math.round(faults.latestCriticalMs)} ms)`,
  );
  return `${lines.join('\n')}\n`;
}

function instant(text: string): EpochMs {
  try {
    const at = readInstant(text);
    windowAt(at);
    return at;
  } catch {
    throw new InvalidArgumentError(`It must be an instant like 2026-11-20T22:00 (New York) or 2026-11-21T03:00Z.`);
  }
}

function readInstant(text: string): EpochMs {
  // An offset follows a time: `-17` at the end of a date is none.
  if (/T.*(?:Z|[+-]\d\d(?::?\d\d)?)$/.test(text)) return Temporal.Instant.from(text).epochMilliseconds;
  const [date = '', time = '00:00'] = text.split(/[T ]/);
  return instantInNewYork(date, time.replace(/\.\d+$/, ''));
}

function dates(text: string): { readonly from: IsoDate; readonly to: IsoDate } {
  const [from = '', to = ''] = text.split('..');
  try {
    if (epochDay(from) <= epochDay(to) && sessionsBetween(from, to)) return { from, to };
  } catch {
    // Falls through to the sentence below.
  }
  throw new InvalidArgumentError(
    'It must be two dates like 2026-01-01..2026-12-31, the first not after the second, within 1990 to 2035.',
  );
}

/** Throws outside the calendar's years. */
function sessionsBetween(from: IsoDate, to: IsoDate): boolean {
  return sessions(from, to).length >= 0;
}

function wholeNumber(text: string): number {
  if (!/^\d{1,9}$/.test(text)) throw new InvalidArgumentError('It must be a whole number.');
  return Number(text);
}
