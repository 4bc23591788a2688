import { closeSync, fdatasyncSync, openSync, readdirSync } from 'node:fs';
import { join } from 'node:path';
import { tradingOptions } from '../../agent/compose/from-settings.ts';
import { LOOPBACK } from '../../agent/compose/loopback.ts';
import { PROGRAM_CLIENT, Simulation } from '../../agent/compose/simulation.ts';
import { composeTrading } from '../../agent/compose/trading.ts';
import type { Settings } from '../../agent/config/schema.ts';
import { instantInNewYork } from '../../agent/core/calendar/new-york.ts';
import type { Chain } from '../../agent/core/market/chain.ts';
import { money } from '../../agent/core/market/money.ts';
import { IbBroker } from '../../agent/edges/broker/ib/ib-broker.ts';
import { LevelStore } from '../../agent/edges/store/level/level-store.ts';
import { HostMachine } from '../../agent/edges/system/host/machine.ts';
import { silentLog } from '../../agent/edges/system/log.ts';
import { ManualClock } from '../../agent/edges/system/manual/clock.ts';
import { replayUntil } from '../../agent/lab/backtest/replay-loop.ts';
import { SyntheticMarket } from '../../agent/lab/exchange/synthetic-market.ts';
import { UNDERLYINGS } from '../../agent/lab/exchange/underlyings.ts';

export const SYMBOLS = ['SPY', 'QQQ', 'IWM', 'TSLA', 'AAPL', 'KO', 'AAA', 'BBB', 'CCC', 'DDD'];

export interface WritingDay {
  /** Where the store lies. */
  readonly folder: string;
  readonly settings: Settings;
  readonly date: string;
  /** Collected beside what the day itself collects, in its order. */
  readonly chains: readonly Chain[];
}

export interface Lived {
  readonly orders: number;
  readonly fills: number;
  readonly commits: { readonly sync: number; readonly lazy: number };
  readonly chains: number;
  readonly copies: number;
}

/** The system hands what was not synced to the disk after so long. */
const WRITEBACK_MS = 30_000;
const CHAINS_EVERY_MS = 5 * 60_000;
const CASH = money(5_000_000);

/** Ten symbols from midnight to midnight, with every task of the table but research, on a real store. */
export async function liveWritingDay({ folder, settings, date, chains }: WritingDay): Promise<Lived> {
  const clock = new ManualClock(instantInNewYork(date, '00:05'));
  const simulation = new Simulation({ market: market(), clock, cash: CASH, bookPath: null, log: silentLog });
  await simulation.start();
  const store = new CountedStore({ path: join(folder, 'store') });
  await store.start();
  const broker = new IbBroker({
    ...{ host: LOOPBACK, port: simulation.port, clientId: PROGRAM_CLIENT, account: null, clock, log: silentLog },
    ...{ messagesPerSecond: Number.POSITIVE_INFINITY, heartbeatMs: Number.POSITIVE_INFINITY },
  });
  const machine = new HostMachine(folder);
  const children = { run: async () => ({ kind: 'failed', reason: 'none here' }) as const };
  const written = { agent: () => machine.writtenBytes(), guard: () => null };
  const trading = composeTrading(tradingOptions(settings, { run: 'replay', speed: 1 }), {
    ...{ clock, store, broker, marketData: broker, log: silentLog, guard: null, connections: () => [] },
    host: { machine, children, backups: store, storeFailure: () => null, written, newerVersion: async () => null },
  });
  const settled = async (): Promise<void> => {
    do {
      await broker.settled();
      await trading.blotter.idle();
      await new Promise(setImmediate);
    } while (store.busy);
    await broker.settled();
  };
  const { exchange } = simulation;
  const open = instantInNewYork(date, '09:30');
  let [flushed, stored] = [0, 0];
  await trading.load();
  await trading.connect();
  await trading.begin();
  await replayUntil(instantInNewYork(date, '23:55'), {
    ...{ clock, settled },
    nextPrice: (after) => exchange.nextChange(after),
    stepExchange: (at) => exchange.step(at),
    onMove: (at) => {
      for (; stored < chains.length && at >= open + Math.floor(stored / 10) * CHAINS_EVERY_MS; stored += 1) {
        void store.putChain(chains[stored] as Chain);
      }
      if (at - flushed < WRITEBACK_MS) return;
      flushed = at;
      writeBack(join(folder, 'store'));
    },
  });
  const { orders } = trading.blotter;
  const lived = { orders: orders.length, fills: orders.filter(({ filled }) => filled > 0).length };
  await trading.stop();
  await simulation.stop();
  await store.stop();
  return { ...lived, commits: store.commits, chains: stored, copies: store.copies };
}

class CountedStore extends LevelStore {
  readonly commits = { sync: 0, lazy: 0 };
  copies = 0;
  #pending = 0;

  get busy(): boolean {
    return this.#pending > 0;
  }

  override async commit(...args: Parameters<LevelStore['commit']>): Promise<void> {
    this.commits[args[1]] += 1;
    await this.#counted(super.commit(...args));
  }

  override putChain(chain: Chain): Promise<void> {
    return this.#counted(super.putChain(chain));
  }

  override list: LevelStore['list'] = (...args) => this.#counted(super.list(...args));

  override get: LevelStore['get'] = (...args) => this.#counted(super.get(...args));

  override backUp(...args: Parameters<LevelStore['backUp']>): ReturnType<LevelStore['backUp']> {
    this.copies += 1;
    return this.#counted(super.backUp(...args));
  }

  async #counted<T>(work: Promise<T>): Promise<T> {
    this.#pending += 1;
    try {
      return await work;
    } finally {
      this.#pending -= 1;
    }
  }
}

function market(): SyntheticMarket {
  const underlyings = SYMBOLS.map((symbol, n) => {
    const model = UNDERLYINGS[n % UNDERLYINGS.length] as (typeof UNDERLYINGS)[number];
    return { ...model, symbol, longName: symbol };
  });
  return new SyntheticMarket({ seed: 1, underlyings });
}

/** As the system does it by itself while the day passes at its own pace: here a second of it is over before the system has looked. */
function writeBack(path: string): void {
  for (const name of readdirSync(path).filter((file) => file.endsWith('.log'))) {
    const file = openSync(join(path, name), 'r+');
    fdatasyncSync(file);
    closeSync(file);
  }
}
