import { newYorkText } from '../../core/calendar/new-york.ts';
import type { EpochMs } from '../../core/calendar/time.ts';
import type { Outcome, ScheduleCommand } from '../../edges/status/board.ts';
import type { ScheduleControl } from '../../edges/store/schedule-records.ts';
import type { Clock } from '../../edges/system/clock.ts';
import { obstacleText } from './readiness.ts';
import type { Runner } from './runner.ts';
import type { RunningTask } from './running-task.ts';
import { isEnabled } from './situation.ts';
import { rankOf, type Task } from './task.ts';

export interface ScheduleCommandsParts {
  readonly runner: Runner;
  readonly clock: Pick<Clock, 'now'>;
  readonly onChange: () => void;
}

/** What a person may ask of the schedule. Whatever is asked is written down with who asked and what came of it. */
export class ScheduleCommands {
  readonly #parts: ScheduleCommandsParts;

  constructor(parts: ScheduleCommandsParts) {
    this.#parts = parts;
  }

  /** Resolves with what came of it, for whoever asked. */
  async obey(command: ScheduleCommand, source: string): Promise<Outcome> {
    const { runner, clock, onChange } = this.#parts;
    const now = clock.now();
    const { change, text, done = true } = this.#take(command, now);
    await runner.steering.decide(change, { at: now, task: command.task, source, text: `${command.action}: ${text}` });
    runner.wake();
    onChange();
    return { done, text };
  }

  #take({ action, task }: ScheduleCommand, now: EpochMs): Taken {
    const { runner } = this.#parts;
    const { control, window } = runner.situation(now);
    switch (action) {
      case 'pause':
        this.#interruptResearch('the schedule was paused');
        return { change: { pausedSince: control.pausedSince ?? now }, text: 'Paused: only what keeps watch starts.' };
      case 'resume':
        return { change: { pausedSince: null, noResearchUntil: null }, text: 'The schedule goes on.' };
      case 'stop-research': {
        this.#interruptResearch('research was stopped');
        const text = `Research is over until ${newYorkText(window.until)}; preparation goes on.`;
        return { change: { noResearchUntil: window.until }, text };
      }
      case 'skip':
        return this.#skip(task);
      case 'run':
        return this.#start(task ?? '', now);
      case 'enable':
      case 'disable':
        return this.#enable(task ?? '', action === 'enable', control);
    }
  }

  #interruptResearch(reason: string): void {
    const { runner } = this.#parts;
    for (const { task } of runner.running) {
      if (task.category === 'research' && task.interruptible) runner.stopRun(task.name, 'command', reason);
    }
  }

  #skip(name: string | null): Taken {
    const { runner } = this.#parts;
    const running = runner.running.filter((run) => !run.stopping);
    const run = name === null ? leastUrgent(running) : running.find(({ task }) => task.name === name);
    if (run === undefined) {
      return refused(name === null ? 'Nothing runs that can be skipped.' : `${name} is not running.`);
    }
    if (run.task.canTrade) return refused(`${run.task.title} can trade and is not skipped: use HALT.`);
    runner.stopRun(run.task.name, 'skip', 'it was skipped');
    return nothing(`Skipped: ${run.task.title}.`);
  }

  #start(name: string, now: EpochMs): Taken {
    const task = this.#taskOf(name);
    if (task === undefined) return refused(unknown(name));
    const obstacle = this.#parts.runner.startAsked(name, now);
    if (obstacle !== null) return refused(`Not started: ${obstacleText(obstacle)}.`);
    return nothing(`Started: ${task.title}.`);
  }

  #enable(name: string, enabled: boolean, control: ScheduleControl): Taken {
    const task = this.#taskOf(name);
    if (task === undefined) return refused(unknown(name));
    const word = enabled ? 'enabled' : 'disabled';
    if (isEnabled(task, control) === enabled) return nothing(`${task.title} is ${word} already.`);
    return { change: { enabled: { ...control.enabled, [name]: enabled } }, text: `${task.title} is ${word}.` };
  }

  #taskOf(name: string): Task | undefined {
    return this.#parts.runner.tasks.find((task) => task.name === name);
  }
}

interface Taken {
  readonly change: Partial<ScheduleControl>;
  readonly text: string;
  /** Absent = it was done. */
  readonly done?: false;
}

function nothing(text: string): Taken {
  return { change: {}, text };
}

function refused(text: string): Taken {
  return { change: {}, text, done: false };
}

function unknown(name: string): string {
  return `There is no task "${name}".`;
}

/** What is meant by "the current task": what keeps others waiting, never what trades or keeps watch over what is held. */
function leastUrgent(running: readonly RunningTask[]): RunningTask | undefined {
  return running
    .filter(({ task }) => !task.canTrade && task.priority !== 'critical')
    .toSorted((a, b) => rankOf(b.task.priority) - rankOf(a.task.priority) || b.tookMs - a.tookMs)[0];
}
