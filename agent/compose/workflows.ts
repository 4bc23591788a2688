import { optionTicks, type Ticks } from '../core/market/ticks.ts';
import type { Intent } from '../core/orders/intent.ts';
import type { Broker } from '../edges/broker/broker.ts';
import type { MarketData } from '../edges/broker/market-data.ts';
import type { Guard } from '../edges/guard/guard.ts';
import type { Backups } from '../edges/store/backup.ts';
import type { Store } from '../edges/store/store.ts';
import type { Children } from '../edges/system/children.ts';
import type { Clock } from '../edges/system/clock.ts';
import type { Log } from '../edges/system/log.ts';
import type { Machine } from '../edges/system/machine.ts';
import type { AlertBook } from '../work/workflows/alert-book.ts';
import { analyse } from '../work/workflows/analyse.ts';
import { backUp } from '../work/workflows/back-up.ts';
import type { Blotter } from '../work/workflows/blotter.ts';
import type { Books } from '../work/workflows/books.ts';
import { checkBroker } from '../work/workflows/check-broker.ts';
import { cleanUp } from '../work/workflows/clean-up.ts';
import { collectChains } from '../work/workflows/collect-chains.ts';
import { collectFutures } from '../work/workflows/collect-futures.ts';
import { alertDigest, dailyReport, weeklyReport } from '../work/workflows/daily-report.ts';
import { dataQuality } from '../work/workflows/data-quality.ts';
import type { DecisionLog } from '../work/workflows/decision-log.ts';
import { execute } from '../work/workflows/execute.ts';
import type { Halt } from '../work/workflows/halt.ts';
import { health } from '../work/workflows/health.ts';
import { integrityAudit } from '../work/workflows/integrity-audit.ts';
import { loadHistory } from '../work/workflows/load-history.ts';
import type { MarketWatch } from '../work/workflows/market-watch.ts';
import type { Marks } from '../work/workflows/marks.ts';
import { lookAtAccount, monitor, watchPositions } from '../work/workflows/monitor.ts';
import { NoTradeNotes } from '../work/workflows/no-trade-notes.ts';
import type { Workflow } from '../work/workflows/occasion.ts';
import { orderGate } from '../work/workflows/order-gate.ts';
import { overnightReview } from '../work/workflows/overnight-review.ts';
import { type Placed, type PlaceOrderParts, placeOrder } from '../work/workflows/place-order.ts';
import { Proposer } from '../work/workflows/proposer.ts';
import { readinessCheck } from '../work/workflows/readiness-check.ts';
import type { Reconciler } from '../work/workflows/reconcile.ts';
import { reprice } from '../work/workflows/reprice.ts';
import { type ResearchParts, searchSettings, validateSettings } from '../work/workflows/research.ts';
import type { RiskWatch } from '../work/workflows/risk-watch.ts';
import type { SessionKeeper } from '../work/workflows/session-keeper.ts';
import { cancelStaleOrders } from '../work/workflows/stale-orders.ts';
import { statistics } from '../work/workflows/statistics.ts';
import { systemCheck } from '../work/workflows/system-check.ts';
import type { TradingSwitch } from '../work/workflows/trading-switch.ts';
import type { Turn } from '../work/workflows/turn.ts';
import { watchRisk } from '../work/workflows/watch-risk.ts';
import type { WriteMeterParts } from '../work/workflows/write-meter.ts';
import type { TradingOptions } from './options.ts';
import type { Workflows } from './registry.ts';
import { TASKS, type TaskName } from './task-table.ts';

export interface Rooms {
  readonly clock: Clock;
  readonly store: Store;
  readonly broker: Broker;
  readonly marketData: MarketData;
  readonly alerts: AlertBook;
  readonly halt: Halt;
  readonly tradingSwitch: TradingSwitch;
  readonly risk: RiskWatch;
  /** `null` where orders pass none: in a replay. */
  readonly guard: Guard | null;
  readonly blotter: Blotter;
  readonly reconciler: Reconciler;
  readonly keeper: SessionKeeper;
  readonly books: Books;
  readonly marks: Marks;
  readonly decisions: DecisionLog;
  readonly watch: MarketWatch;
  readonly turn: Turn;
  readonly log: Log;
  /** `null` in a replay: there is no machine to look after and nobody to send research to. */
  readonly host: Host | null;
}

/** The machine the appliance runs on. */
export interface Host {
  readonly machine: Machine;
  readonly children: Children;
  readonly backups: Backups;
  /** Why nothing can be stored any more, or `null`. */
  readonly storeFailure: () => string | null;
  readonly written: WriteMeterParts['sources'];
  /** What could be installed beyond what is, or `null`. */
  readonly newerVersion: () => Promise<string | null>;
}

