import type { EpochMs } from '../../core/calendar/time.ts';
import { money } from '../../core/market/money.ts';
import { silentLog } from '../../edges/system/log.ts';
import type { ManualClock } from '../../edges/system/manual/clock.ts';
import { OrderFaults } from '../../lab/exchange/faults/order-faults.ts';
import { Switchboard } from '../../lab/exchange/faults/switchboard.ts';
import type { Market } from '../../lab/exchange/market.ts';
import { TwsServer } from '../../lab/exchange/server/tws-server.ts';
import { SimulatedBook } from '../../lab/exchange/simulated-book.ts';
import { SimulatedExchange } from '../../lab/exchange/simulated-exchange.ts';
import { SyntheticMarket } from '../../lab/exchange/synthetic-market.ts';
import { UNDERLYINGS } from '../../lab/exchange/underlyings.ts';
import { sparseMarket } from '../../lab/storm/sparse-market.ts';
import { Witness, witnessedBook } from '../../lab/storm/witness.ts';
import { LOOPBACK } from '../loopback.ts';
import { SIMULATED_ACCOUNT } from '../simulation.ts';

const CASH = money(400_000);
/** Few: what a day of prices looks like hardly matters here, and each market takes a while to make. */
const MARKETS = 5;

export interface ExchangeSideParts {
  readonly clock: ManualClock;
  readonly seed: number;
  readonly symbols: readonly string[];
  /** Only so many cancels of everything are obeyed. */
  readonly obeys: number | undefined;
}

/** The exchange of a storm, which survives everything. */
export class ExchangeSide {
  readonly market: Market;
  readonly book: SimulatedBook;
  readonly witness: Witness;
  readonly faults: Switchboard;
  readonly #exchange: SimulatedExchange;
  readonly #server: TwsServer;

  constructor({ clock, seed, symbols, obeys }: ExchangeSideParts) {
    const underlyings = UNDERLYINGS.filter(({ symbol }) => symbols.includes(symbol));
    this.market = sparseMarket(new SyntheticMarket({ seed: seed % MARKETS, underlyings, futures: [] }));
    this.market.advance(clock.now());
    this.witness = new Witness(clock, this.market);
    this.faults = new Switchboard({ clock, seed });
    this.book = new SimulatedBook({
      market: this.market,
      accounts: [{ account: SIMULATED_ACCOUNT, cash: CASH }],
      faults: new OrderFaults({ board: this.faults, clock }),
    });
    this.#exchange = new SimulatedExchange({ market: this.market, book: this.book, clock });
    this.book.onEvent((event) => this.witness.book(event));
    const exchange = this.#exchange;
    const view = {
      ...{ market: this.market, clock, book: witnessedBook(this.book, this.witness, obeys) },
      onStep: (listener: (changed: readonly number[], at: EpochMs) => void) => exchange.onStep(listener),
    };
    this.#server = new TwsServer({
      ...{ exchange: view, faults: this.faults },
      log: silentLog,
      host: LOOPBACK,
      port: 0,
    });
  }

  get port(): number {
    return this.#server.port;
  }

  async start(): Promise<void> {
    this.step(this.#exchange.clock.now());
    await this.#server.start();
  }

  stop(): Promise<void> {
    return this.#server.stop();
  }

  step(at: EpochMs): void {
    this.#exchange.step(at);
  }

  nextChange(at: EpochMs): EpochMs {
    return this.#exchange.nextChange(at);
  }
}
