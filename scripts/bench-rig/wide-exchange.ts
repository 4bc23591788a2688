import { LOOPBACK } from '../../agent/compose/loopback.ts';
import { SIMULATED_ACCOUNT } from '../../agent/compose/simulation.ts';
import { money } from '../../agent/core/market/money.ts';
import type { Clock } from '../../agent/edges/system/clock.ts';
import { silentLog } from '../../agent/edges/system/log.ts';
import { TwsServer } from '../../agent/lab/exchange/server/tws-server.ts';
import { SimulatedBook } from '../../agent/lab/exchange/simulated-book.ts';
import { SimulatedExchange } from '../../agent/lab/exchange/simulated-exchange.ts';
import { SyntheticMarket } from '../../agent/lab/exchange/synthetic-market.ts';
import { UNDERLYINGS, type UnderlyingModel } from '../../agent/lab/exchange/underlyings.ts';

/** The first of the models have an expiration each day; with strikes this fine a chain of the usual days has 400 contracts. */
const LISTED_WIDELY = 2;
const FINER = 5;

/** A simulated exchange in this process that gives out more lines of market data than a real one. */
export class WideExchange {
  readonly #exchange: SimulatedExchange;
  readonly #server: TwsServer;

  constructor(clock: Clock, symbols: readonly string[], marketDataLines: number) {
    const underlyings = symbols.map((symbol, n) => {
      const model = UNDERLYINGS[n % LISTED_WIDELY] as UnderlyingModel;
      return { ...model, symbol, strikeStep: model.strikeStep / FINER };
    });
    const market = new SyntheticMarket({ seed: 1, underlyings });
    market.advance(clock.now());
    const accounts = [{ account: SIMULATED_ACCOUNT, cash: money(1_000_000) }];
    const book = new SimulatedBook({ market, accounts, records: [], journal: null });
    this.#exchange = new SimulatedExchange({ market, book, clock });
    const address = { host: LOOPBACK, port: 0 };
    this.#server = new TwsServer({ ...address, exchange: this.#exchange, log: silentLog, marketDataLines });
  }

  async start(): Promise<number> {
    this.#exchange.step(this.#exchange.clock.now());
    await this.#server.start();
    this.#exchange.start();
    return this.#server.port;
  }

  /** Prices stand still: no real gateway gives out so many lines, and what they would say is not idle. */
  freeze(): void {
    this.#exchange.stop();
  }

  async stop(): Promise<void> {
    this.freeze();
    await this.#server.stop();
  }
}
