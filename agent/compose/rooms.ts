import type { Observation } from '../core/risk/observation.ts';
import { AlertBook } from '../work/workflows/alert-book.ts';
import { Blotter } from '../work/workflows/blotter.ts';
import { Books } from '../work/workflows/books.ts';
import { DecisionLog } from '../work/workflows/decision-log.ts';
import { Halt } from '../work/workflows/halt.ts';
import { MarketWatch } from '../work/workflows/market-watch.ts';
import { Marks } from '../work/workflows/marks.ts';
import { Reconciler } from '../work/workflows/reconcile.ts';
import { watchedMarketData } from '../work/workflows/risk-feed.ts';
import { RiskWatch } from '../work/workflows/risk-watch.ts';
import { SessionKeeper } from '../work/workflows/session-keeper.ts';
import { TradingSwitch } from '../work/workflows/trading-switch.ts';
import { Turn } from '../work/workflows/turn.ts';
import { WatchedBroker } from '../work/workflows/watched-broker.ts';
import { accountRule } from './account-rule.ts';
import type { TradingOptions } from './options.ts';
import type { Rooms } from './workflows.ts';

export type RoomParts = Pick<Rooms, 'clock' | 'store' | 'broker' | 'marketData' | 'guard' | 'log' | 'host'>;

export interface RoomHooks {
  readonly onChange: () => void;
  /** The books were compared with the broker's, or may not be trusted any more. */
  readonly onCompared: () => void;
}

/** Everything that workflows work on, joined. Nothing happens yet. */
export function composeRooms(options: TradingOptions, parts: RoomParts, hooks: RoomHooks): Rooms {
  const { clock, store, guard, log } = parts;
  const observe = (observation: Observation): void => risk.observe(observation);
  const broker = new WatchedBroker(parts.broker, observe);
  const { maxQuoteAgeMs, maxSpread: wideSpread } = options.putWrite;
  const marketData = watchedMarketData(parts.marketData, { maxQuoteAgeMs, wideSpread }, observe);
  const { onChange, onCompared } = hooks;
  const turn = new Turn();
  const alerts = new AlertBook({ store, onChange });
  const risk: RiskWatch = new RiskWatch({
    ...{ store, alerts, broker, clock, log, onChange, limits: options.breakers },
    onOpened: () => void turn.take(() => halt.enforce()).catch((error: unknown) => onUnenforced(error)),
  });
  const onUnenforced = (error: unknown): void => log.error({ error: String(error) }, 'cancel failed');
  const tradingSwitch = new TradingSwitch({ store, holds: () => risk.holds, onChange });
  const onImpossible = (reason: string): Promise<void> => halt.alarm(reason);
  const onBooked = (): void => {
    risk.books(blotter);
    onChange();
  };
  const blotter: Blotter = new Blotter({ store, log, onChange: onBooked, onImpossible });
  const reconciler = new Reconciler({
    ...{
      ...{ ...parts, broker },
      blotter,
      alerts,
      turn,
      onChange: onCompared,
      onHalt: onImpossible,
      afterwards: () => halt.enforce(),
    },
    accountObstacle: accountRule(options.account),
  });
  const obstacle = (): string | null => reconciler.obstacle;
  const halt: Halt = new Halt({ broker, blotter, tradingSwitch, risk, guard, alerts, clock, log, turn, obstacle });
  const unfinished = (): boolean => halt.unwanted.length > 0;
  const keeper = new SessionKeeper({ broker, blotter, reconciler, unfinished, clock, log, onChange });
  const books = new Books(blotter, reconciler);
  const marks = new Marks({ blotter, store, onChange });
  const decisions = new DecisionLog({ store, onChange });
  const { symbols, selection, putWrite: deltas } = options;
  const watch = new MarketWatch({ marketData, store, symbols, selection, deltas, onChange });
  const made = { alerts, halt, tradingSwitch, risk, blotter, reconciler, keeper, books, marks, decisions, watch, turn };
  return { ...parts, broker, marketData, ...made };
}
