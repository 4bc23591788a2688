import { newYorkDate } from '../../agent/core/calendar/new-york.ts';
import { instrumentKey } from '../../agent/core/market/contract.ts';
import type { Fill } from '../../agent/core/orders/fill.ts';
import type { Intent } from '../../agent/core/orders/intent.ts';
import { mayStillFill, type Order } from '../../agent/core/orders/order.ts';
import type { Position } from '../../agent/core/portfolio/position.ts';
import { LevelStore } from '../../agent/edges/store/level/level-store.ts';
import type { ToldBooks } from './second-client.ts';

/** What the disk of the agent says. */
export interface StoredBooks {
  readonly intents: readonly Intent[];
  readonly orders: readonly Order[];
  readonly fills: readonly Fill[];
  readonly positions: readonly Position[];
}

/** The agent must have ended. */
export async function storedBooks(path: string): Promise<StoredBooks> {
  const store = new LevelStore({ path });
  await store.start();
  const values = <T>(rows: readonly (readonly [string, T])[]): readonly T[] => rows.map(([, row]) => row);
  try {
    return {
      intents: values(await store.list('intents')),
      orders: values(await store.list('orders')),
      fills: values(await store.list('fills')),
      positions: values(await store.list('positions')),
    };
  } finally {
    await store.stop();
  }
}

/** Everything in which a day was not as it must be. */
export function wrongs(stored: StoredBooks, told: ToldBooks, day: string): string[] {
  return [...doubled(stored, told), ...notStored(stored, told), ...different(stored, told, day)];
}

/** One reference is one order of the exchange; and of all the steps of an order no more is filled than was wanted. */
function doubled({ intents }: StoredBooks, told: ToldBooks): string[] {
  const found: string[] = [];
  const permIds = new Map<string, Set<string>>();
  const filled = new Map<string, number>();
  for (const [permId, orderRef] of [...told.working, ...told.completed]) of(permIds, orderRef).add(permId);
  for (const { orderRef, permId, quantity } of told.executions.values()) {
    of(permIds, orderRef).add(permId);
    filled.set(orderRef, (filled.get(orderRef) ?? 0) + quantity);
  }
  for (const [orderRef, orders] of permIds) {
    if (orders.size > 1) found.push(`${orderRef} is the reference of ${[...orders].join(' and ')}`);
  }
  const purposes = new Map<string, { wanted: number; filled: number }>();
  for (const { id, quantity, pricing, tradingDay } of intents) {
    const done = filled.get(id) ?? 0;
    if (done > quantity) found.push(`${id}: ${done} filled of ${quantity}`);
    const key = `${tradingDay} ${pricing?.key ?? id}`;
    const before = purposes.get(key)?.filled ?? 0;
    purposes.set(key, { wanted: pricing?.wanted ?? quantity, filled: before + done });
  }
  for (const [key, purpose] of purposes) {
    if (purpose.filled > purpose.wanted)
      found.push(`${key}: ${purpose.filled} filled of ${purpose.wanted} in all steps`);
  }
  return found;
}

function notStored({ intents }: StoredBooks, told: ToldBooks): string[] {
  const known = new Set(intents.map(({ id }) => id));
  const references = [...told.working.values(), ...told.completed.values()];
  for (const { orderRef } of told.executions.values()) references.push(orderRef);
  const unknown = new Set(references.filter((reference) => !known.has(reference)));
  return [...unknown].map((reference) => `the exchange has "${reference}", of which no intent is stored`);
}

function different({ orders, fills, positions }: StoredBooks, told: ToldBooks, day: string): string[] {
  const ours = fills.filter(({ at }) => newYorkDate(at) === day);
  return [
    ...compare('open order', new Map(orders.filter(mayStillFill).map((order) => [order.intent.id, 'works'])), {
      theirs: new Map([...told.working.values()].map((orderRef) => [orderRef, 'works'])),
    }),
    ...compare('execution', new Map(ours.map((fill) => [fill.execId, executionText(fill)])), {
      theirs: new Map([...told.executions].map(([execId, execution]) => [execId, executionText(execution)])),
    }),
    ...compare(
      'position',
      new Map(
        positions
          .filter(({ quantity }) => quantity !== 0)
          .map((held) => [instrumentKey(held.instrument), held.quantity]),
      ),
      { theirs: told.positions },
    ),
  ];
}

function compare(
  what: string,
  ours: ReadonlyMap<string, unknown>,
  { theirs }: { theirs: ReadonlyMap<string, unknown> },
) {
  const keys = new Set([...ours.keys(), ...theirs.keys()]);
  return [...keys]
    .filter((key) => ours.get(key) !== theirs.get(key))
    .map((key) => `${what} ${key}: ${ours.get(key) ?? 'none'} here, ${theirs.get(key) ?? 'none'} at the exchange`);
}

function executionText({ orderRef, side, quantity }: Pick<Fill, 'orderRef' | 'side' | 'quantity'>): string {
  return `${orderRef} ${side} ${quantity}`;
}

function of(map: Map<string, Set<string>>, key: string): Set<string> {
  const set = map.get(key) ?? new Set();
  map.set(key, set);
  return set;
}
