import assert from 'node:assert/strict';
import { mkdtemp } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { TestContext } from 'node:test';
import type { TradingOptions } from '../../../agent/compose/options.ts';
import { SIMULATED_ACCOUNT } from '../../../agent/compose/simulation.ts';
import { AGENT_CLIENT_ID } from '../../../agent/compose/storm/agent-life.ts';
import { stormOptions } from '../../../agent/compose/storm/options.ts';
import { World } from '../../../agent/compose/storm/world.ts';
import type { Trading } from '../../../agent/compose/trading.ts';
import { instantInNewYork } from '../../../agent/core/calendar/new-york.ts';
import { type EpochMs, type IsoDate, MINUTE_MS } from '../../../agent/core/calendar/time.ts';
import { instrumentKey } from '../../../agent/core/market/contract.ts';
import { mayStillFill, type Order } from '../../../agent/core/orders/order.ts';
import type { Broker } from '../../../agent/edges/broker/broker.ts';
import { replayUntil } from '../../../agent/lab/backtest/replay-loop.ts';
import type { BookOrder } from '../../../agent/lab/exchange/book.ts';
import { type FaultName, parseFault } from '../../../agent/lab/exchange/faults/fault.ts';
import type { Happening } from '../../../agent/lab/exchange/faults/switchboard.ts';
import type { BookPage } from '../../../agent/lab/storm/evidence.ts';
import { violations } from '../../../agent/lab/storm/invariants.ts';

export const LIMIT = { timeout: 60_000 };

const OPTIONS = await stormOptions();
/** A day on which two puts of AAPL are ordered at 10:00, at prices that nobody pays. */
const DATE = '2026-07-08';
const STEP_MS = 250;
export const SECOND_MS = 1_000;

export interface BoxWish {
  readonly date?: IsoDate;
  /** When it is switched on, of New York. */
  readonly from?: string;
  readonly seed?: number;
  readonly symbols?: readonly string[];
  readonly options?: (usual: TradingOptions) => Partial<TradingOptions>;
  readonly broker?: (broker: Broker) => Broker;
  /** On before it is switched on. */
  readonly faults?: readonly string[];
}

/**
 * The whole appliance with its guard before the simulated exchange, over real sockets, on a clock that is moved by hand. It is
 * switched on at 9:40, analyses at 9:45 and orders at 10:00.
 */
export async function openBox(t: TestContext, wish: BoxWish = {}): Promise<Box> {
  const date = wish.date ?? DATE;
  const options = { ...OPTIONS, symbols: wish.symbols ?? ['AAPL'], ...wish.options?.(OPTIONS) };
  const folder = await mkdtemp(join(tmpdir(), 'wheelhouse-fault-'));
  let broker: Broker | null = null;
  const kept = (own: Broker): Broker => {
    broker = wish.broker?.(own) ?? own;
    return broker;
  };
  const from = instantInNewYork(date, wish.from ?? '09:40');
  const world = new World({ seed: wish.seed ?? 1, from, folder, options, defect: { broker: kept } });
  t.after(() => world.stop());
  const box = new Box({ world, date, folder, options, broker: () => broker as Broker });
  for (const fault of wish.faults ?? []) box.fault(fault);
  await world.start([]);
  await box.pass(SECOND_MS);
  return box;
}

interface BoxParts {
  readonly world: World;
  readonly date: IsoDate;
  readonly folder: string;
  readonly options: TradingOptions;
  readonly broker: () => Broker;
}

export class Box {
  readonly world: World;
  readonly #parts: BoxParts;

  constructor(parts: BoxParts) {
    this.world = parts.world;
    this.#parts = parts;
  }

  get trading(): Trading {
    const trading = this.world.agent?.trading ?? null;
    assert.ok(trading, 'the appliance runs');
    return trading;
  }

  /** Of the process that runs now. */
  get broker(): Broker {
    return this.#parts.broker();
  }

  /** Of the guard. */
  get folder(): string {
    return this.#parts.folder;
  }

  /** When the exchange was told to cancel everything. */
  get cancels(): readonly EpochMs[] {
    return this.world.exchange.witness.evidence.flatMap(({ kind, at }) => (kind === 'globalCancel' ? [at] : []));
  }

  get options(): TradingOptions {
    return this.#parts.options;
  }

  /** Our orders as the appliance knows them, the oldest first. */
  get ours(): readonly Order[] {
    return this.trading.blotter.orders.toReversed();
  }

  /** The appliance's orders of all days as the exchange knows them, the oldest first. */
  get theirs(): readonly BookOrder[] {
    const orders = new Map<number, BookOrder>();
    for (const fact of this.world.exchange.witness.evidence) {
      if (fact.kind !== 'order' || fact.order.request.clientId !== AGENT_CLIENT_ID) continue;
      orders.set(fact.order.permId, fact.order);
    }
    return [...orders.values()].sort((a, b) => a.permId - b.permId);
  }

  exchangeOrder(permId: number): BookOrder {
    const order = this.theirs.find((one) => one.permId === permId);
    assert.ok(order);
    return order;
  }

  get alerts(): readonly string[] {
    return this.trading.board.current.alerts.map(({ severity, text }) => `${severity}: ${text}`);
  }

  get state(): string {
    return this.trading.board.current.trading.state;
  }

  /** The books of each order of ours, the oldest first. */
  get states(): readonly string[] {
    return this.ours.map(({ state }) => state);
  }

