import { Runner } from '../work/scheduler/runner.ts';
import type { RunnerParts } from '../work/scheduler/runner-parts.ts';
import type { Task } from '../work/scheduler/task.ts';
import { ClockTrust } from './clock-trust.ts';
import type { Rooms } from './workflows.ts';

export interface SchedulingParts extends Rooms {
  readonly tasks: readonly Task[];
  /** Market seconds in one real second. */
  readonly speed: number;
  readonly onChange: () => void;
}

export interface Scheduling {
  readonly runner: Runner;
  readonly trust: ClockTrust;
}

/** Kept free for everything that is not ours; on a small machine a quarter of it. */
const RESERVE_MB = 400;
const HEARTBEAT_MS = 30_000;
const JUMP_MS = 5_000;
const OBEY_MS = 5_000;

/** The scheduler, and whoever knows whether its clock is right. */
export function composeScheduling(parts: SchedulingParts): Scheduling {
  const { tasks, clock, store, log, broker, speed, reconciler, keeper, alerts, guard, onChange } = parts;
  const runner = new Runner({
    ...{ tasks, clock, store, log, onChange },
    ...machineLimits(parts),
    // A halt is an answer, which the task itself gives; a guard that is only away for a moment is waited for.
    holdsTrading: () => reconciler.obstacle ?? (guard?.standing.state === 'unreachable' ? guard.standing.closed : null),
    onJump: () => {
      reconciler.lapse('the clock was set');
      keeper.compare('the clock was set');
      void trust.compare();
    },
    onAlarm: (key, text, resolved) => {
      const at = clock.now();
      const told = resolved ? alerts.resolve(key, at) : alerts.raise(key, { severity: 'warning', text, at });
      told.catch((error: unknown) => log.error({ error: String(error), text }, 'an alert could not be kept'));
    },
  });
  const trust = new ClockTrust({ broker, clock, speed, log, onRight: () => runner.confirmClock() });
  return { runner, trust };
}

function machineLimits({
  host,
  speed,
}: SchedulingParts): Pick<RunnerParts, 'capacity' | 'heartbeatMs' | 'jumpToleranceMs' | 'obeyMs'> {
  if (host === null) {
    const capacity = { mostAtOnce: 1, serial: true, freeMb: () => Number.POSITIVE_INFINITY };
    return { capacity, heartbeatMs: Number.POSITIVE_INFINITY, jumpToleranceMs: Number.POSITIVE_INFINITY };
  }
  const { machine } = host;
  const reserve = Math.min(RESERVE_MB, machine.totalMb / 4);
  const freeMb = (): number | null => {
    const available = machine.availableMb();
    return available === null ? null : available - reserve;
  };
  const capacity = { mostAtOnce: Math.max(2, machine.cores), serial: false, freeMb };
  return {
    capacity,
    heartbeatMs: HEARTBEAT_MS * speed,
    jumpToleranceMs: JUMP_MS * speed,
    obeyMs: OBEY_MS * speed,
  };
}
