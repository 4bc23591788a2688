import type { Broker } from '../edges/broker/broker.ts';
import type { MarketData } from '../edges/broker/market-data.ts';
import type { Store } from '../edges/store/store.ts';
import type { Clock } from '../edges/system/clock.ts';
import type { AlertBook } from '../work/workflows/alert-book.ts';
import { analyse } from '../work/workflows/analyse.ts';
import type { Blotter } from '../work/workflows/blotter.ts';
import type { Books } from '../work/workflows/books.ts';
import { checkBroker } from '../work/workflows/check-broker.ts';
import { collectChains } from '../work/workflows/collect-chains.ts';
import { collectFutures } from '../work/workflows/collect-futures.ts';
import { dataQuality } from '../work/workflows/data-quality.ts';
import type { DecisionLog } from '../work/workflows/decision-log.ts';
import { execute } from '../work/workflows/execute.ts';
import { health } from '../work/workflows/health.ts';
import { loadHistory } from '../work/workflows/load-history.ts';
import type { MarketWatch } from '../work/workflows/market-watch.ts';
import type { Marks } from '../work/workflows/marks.ts';
import { lookAtAccount, monitor } from '../work/workflows/monitor.ts';
import type { Workflow } from '../work/workflows/occasion.ts';
import { type PlaceOrderParts, placeOrder } from '../work/workflows/place-order.ts';
import { Proposer } from '../work/workflows/proposer.ts';
import type { Reconciler } from '../work/workflows/reconcile.ts';
import type { SessionKeeper } from '../work/workflows/session-keeper.ts';
import { statistics } from '../work/workflows/statistics.ts';
import type { TradingSwitch } from '../work/workflows/trading-switch.ts';
import type { Turn } from '../work/workflows/turn.ts';
import type { TradingOptions } from './options.ts';
import type { TaskName } from './registry.ts';

export interface Rooms {
  readonly clock: Clock;
  readonly store: Store;
  readonly broker: Broker;
  readonly marketData: MarketData;
  readonly alerts: AlertBook;
  readonly tradingSwitch: TradingSwitch;
  readonly blotter: Blotter;
  readonly reconciler: Reconciler;
  readonly keeper: SessionKeeper;
  readonly books: Books;
  readonly marks: Marks;
  readonly decisions: DecisionLog;
  readonly watch: MarketWatch;
  readonly turn: Turn;
}

/** Each task of the daily table with the workflow behind it. */
export function workflowsOf(options: TradingOptions, rooms: Rooms): Readonly<Record<TaskName, Workflow>> {
  const { symbols, limits, putWrite, fees, pennyClasses } = options;
  const { maxQuoteAgeMs } = putWrite;
  const proposer = new Proposer({ ...rooms, options: putWrite, limits, fees, pennyClasses });
  const placing: PlaceOrderParts = {
    ...rooms,
    unreconciled: () => rooms.reconciler.obstacle,
    onDoubt: (reason) => rooms.keeper.compare(reason),
  };
  return {
    'load-history': loadHistory({ ...rooms, symbols }),
    'sync-positions': syncPositions(rooms),
    'check-broker': checkBroker(rooms),
    analyse: analyse({ ...rooms, proposer, symbols }),
    execute: execute({
      ...rooms,
      proposer,
      symbols,
      limits,
      analysis: 'analyse' satisfies TaskName,
      place: (intent) => placeOrder(intent, placing),
    }),
    'collect-chains': collectChains(rooms),
    'collect-futures': collectFutures({ ...rooms, multipliers: options.futures }),
    monitor: monitor({ ...rooms, maxQuoteAgeMs }),
    statistics: statistics({ ...rooms, symbols }),
    'data-quality': dataQuality({ ...rooms, symbols, maxQuoteAgeMs, wideSpread: putWrite.maxSpread }),
    health: health(rooms),
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
