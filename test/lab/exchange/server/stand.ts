import type { TestContext } from 'node:test';
import { setImmediate as turn } from 'node:timers/promises';
import { instantInNewYork } from '../../../../agent/core/calendar/new-york.ts';
import { money } from '../../../../agent/core/market/money.ts';
import type { Log, LogFields } from '../../../../agent/edges/system/log.ts';
import { ManualClock } from '../../../../agent/edges/system/manual/clock.ts';
import { OrderFaults } from '../../../../agent/lab/exchange/faults/order-faults.ts';
import { Switchboard } from '../../../../agent/lab/exchange/faults/switchboard.ts';
import type { Listing, Market } from '../../../../agent/lab/exchange/market.ts';
import { TwsServer, type TwsServerOptions } from '../../../../agent/lab/exchange/server/tws-server.ts';
import { SimulatedBook } from '../../../../agent/lab/exchange/simulated-book.ts';
import { SimulatedExchange } from '../../../../agent/lab/exchange/simulated-exchange.ts';
import { SyntheticMarket } from '../../../../agent/lab/exchange/synthetic-market.ts';

export const ACCOUNT = 'DU0000001';
const DATE = '2026-11-20';

export interface Stand {
  readonly market: Market;
  readonly exchange: SimulatedExchange;
  readonly clock: ManualClock;
  /** All off. */
  readonly faults: Switchboard;
  readonly server: TwsServer;
  readonly port: number;
  /** Sentences of the log, with their fields. */
  readonly lines: { readonly sentence: string; readonly fields: LogFields }[];
  /** Moves clock, market and book on. */
  step(seconds: number): void;
  /** A put of SPY about `below` dollars under the stock, over 20 days from expiring. */
  put(below: number): Listing;
}

interface Wanted extends Partial<Omit<TwsServerOptions, 'exchange' | 'log' | 'host' | 'port' | 'faults'>> {
  readonly time?: string;
  readonly market?: Market;
}

/** A server on a free port before a real synthetic market and book, on 2026-11-20 at 10:00 in New York. */
export async function startStand(t: TestContext, wanted: Wanted = {}): Promise<Stand> {
  const { time = '10:00', market = new SyntheticMarket({ seed: 1 }), ...options } = wanted;
  const clock = new ManualClock(instantInNewYork(DATE, time));
  const faults = new Switchboard({ clock });
  const accounts = [{ account: ACCOUNT, cash: money(250_000) }];
  const book = new SimulatedBook({ market, accounts, faults: new OrderFaults({ board: faults, clock }) });
  const exchange = new SimulatedExchange({ market, book, clock });
  exchange.step(clock.now());
  const lines: Stand['lines'] = [];
  const server = new TwsServer({ exchange, log: keepingLog(lines), host: '127.0.0.1', port: 0, faults, ...options });
  await server.start();
  t.after(() => server.stop());
  const stand: Stand = {
    market,
    exchange,
    clock,
    faults,
    server,
    lines,
    port: server.port,
    step(seconds) {
      clock.set(clock.now() + seconds * 1000);
      exchange.step(clock.now());
    },
    put: (below) => putBelow(market, below),
  };
  return stand;
}

/** Steps until the condition holds, letting the sockets work in between. */
export async function stepUntil(stand: Stand, condition: () => boolean, seconds = 5): Promise<void> {
  for (let i = 0; !condition(); i += 1) {
    if (i > 3000) throw new Error('it did not come true in 3000 steps');
    stand.step(seconds);
    await turn();
  }
}

function putBelow(market: Market, below: number): Listing {
  const listings = market.listings('SPY');
  const stock = listings[0] as Listing;
  const spot = market.quote(stock.conId)?.last ?? 0;
  const puts = listings.filter(
    ({ instrument }) =>
      instrument.kind === 'option' && instrument.right === 'P' && instrument.expiration > '2026-12-10',
  );
  const strike = ({ instrument }: Listing) => (instrument.kind === 'option' ? instrument.strike : 0);
  const first = puts[0]?.instrument.kind === 'option' ? puts[0].instrument.expiration : '';
  const wanted = spot - below * 10_000;
  return puts
    .filter(({ instrument }) => instrument.kind === 'option' && instrument.expiration === first)
    .reduce((best, put) => (Math.abs(strike(put) - wanted) < Math.abs(strike(best) - wanted) ? put : best));
}

function keepingLog(lines: Stand['lines']): Log {
  const keep = (fields: LogFields, sentence: string) => void lines.push({ sentence, fields });
  return { debug: keep, info: keep, warn: keep, error: keep, child: () => keepingLog(lines) };
}
