import type { Money } from '../core/market/money.ts';
import type { Clock } from '../edges/system/clock.ts';
import type { Log } from '../edges/system/log.ts';
import { BookFile } from '../lab/exchange/book-file.ts';
import type { Market } from '../lab/exchange/market.ts';
import { TwsServer } from '../lab/exchange/server/tws-server.ts';
import { SimulatedBook } from '../lab/exchange/simulated-book.ts';
import { SimulatedExchange } from '../lab/exchange/simulated-exchange.ts';
import { LOOPBACK } from './loopback.ts';

export const SIMULATED_ACCOUNT = 'DU0000001';
/** The client id under which the program trades at a simulated exchange. */
export const PROGRAM_CLIENT = 1;

export interface SimulationRequest {
  readonly market: Market;
  readonly clock: Clock;
  readonly cash: Money;
  /** Where the book is kept, so that an exchange that was killed still knows it; `null` = in memory. */
  readonly bookPath: string | null;
  readonly log: Log;
}

/** A simulated exchange on a free port of this machine. It stands still until `run`, or until it is stepped. */
export class Simulation {
  readonly exchange: SimulatedExchange;
  readonly #server: TwsServer;
  readonly #file: BookFile | null;

  constructor({ market, clock, cash, bookPath, log }: SimulationRequest) {
    this.#file = bookPath === null ? null : new BookFile(bookPath);
    const records = this.#file?.open().records ?? [];
    const accounts = [{ account: SIMULATED_ACCOUNT, cash }];
    market.advance(clock.now());
    const book = new SimulatedBook({ market, accounts, records, journal: this.#file });
    this.exchange = new SimulatedExchange({ market, book, clock });
    this.#server = new TwsServer({
      ...{ exchange: this.exchange, log: log.child('exchange'), host: LOOPBACK, port: 0 },
      // The program hears of the trades of others, as the owner should set it up in the gateway: docs/recovery.md.
      masterClientId: PROGRAM_CLIENT,
    });
  }

  get port(): number {
    return this.#server.port;
  }

  async start(): Promise<void> {
    this.exchange.step(this.exchange.clock.now());
    await this.#server.start();
  }

  /** From now on it moves by itself, with its clock. */
  run(): void {
    this.exchange.start();
  }

  async stop(): Promise<void> {
    this.exchange.stop();
    await this.#server.stop();
    this.#file?.close();
  }
}
