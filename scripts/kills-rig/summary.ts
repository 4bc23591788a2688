import type { Victim } from './box.ts';
import type { Killed, KilledDay } from './day.ts';

export interface KillsSummary {
  readonly days: number;
  readonly kills: number;
  readonly of: Readonly<Record<Victim, number>>;
  /** Kills while at least one order worked at the exchange. */
  readonly withOrders: number;
  /** Kills before the last one had been recovered from. */
  readonly inRecovery: number;
  readonly orders: number;
  readonly executions: number;
  readonly recoverySeconds: { readonly median: number; readonly worst: number; readonly of: number };
  readonly wrongs: readonly string[];
}

export function summaryOf(days: readonly KilledDay[]): KillsSummary {
  const kills = days.flatMap((day) => day.kills);
  const count = (holds: (killed: Killed) => boolean): number => kills.filter(holds).length;
  const sum = (of: (day: KilledDay) => number): number => days.reduce((total, day) => total + of(day), 0);
  const times = kills
    .flatMap(({ recoveryMs }) => (recoveryMs === null ? [] : [recoveryMs / 1000]))
    .sort((a, b) => a - b);
  return {
    days: days.length,
    kills: kills.length,
    of: {
      agent: count(({ kill }) => kill.who === 'agent'),
      guard: count(({ kill }) => kill.who === 'guard'),
      both: count(({ kill }) => kill.who === 'both'),
    },
    withOrders: count(({ working }) => working > 0),
    inRecovery: count(({ recoveryMs }) => recoveryMs === null),
    orders: sum((day) => day.orders),
    executions: sum((day) => day.executions),
    recoverySeconds: {
      median: times[Math.floor(times.length / 2)] ?? Number.NaN,
      worst: times.at(-1) ?? Number.NaN,
      of: times.length,
    },
    wrongs: days.flatMap(({ date, wrongs }, index) => wrongs.map((wrong) => `day ${index + 1} (${date}): ${wrong}`)),
  };
}

export function summaryText(summary: KillsSummary): string {
  const { days, kills, of, withOrders, inRecovery, orders, executions, recoverySeconds, wrongs } = summary;
  const { median, worst, of: measured } = recoverySeconds;
  return [
    `${kills} kills on ${days} days: agent ${of.agent}, guard ${of.guard}, both ${of.both}`,
    `${withOrders} while orders worked, ${inRecovery} before the last one was recovered from`,
    `${orders} orders, ${executions} executions`,
    `recovered in ${median.toFixed(2)} s (median), ${worst.toFixed(2)} s (worst of ${measured})`,
    ...(wrongs.length === 0 ? ['no order lost or doubled, books equal on every day'] : wrongs),
    '',
  ].join('\n');
}