  /** Why nothing was ordered at last, by rule. */
  async why(symbol = 'AAPL'): Promise<string> {
    const found = await this.trading.inquiries.why(symbol, null);
    return (found?.reasons ?? []).map(({ rule, text }) => `${rule}: ${text}`).join('; ');
  }

  /** Everything the exchange was asked to place, before it was. */
  get placed(): readonly { readonly orderRef: string; readonly orderId: number }[] {
    return this.world.exchange.witness.evidence.flatMap((fact) => (fact.kind === 'placing' ? [fact.placing] : []));
  }

  /** Switches a fault on: `freeze=ms:5000`. */
  fault(text: string, forMs: number | null = null): void {
    const { exchange, clock } = this.world;
    const fault = parseFault(text, () => null);
    if ('problem' in fault) throw new Error(fault.problem);
    exchange.faults.set(fault, forMs === null ? null : clock.now() + forMs);
    // An order that rests already is looked at when the market moves.
    if (fault.name === 'fillPlan') exchange.step(clock.now());
  }

  clear(name?: FaultName): void {
    this.world.exchange.faults.clear(name);
  }

  async pass(ms: number): Promise<void> {
    const { clock, exchange, stillness } = this.world;
    await replayUntil(clock.now() + ms, {
      clock,
      nextPrice: (after) => exchange.nextChange(after),
      stepExchange: (now) => exchange.step(now),
      settled: () => stillness.settled(),
    });
    await stillness.settled();
  }

  until(time: string, date = this.#parts.date): Promise<void> {
    return this.pass(instantInNewYork(date, time) - this.world.clock.now());
  }

  /** Lets time pass until something is so. @returns after how many milliseconds */
  async seen(what: string, isSo: () => boolean, withinMs = 2 * MINUTE_MS): Promise<number> {
    for (let passed = 0; passed <= withinMs; passed += STEP_MS) {
      if (isSo()) return passed;
      await this.pass(STEP_MS);
    }
    return assert.fail(`not seen within ${withinMs} ms: ${what}`);
  }

  /** The next time that something happens at the exchange. */
  once(happening: Happening, deed: () => void): void {
    const leave = this.world.exchange.faults.onHappening((found) => {
      if (found !== happening) return;
      leave();
      deed();
    });
  }

  /** To the moment in which the first order of the day is at the exchange. */
  async ordered(): Promise<BookOrder> {
    await this.until('09:59:59');
    await this.seen('an order', () => this.theirs.length > 0);
    return this.theirs[0] as BookOrder;
  }

  /** Whatever was wrong is over: every promise was kept, and orders, executions and positions are those of the exchange. */
  async agrees(waitMs = 3 * MINUTE_MS): Promise<void> {
    this.clear();
    await this.pass(waitMs);
    await this.compared();
  }

  /** As they stand. */
  async compared(): Promise<void> {
    const run = this.trading.reconciler.run();
    await this.pass(SECOND_MS);
    await run;
    const { witness } = this.world.exchange;
    const { obstacle } = this.trading.reconciler;
    const books = [{ obstacle, ours: this.#ourPage, theirs: this.#theirPage }];
    const record = { evidence: witness.evidence, books, limits: this.options.limits, clientId: AGENT_CLIENT_ID };
    assert.deepEqual(violations(record), []);
    assert.deepEqual(this.ourExecutions, this.theirExecutions);
  }

  /** By execution, its last revision. */
  get ourExecutions(): readonly string[] {
    const fills = this.trading.blotter.orders.flatMap(({ executions }) => Object.values(executions));
    return fills.map(({ execId, quantity, price }) => `${execId} ${quantity} at ${price}`).sort();
  }

  get theirExecutions(): readonly string[] {
    const last = new Map<string, string>();
    for (const fact of this.world.exchange.witness.evidence) {
      if (fact.kind !== 'execution' || fact.execution.clientId !== AGENT_CLIENT_ID) continue;
      const { execId, quantity, price } = fact.execution;
      last.set(execId.slice(0, execId.lastIndexOf('.')), `${execId} ${quantity} at ${price}`);
    }
    return [...last.values()].sort();
  }

  /** What is shown as somebody else's belongs to the account as well. */
  get #ourPage(): BookPage {
    const { blotter, reconciler } = this.trading;
    const positions: Record<string, number> = {};
    for (const { instrument, quantity } of [...blotter.openPositions, ...reconciler.current.foreignPositions]) {
      const key = instrumentKey(instrument);
      positions[key] = (positions[key] ?? 0) + quantity;
    }
    const orders = blotter.orders.map((order) => {
      return [order.intent.id, { filled: order.filled, working: mayStillFill(order) }] as const;
    });
    return { orders: Object.fromEntries(orders), positions };
  }

  get #theirPage(): BookPage {
    const { book, market } = this.world.exchange;
    const positions: Record<string, number> = {};
    for (const { conId, quantity } of book.positions(SIMULATED_ACCOUNT)) {
      const instrument = market.listing(conId)?.instrument;
      if (instrument !== undefined && quantity !== 0) positions[instrumentKey(instrument)] = quantity;
    }
    return {
      orders: Object.fromEntries(
        this.theirs.map(({ request, filled, status }) => [
          request.orderRef,
          { filled, working: status === 'PreSubmitted' || status === 'Submitted' },
        ]),
      ),
      positions,
    };
  }
}