/** Each task of the daily table with the workflow behind it. */
export function workflowsOf(options: TradingOptions, rooms: Rooms): Workflows {
  const { symbols, limits, putWrite, model, fees, pennyClasses } = options;
  const { maxQuoteAgeMs } = putWrite;
  const proposer = new Proposer({ ...rooms, options: putWrite, limits, model, fees, pennyClasses });
  const placing: PlaceOrderParts = {
    ...rooms,
    guardClosed: () => rooms.guard?.standing.closed ?? null,
    quietWindow: options.quietWindow,
    unreconciled: () => rooms.reconciler.obstacle,
    onDoubt: (reason) => rooms.keeper.compare(reason),
  };
  const placingIn = (symbol: string): PlaceOrderParts => ({
    ...placing,
    unreconciled: () => rooms.reconciler.obstacleFor(symbol),
  });
  const place = (intent: Intent): Promise<Placed> => placeOrder(intent, placingIn(intent.instrument.symbol));
  const ticksOf = (symbol: string): Ticks => optionTicks(symbol, pennyClasses.has(symbol));
  return {
    'load-history': loadHistory({ ...rooms, symbols }),
    'sync-positions': syncPositions(rooms),
    'check-broker': checkBroker({ ...rooms, symbols }),
    analyse: analyse({ ...rooms, proposer, symbols }),
    execute: execute({
      ...rooms,
      proposer,
      symbols,
      limits,
      analysis: 'analyse' satisfies TaskName,
      place,
      repricing: options.repricing,
      ticksOf,
    }),
    'reprice-orders': reprice({
      ...rooms,
      limits,
      maxQuoteAgeMs,
      ticksOf,
      place,
      gate: (order) => orderGate(placingIn(order.instrument.symbol), order),
      alarm: (reason) => rooms.halt.alarm(reason),
      notes: new NoTradeNotes(rooms.decisions, 'reprice-orders' satisfies TaskName),
    }),
    'collect-chains': collectChains({ ...rooms, machine: rooms.host?.machine ?? null }),
    'collect-futures': collectFutures({ ...rooms, multipliers: options.futures }),
    monitor: monitor({ ...rooms, maxQuoteAgeMs }),
    'monitor-positions': watchPositions({ ...rooms, maxQuoteAgeMs }),
    'check-risk-limits': watchRisk({ ...rooms, limits }),
    'cancel-stale-orders': cancelStaleOrders(rooms),
    'overnight-review': overnightReview(rooms),
    'reconcile-close': syncPositions(rooms),
    'profit-and-loss': inTurn(monitor({ ...rooms, maxQuoteAgeMs }), statistics({ ...rooms, symbols })),
    'daily-report': dailyReport(rooms),
    'alert-digest': alertDigest(rooms),
    'weekly-report': weeklyReport(rooms),
    'clean-up': cleanUp(rooms),
    'integrity-audit': integrityAudit(rooms),
    statistics: statistics({ ...rooms, symbols }),
    'data-quality': dataQuality({ ...rooms, symbols, maxQuoteAgeMs, wideSpread: putWrite.maxSpread }),
    health: health({ ...rooms, newerVersion: rooms.host?.newerVersion ?? null }),
    ...(rooms.host === null ? {} : onMachine(options, { ...rooms, ...rooms.host })),
  };
}

/** What needs a machine of our own. */
function onMachine(options: TradingOptions, rooms: Rooms & Host): Workflows {
  const { symbols, putWrite, model, fees, pennyClasses } = options;
  const research = { ...rooms, symbols, options: putWrite, model, fees, pennyClasses };
  return {
    'nightly-research': searching(research, 'nightly-research'),
    'weekend-research': searching(research, 'weekend-research'),
    'validate-candidates': validateSettings({ ...research, capMb: capOf('validate-candidates') }),
    'validate-weekend': validateSettings({ ...research, capMb: capOf('validate-weekend') }),
    'system-check': systemCheck(rooms),
    'readiness-check': readinessCheck({ ...rooms, symbols }),
    'end-of-day-history': loadHistory({ ...rooms, symbols }),
    'back-up': backUp(rooms),
    'compact-store': async () => {
      await rooms.store.compact();
      return 'the store is compact';
    },
  };
}

/** For as long as the table says that it takes. */
function searching(research: Omit<ResearchParts, 'capMb'>, name: TaskName): Workflow {
  return searchSettings({ ...research, capMb: capOf(name) }, TASKS[name].estimatedMinutes);
}

/** What its child may use, as the table says. */
function capOf(name: TaskName): number {
  const { isolation } = TASKS[name];
  if (isolation.kind !== 'child') throw new Error(`${name} has no child`);
  return isolation.capMb;
}

/** One after the other; what the last one says. */
function inTurn(...workflows: readonly Workflow[]): Workflow {
  return async (occasion) => {
    let said = '';
    for (const workflow of workflows) said = await workflow(occasion);
    return said;
  };
}

/** Compares the books and takes the account's figures. Fails when they do not agree. */
function syncPositions({ reconciler, broker, marks, clock }: Rooms): Workflow {
  return async ({ tradingDay }) => {
    const outcome = await reconciler.run();
    await lookAtAccount({ broker, marks, clock }, tradingDay);
    if (reconciler.obstacle !== null) throw new Error(outcome);
    return outcome;
  };
}
