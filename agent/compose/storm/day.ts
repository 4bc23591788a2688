import { mkdtemp } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { addDays, instantInNewYork } from '../../core/calendar/new-york.ts';
import { nextSession } from '../../core/calendar/sessions.ts';
import type { EpochMs, IsoDate } from '../../core/calendar/time.ts';
import { instrumentKey } from '../../core/market/contract.ts';
import { mayStillFill } from '../../core/orders/order.ts';
import { replayUntil } from '../../lab/backtest/replay-loop.ts';
import type { FaultName } from '../../lab/exchange/faults/fault.ts';
import type { BookPage, FinalBooks, StormRecord } from '../../lab/storm/evidence.ts';
import { type Violation, violations } from '../../lab/storm/invariants.ts';
import { planOf, type StormEvent } from '../../lab/storm/plan.ts';
import type { TradingOptions } from '../options.ts';
import { SIMULATED_ACCOUNT } from '../simulation.ts';
import { AGENT_CLIENT_ID, type Defect } from './agent-life.ts';
import { BUSY_TIMES } from './options.ts';
import { World } from './world.ts';

export interface StormWish {
  readonly seed: number;
  readonly days: number;
  /** Of the exchange; `null` = all. */
  readonly faults: readonly FaultName[] | null;
  readonly options: TradingOptions;
  readonly defect?: Defect;
}

export interface StormResult {
  readonly violations: readonly Violation[];
  /** Of everything that happened: equal when two runs were the same. */
  readonly digest: string;
  readonly orders: number;
  readonly fills: number;
  readonly lines: readonly string[];
}

const FIRST_DATE = '2026-03-02';
/** Days of which storms are made: enough to meet short weeks, half days and both changes of the clock. */
const DATES = 200;
const SWITCHED_ON = '07:55';
const CALM = '15:20';
const COMPARED = '15:45';
const SWITCHED_OFF = '16:40';

/** The sessions of a seed. */
export function datesOf({ seed, days }: Pick<StormWish, 'seed' | 'days'>): readonly IsoDate[] {
  let { date } = nextSession(addDays(FIRST_DATE, (seed * 7) % DATES));
  return Array.from({ length: days }, () => {
    const current = date;
    date = nextSession(date).date;
    return current;
  });
}

export function eventsOf(wish: StormWish): readonly StormEvent[] {
  return planOf({ seed: wish.seed, dates: datesOf(wish), busy: BUSY_TIMES, faults: wish.faults });
}

/** Lets the whole appliance live through some days of trouble and says which promises were broken. */
export async function storm(wish: StormWish, events: readonly StormEvent[]): Promise<StormResult> {
  const { seed, options } = wish;
  const dates = datesOf(wish);
  const folder = await mkdtemp(join(tmpdir(), 'wheelhouse-storm-'));
  const from = instantInNewYork(dates[0] as IsoDate, SWITCHED_ON);
  const world = new World({ seed, from, folder, options, defect: wish.defect ?? {} });
  const books: FinalBooks[] = [];
  try {
    await world.start(events);
    for (const date of dates) {
      await until(world, instantInNewYork(date, CALM));
      world.calm();
      await until(world, instantInNewYork(date, COMPARED));
      books.push(withoutPositions(compared(world)));
      await until(world, instantInNewYork(date, SWITCHED_OFF));
      books.push(compared(world));
    }
  } finally {
    await world.stop();
  }
  const { witness } = world.exchange;
  const { limits } = options;
  const record: StormRecord = { evidence: witness.evidence, books, limits, clientId: AGENT_CLIENT_ID };
  const orders = new Set(witness.evidence.flatMap((fact) => (fact.kind === 'order' ? [fact.order.permId] : [])));
  return {
    violations: violations(record),
    digest: witness.digest(),
    orders: orders.size,
    fills: witness.evidence.filter(({ kind }) => kind === 'execution').length,
    lines: witness.lines,
  };
}

function until(world: World, at: EpochMs): Promise<void> {
  const { clock, exchange, stillness } = world;
  return replayUntil(at, {
    clock,
    nextPrice: (after) => exchange.nextChange(after),
    stepExchange: (now) => exchange.step(now),
    settled: () => stillness.settled(),
  });
}

/** In the session only orders: of an assignment nobody tells, and positions are compared after the close. */
function withoutPositions({ obstacle, ours, theirs }: FinalBooks): FinalBooks {
  return { obstacle, ours: { ...ours, positions: {} }, theirs: { ...theirs, positions: {} } };
}

/** Both books as they stand: the appliance has had the time to compare them by itself. */
function compared(world: World): FinalBooks {
  const trading = world.agent?.trading ?? null;
  if (trading === null) return { obstacle: 'the appliance does not run', ours: NOTHING, theirs: theirPage(world) };
  const { blotter, reconciler } = trading;
  const orders: Record<string, BookPage['orders'][string]> = {};
  for (const order of blotter.orders) {
    orders[order.intent.id] = { filled: order.filled, working: mayStillFill(order) };
  }
  const positions = Object.fromEntries(
    blotter.openPositions.map(({ instrument, quantity }) => [instrumentKey(instrument), quantity]),
  );
  return { obstacle: reconciler.obstacle, ours: { orders, positions }, theirs: theirPage(world) };
}

const NOTHING: BookPage = { orders: {}, positions: {} };

function theirPage({ exchange }: World): BookPage {
  const { book, market, witness } = exchange;
  const orders: Record<string, BookPage['orders'][string]> = {};
  for (const fact of witness.evidence) {
    if (fact.kind !== 'order' || fact.order.request.clientId !== AGENT_CLIENT_ID) continue;
    const { request, filled, status } = fact.order;
    orders[request.orderRef] = { filled, working: status === 'PreSubmitted' || status === 'Submitted' };
  }
  const positions: Record<string, number> = {};
  for (const { conId, quantity } of book.positions(SIMULATED_ACCOUNT)) {
    const instrument = market.listing(conId)?.instrument;
    if (instrument !== undefined && quantity !== 0) positions[instrumentKey(instrument)] = quantity;
  }
  return { orders, positions };
}
