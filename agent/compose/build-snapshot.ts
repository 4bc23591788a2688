import { phaseAt } from '../core/calendar/phase.ts';
import type { EpochMs } from '../core/calendar/time.ts';
import { nextOperatingMode, operatingModeAt } from '../core/calendar/windows.ts';
import { subtract } from '../core/market/money.ts';
import type { Order } from '../core/orders/order.ts';
import { securedCash } from '../core/risk/secured.ts';
import type { Broker } from '../edges/broker/broker.ts';
import type { Guard } from '../edges/guard/guard.ts';
import { type LightFacts, lightsOf } from '../edges/hardware/lights.ts';
import type { ShownConnection, ShownData, StatusSnapshot } from '../edges/status/snapshot.ts';
import type { Runner } from '../work/scheduler/runner.ts';
import { shownSchedule, shownTasks } from '../work/scheduler/shown-schedule.ts';
import type { AlertBook } from '../work/workflows/alert-book.ts';
import type { Blotter } from '../work/workflows/blotter.ts';
import type { Books } from '../work/workflows/books.ts';
import type { DecisionLog } from '../work/workflows/decision-log.ts';
import { type MarketWatch, newestQuote } from '../work/workflows/market-watch.ts';
import type { Marks } from '../work/workflows/marks.ts';
import { DAY_PROFIT } from '../work/workflows/monitor.ts';
import type { Reconciler } from '../work/workflows/reconcile.ts';
import type { RiskWatch } from '../work/workflows/risk-watch.ts';
import {
  shownDecision,
  shownForeign,
  shownMoney,
  shownOrder,
  shownPosition,
  shownSum,
} from '../work/workflows/shown.ts';
import type { SnapshotBody } from '../work/workflows/status-board.ts';
import type { TradingSwitch } from '../work/workflows/trading-switch.ts';
import type { WriteMeter } from '../work/workflows/write-meter.ts';
import { shownDisk, storeConnection } from './shown-disk.ts';
import { guardConnection, shownGuard } from './shown-guard.ts';
import type { Host } from './workflows.ts';

const MOST_ORDERS = 12;
const MOST_TASKS = 8;
const MOST_ALERTS = 10;

export interface SnapshotSources {
  readonly fixed: Pick<StatusSnapshot, 'version' | 'run' | 'speed' | 'startedAt'>;
  readonly now: EpochMs;
  readonly running: boolean;
  readonly broker: Pick<Broker, 'link'>;
  readonly guard: Pick<Guard, 'standing'> | null;
  readonly guardSince: EpochMs;
  readonly runner: Runner;
  readonly blotter: Blotter;
  readonly books: Books;
  readonly reconciler: Reconciler;
  readonly marks: Marks;
  readonly watch: MarketWatch;
  readonly alerts: AlertBook;
  readonly tradingSwitch: TradingSwitch;
  readonly risk: Pick<RiskWatch, 'holds'>;
  readonly decisions: DecisionLog;
  readonly host: Pick<Host, 'storeFailure'> | null;
  readonly meter: Pick<WriteMeter, 'written'> | null;
  /** Of page, MQTT and whatever else was composed around trading. */
  readonly connections: readonly ShownConnection[];
}

/** The one status record, from everything as it stands. */
export function buildSnapshot(from: SnapshotSources): SnapshotBody {
  const { now, tradingSwitch, alerts } = from;
  const standing = from.guard?.standing ?? null;
  const guard = standing === null ? [] : [guardConnection(standing, from.guardSince)];
  // Reset and not armed: whatever the hour, nothing is traded before somebody has armed it.
  const mode = standing?.state === 'prep' ? 'prep' : operatingModeAt(now);
  const disk = shownDisk(from.host, from.meter);
  const store = disk === null ? [] : [storeConnection(disk, from.fixed.startedAt)];
  const connections = [...guard, brokerConnection(from), booksConnection(from), ...store, ...from.connections];
  return {
    ...from.fixed,
    at: now,
    mode,
    phase: phaseAt(now),
    nextMode: nextOperatingMode(now),
    trading: tradingSwitch.state,
    breakers: from.risk.holds,
    guard: standing === null ? null : shownGuard(standing, from.guardSince),
    disk,
    lights: lightsOf({
      running: from.running,
      mode,
      trading: tradingSwitch.state.state,
      haltConfirmed: tradingSwitch.state.state === 'halted' && haltConfirmed(from),
      health: healthOf(from, connections),
      connectionsFailed: connections.filter((each) => each.state === 'failed').length,
      brokerReady: from.broker.link.state === 'ready',
      guardOpen: standing === null || standing.closed === null,
      research: researchState(from),
    }),
    profit: profitOf(from),
    positions: [
      ...from.blotter.openPositions.map((position) => shownPosition(position, from.marks.markOf(position), now)),
      ...from.reconciler.current.foreignPositions.map((position) => shownForeign(position, now)),
    ],
    orders: from.blotter.orders.slice(0, MOST_ORDERS).map((order: Order) => shownOrder(order)),
    tasks: shownTasks(from.runner, MOST_TASKS),
    schedule: shownSchedule(from.runner, now),
    decisions: from.decisions.recent.map(shownDecision),
    connections,
    data: from.watch.symbols.map((symbol) => dataOf(from.watch, symbol)),
    alerts: alerts.open.slice(0, MOST_ALERTS).map(({ severity, text, raisedAt }) => ({ severity, text, raisedAt })),
  };
}

