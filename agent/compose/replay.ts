import { instantInNewYork } from '../core/calendar/new-york.ts';
import type { EpochMs, IsoDate } from '../core/calendar/time.ts';
import { money } from '../core/market/money.ts';
import { IbBroker } from '../edges/broker/ib/ib-broker.ts';
import { MemoryStore } from '../edges/store/memory/memory-store.ts';
import { silentLog } from '../edges/system/log.ts';
import { ManualClock } from '../edges/system/manual/clock.ts';
import { type JournalEntry, JournalledStore } from '../lab/backtest/journal.ts';
import { replayUntil } from '../lab/backtest/replay-loop.ts';
import { type ReplaySummary, summarise } from '../lab/backtest/summary.ts';
import { RecordedMarket } from '../lab/exchange/recorded-market.ts';
import { loadRecordedDay, type RecordingProblems } from '../lab/exchange/recording.ts';
import { TwsServer } from '../lab/exchange/server/tws-server.ts';
import { SimulatedBook } from '../lab/exchange/simulated-book.ts';
import { SimulatedExchange } from '../lab/exchange/simulated-exchange.ts';
import type { TradingOptions } from './options.ts';
import { composeTrading } from './trading.ts';

/** The appliance is switched on before its first task and off after its last one. */
const FROM = '07:55';
const UNTIL = '18:30';
const ACCOUNT = 'DU0000001';

export interface ReplayRequest {
  readonly folder: string;
  readonly date: IsoDate;
  readonly cash: number;
  readonly options: TradingOptions;
  readonly onEntry: (entry: JournalEntry) => void;
  readonly onMove: (at: EpochMs) => void;
}

export interface Replayed {
  readonly summary: ReplaySummary;
  /** Of the data files. */
  readonly problems: readonly RecordingProblems[];
}

/** Plays one recorded day through the whole appliance, over the wire, as fast as it can. */
export async function replay(request: ReplayRequest): Promise<Replayed> {
  const { folder, date, options } = request;
  const day = await loadRecordedDay({ folder, symbols: options.symbols, date });
  const clock = new ManualClock(instantInNewYork(date, FROM));
  const market = new RecordedMarket(day);
  const book = new SimulatedBook({ market, accounts: [{ account: ACCOUNT, cash: money(request.cash) }] });
  const exchange = new SimulatedExchange({ market, book, clock });
  exchange.step(clock.now());
  const host = '127.0.0.1';
  const server = new TwsServer({ exchange, log: silentLog, host, port: 0 });
  await server.start();
  const store = new JournalledStore({ store: new MemoryStore(), clock, onEntry: request.onEntry });
  await store.start();
  const broker = new IbBroker({
    ...{ host, port: server.port, clientId: 1, account: null, clock, log: silentLog },
    // Nothing waits for the machine's time here: the clock stands still while there is work.
    messagesPerSecond: Number.POSITIVE_INFINITY,
    heartbeatMs: Number.POSITIVE_INFINITY,
  });
  const parts = { clock, store, broker, marketData: broker, log: silentLog, connections: () => [] };
  const trading = composeTrading(options, parts);
  const settled = async (): Promise<void> => {
    await broker.settled();
    await trading.blotter.idle();
    await new Promise(setImmediate);
    await broker.settled();
  };
  try {
    await trading.start();
    const stepExchange = (at: EpochMs): void => exchange.step(at);
    const nextPrice = (after: EpochMs): EpochMs => exchange.nextChange(after);
    await replayUntil(instantInNewYork(date, UNTIL), {
      clock,
      nextPrice,
      stepExchange,
      settled,
      onMove: request.onMove,
    });
    const snapshot = trading.board.current;
    const summary = await summarise(store, { date, snapshot });
    return { summary, problems: day.symbols.map((symbol) => symbol.problems) };
  } finally {
    await trading.stop();
    await server.stop();
    await store.stop();
  }
}
