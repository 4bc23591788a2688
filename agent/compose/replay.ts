import { instantInNewYork } from '../core/calendar/new-york.ts';
import type { EpochMs, IsoDate } from '../core/calendar/time.ts';
import type { Money } from '../core/market/money.ts';
import { IbBroker } from '../edges/broker/ib/ib-broker.ts';
import { MemoryStore } from '../edges/store/memory/memory-store.ts';
import { silentLog } from '../edges/system/log.ts';
import { ManualClock } from '../edges/system/manual/clock.ts';
import { type JournalEntry, JournalledStore } from '../lab/backtest/journal.ts';
import { replayUntil } from '../lab/backtest/replay-loop.ts';
import { type ReplaySummary, summarise } from '../lab/backtest/summary.ts';
import type { Market } from '../lab/exchange/market.ts';
import { LOOPBACK } from './loopback.ts';
import type { TradingOptions } from './options.ts';
import { PROGRAM_CLIENT, Simulation } from './simulation.ts';
import { composeTrading } from './trading.ts';

/** The appliance is switched on before its first task and off after its last one. */
const FROM = '07:55';
const UNTIL = '18:30';

export interface ReplayRequest {
  readonly market: Market;
  readonly date: IsoDate;
  readonly cash: Money;
  readonly options: TradingOptions;
  readonly onEntry: (entry: JournalEntry) => void;
  readonly onMove: (at: EpochMs) => void;
}

/** Plays one day through the whole appliance, over the wire, as fast as it can. */
export async function replay(request: ReplayRequest): Promise<ReplaySummary> {
  const { market, date, cash, options, onEntry, onMove } = request;
  const clock = new ManualClock(instantInNewYork(date, FROM));
  const log = silentLog;
  const simulation = new Simulation({ market, clock, cash, bookPath: null, log });
  await simulation.start();
  const store = new JournalledStore({ store: new MemoryStore(), clock, onEntry });
  await store.start();
  const broker = new IbBroker({
    ...{ host: LOOPBACK, port: simulation.port, clientId: PROGRAM_CLIENT, account: null, clock, log },
    // Nothing waits for the machine's time here: the clock stands still while there is work.
    messagesPerSecond: Number.POSITIVE_INFINITY,
    heartbeatMs: Number.POSITIVE_INFINITY,
  });
  const trading = composeTrading(options, {
    clock,
    store,
    broker,
    marketData: broker,
    log,
    guard: null,
    host: null,
    connections: () => [],
  });
  const settled = async (): Promise<void> => {
    await broker.settled();
    await trading.blotter.idle();
    await new Promise(setImmediate);
    await broker.settled();
  };
  const { exchange } = simulation;
  try {
    await trading.load();
    await trading.connect();
    await trading.begin();
    await replayUntil(instantInNewYork(date, UNTIL), {
      clock,
      settled,
      onMove,
      nextPrice: (after) => exchange.nextChange(after),
      stepExchange: (at) => exchange.step(at),
    });
    return await summarise(store, { date, snapshot: trading.board.current });
  } finally {
    await trading.stop();
    await simulation.stop();
    await store.stop();
  }
}