function profitOf({ marks, books }: SnapshotSources): StatusSnapshot['profit'] {
  const { open, realized, commission } = marks.profit;
  return {
    day: shownSum(marks.dayProfit),
    open: shownSum(open),
    realized: shownSum(subtract(realized, commission)),
    equity: shownSum(marks.account?.netLiquidation ?? null),
    cash: shownSum(marks.account?.cash ?? null),
    secured: shownSum(securedCash(books.holdings, books.working).total),
    line: marks.line,
  };
}

function healthOf(
  { alerts, host }: SnapshotSources,
  connections: readonly ShownConnection[],
): 'healthy' | 'warning' | 'error' {
  if (host !== null && host.storeFailure() !== null) return 'error';
  const own = alerts.open.filter((alert) => alert.key !== DAY_PROFIT);
  if (own.some((alert) => alert.severity === 'critical')) return 'error';
  const warned = own.some((alert) => alert.severity === 'warning');
  return warned || connections.some((each) => each.state === 'warning') ? 'warning' : 'healthy';
}

/** The guard's word, which is the broker's own; ours only where the guard has nothing to say of a halt. */
function haltConfirmed({ guard, blotter }: SnapshotSources): boolean {
  const standing = guard?.standing;
  if (standing?.state === 'unreachable') return false;
  return standing?.state === 'tripped' ? standing.halted === 'confirmed' : blotter.working.length === 0;
}

const LINK_STATE = { ready: 'ok', connecting: 'warning', degraded: 'failed', down: 'failed' } as const;

function brokerConnection({ broker }: SnapshotSources): ShownConnection {
  const { state, reason, since, accounts, serverVersion } = broker.link;
  const detail =
    state === 'ready'
      ? `account ${accounts.map(masked).join(', ')}, protocol ${serverVersion ?? 'unknown'}`
      : `${state}: ${reason}`;
  return { name: 'Broker', state: LINK_STATE[state], detail, since };
}

/** Enough to recognise it, too little to use it. */
function masked(account: string): string {
  return account.length <= 5 ? account : `${account.slice(0, 2)}…${account.slice(-3)}`;
}

const BOOKS_STATE = {
  agreed: 'ok',
  waiting: 'warning',
  pending: 'warning',
  unknown: 'warning',
  differs: 'failed',
} as const;

function booksConnection({ reconciler }: SnapshotSources): ShownConnection {
  const { state, reason, at } = reconciler.current;
  return {
    name: 'Books',
    state: reconciler.isQuiet ? 'ok' : BOOKS_STATE[state],
    detail: `${state}: ${reason}`,
    since: at,
  };
}

function dataOf(watch: MarketWatch, symbol: string): ShownData {
  const chain = watch.latest(symbol);
  if (chain === null) return { symbol, spot: null, contracts: 0, quotedAt: null, complete: false };
  const { spot, size, complete } = chain;
  return { symbol, spot: shownMoney(spot), contracts: size, quotedAt: newestQuote(chain) || null, complete };
}

/** Of the research window that holds: what runs now, else what the last run came to. */
function researchState({ runner, now }: SnapshotSources): LightFacts['research'] {
  if (runner.running.some(({ task }) => task.category === 'research')) return 'running';
  const window = runner.windowUse;
  if (window === null || now < window.from || now >= window.until) return 'off';
  const { pausedSince, noResearchUntil } = runner.steering.control;
  if (pausedSince !== null || now < (noResearchUntil ?? 0)) return 'paused';
  const names = new Set(runner.tasks.filter(({ category }) => category === 'research').map(({ name }) => name));
  const last = runner.recent.find(({ task, dueAt }) => names.has(task) && dueAt >= window.from);
  if (last?.state === 'done') return 'complete';
  return last?.state === 'failed' ? 'failed' : 'off';
}
