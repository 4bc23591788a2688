import { newYorkDate } from '../core/calendar/new-york.ts';
import type { Broker } from '../edges/broker/broker.ts';
import type { MarketData } from '../edges/broker/market-data.ts';
import type { Guard } from '../edges/guard/guard.ts';
import type { Controls } from '../edges/status/board.ts';
import type { Inquiries } from '../edges/status/inquiries.ts';
import type { ShownConnection } from '../edges/status/snapshot.ts';
import type { Store } from '../edges/store/store.ts';
import type { Clock } from '../edges/system/clock.ts';
import type { Log } from '../edges/system/log.ts';
import { ScheduleCommands } from '../work/scheduler/commands.ts';
import type { Runner } from '../work/scheduler/runner.ts';
import type { Blotter } from '../work/workflows/blotter.ts';
import { GuardWatch } from '../work/workflows/guard-watch.ts';
import { LinkAlarm } from '../work/workflows/link-alarm.ts';
import { ModeBell } from '../work/workflows/mode-bell.ts';
import { lookAtAccount } from '../work/workflows/monitor.ts';
import type { Reconciler } from '../work/workflows/reconcile.ts';
import { StatusBoard } from '../work/workflows/status-board.ts';
import { WriteMeter } from '../work/workflows/write-meter.ts';
import { buildSnapshot } from './build-snapshot.ts';
import { composeInquiries } from './inquiries.ts';
import type { TradingOptions } from './options.ts';
import { registry } from './registry.ts';
import { composeRooms } from './rooms.ts';
import { composeScheduling, type Scheduling } from './scheduling.ts';
import { type Host, type Rooms, workflowsOf } from './workflows.ts';

/** How long the start waits for the broker, in real time, before it goes on without: the link is then made whenever it can be. */
const LINK_PATIENCE_MS = 5_000;

export interface TradingParts {
  readonly clock: Clock;
  readonly store: Store;
  readonly broker: Broker;
  readonly marketData: MarketData;
  /** `null` where orders pass none: in a replay. */
  readonly guard: Guard | null;
  readonly log: Log;
  /** `null` in a replay, which does one thing after another and no research. */
  readonly host: Host | null;
  /** Of what was composed around trading: page, MQTT. */
  readonly connections: () => readonly ShownConnection[];
}

/** The trading part of the appliance, the same for live, demo and replay. */
export interface Trading {
  readonly board: StatusBoard;
  readonly controls: Controls;
  readonly inquiries: Inquiries;
  readonly blotter: Blotter;
  readonly reconciler: Reconciler;
  readonly runner: Runner;
  /** Something is wrong that nobody has asked for: trading halts. */
  alarm(reason: string): Promise<void>;
  /** What the store remembers; before anything is shown. */
  load(): Promise<void>;
  /** Makes the session, compares the books and looks at the account; goes on without when the broker does not answer. */
  connect(): Promise<void>;
  /** From now on the timetable runs. */
  begin(): Promise<void>;
  stop(): Promise<void>;
}

/** Builds every workflow and joins them. Nothing happens before `start`. */
export function composeTrading(options: TradingOptions, parts: TradingParts): Trading {
  const { clock, broker, log } = parts;
  const { version, run, speed } = options;
  const onChange = (): void => board.changed();
  const onCompared = (): void => {
    onChange();
    runner.booksCompared(reconciler.obstacle === null);
    keeper.compared();
  };
  const rooms = composeRooms(options, parts, { onChange, onCompared });
  const { alerts, tradingSwitch, risk, blotter, reconciler, keeper, decisions } = rooms;
  const tasks = registry(workflowsOf(options, rooms), options.times);
  const { runner, trust }: Scheduling = composeScheduling({ ...rooms, tasks, speed, onChange });
  const guardWatch = parts.guard && guardWatchOf(parts.guard, rooms, onChange);
  const meter = parts.host === null ? null : new WriteMeter({ ...rooms, sources: parts.host.written, speed, onChange });
  let running = false;
  const fixed = { version, run, speed, startedAt: clock.now() };
  const board: StatusBoard = new StatusBoard({
    build: () =>
      buildSnapshot({
        ...{ ...rooms, fixed, now: clock.now(), running, runner, meter, connections: parts.connections() },
        guardSince: guardWatch?.since ?? 0,
      }),
    onListenerError: (error) => log.error({ error: String(error) }, 'a listener of the board failed'),
  });
  const modes = new ModeBell(clock, onChange);
  const linkAlarm = new LinkAlarm({ ...rooms, speed });
  const commands = new ScheduleCommands({ runner, clock, onChange });
  return {
    board,
    controls: controlsOf(rooms, commands),
    inquiries: composeInquiries(rooms),
    blotter,
    reconciler,
    runner,
    alarm: (reason) => rooms.halt.alarm(reason),
    load: async () => {
      await Promise.all([tradingSwitch.load(clock.now()), ...[alerts, blotter, decisions].map((room) => room.load())]);
      await risk.load(blotter);
    },
    connect: async () => {
      running = true;
      for (const room of [risk, keeper, linkAlarm]) room.start();
      await Promise.all([guardWatch?.start(), broker.start()]);
      await linkUp(broker, clock, LINK_PATIENCE_MS * speed);
      trust.start();
      await Promise.all([trust.compare(), keeper.comparison ?? reconciler.run()]);
      if (broker.link.state === 'ready') await firstLook(rooms);
    },
    begin: async () => {
      modes.start();
      await runner.start();
      if (runner.distrust !== null) keeper.compare(runner.distrust);
      void meter?.start();
      onChange();
    },
    stop: async () => {
      running = false;
      for (const watch of [modes, trust]) watch.stop();
      await runner.stop();
      for (const room of [keeper, linkAlarm]) room.stop();
      await broker.stop();
      await guardWatch?.stop();
      await blotter.idle();
      await risk.stop();
      await meter?.stop();
      onChange();
    },
  };
}

function guardWatchOf(guard: Guard, rooms: Rooms, onChange: () => void): GuardWatch {
  const onConfirmed = (): void => {
    if (rooms.broker.link.state === 'ready') rooms.keeper.compare('the halt is confirmed');
  };
  return new GuardWatch({ ...rooms, guard, onConfirmed, onChange });
}

function controlsOf({ halt, reconciler }: Pick<Rooms, 'halt' | 'reconciler'>, commands: ScheduleCommands): Controls {
  return {
    halt: (reason, source) => halt.halt(reason, source),
    resume: (source) => halt.resume(source),
    reconcile: (accept, source) => reconciler.run(accept ? { by: source } : null),
    schedule: (command, source) => commands.obey(command, source),
  };
}

async function firstLook(parts: Parameters<typeof lookAtAccount>[0] & { readonly log: Log }): Promise<void> {
  try {
    await lookAtAccount(parts, newYorkDate(parts.clock.now()));
  } catch (error) {
    parts.log.warn({ error: String(error) }, 'the account is not known at the start');
  }
}

/** Resolves when the session is ready, or when patience ends. */
function linkUp(broker: Broker, clock: Clock, patienceMs: number): Promise<void> {
  if (broker.link.state === 'ready') return Promise.resolve();
  return new Promise((resolve) => {
    const finish = (): void => {
      leave();
      timer.cancel();
      resolve();
    };
    const leave = broker.onEvent((event) => {
      if (event.kind === 'link' && event.link.state === 'ready') finish();
    });
    const timer = clock.at(clock.now() + patienceMs, finish);
  });
}
