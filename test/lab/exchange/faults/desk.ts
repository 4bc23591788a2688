import type { TestContext } from 'node:test';
import { setImmediate as turn } from 'node:timers/promises';
import type { Listing } from '../../../../agent/lab/exchange/market.ts';
import { connectRaw, isId, placeOrderFields, type RawClient, type RawOrder } from '../server/raw-client.ts';
import { type Stand, startStand } from '../server/stand.ts';

export const LIMIT = { timeout: 20_000 };

/** A stand with one client. */
export interface Desk extends Stand {
  readonly client: RawClient;
  readonly option: Listing;
}

export async function startDesk(t: TestContext, clientId = 1): Promise<Desk> {
  const stand = await startStand(t);
  const option = stand.put(20);
  stand.market.quote(option.conId);
  return { ...stand, client: await connectRaw(t, stand.port, clientId), option };
}

/** Time passes: every alarm rings, and the exchange moves on at the end. */
export async function pass(stand: Stand, ms: number): Promise<void> {
  await stand.clock.advanceTo(stand.clock.now() + ms);
  stand.exchange.step(stand.clock.now());
  await turn();
}

/** Asks for the time until it is answered: what was sent before has arrived then. */
export async function heard(client: RawClient): Promise<void> {
  const from = client.received.length;
  client.send(49, 1);
  await client.next(isId(49), from);
}

export function place(desk: Desk, order: Partial<RawOrder> = {}): void {
  const { option, client } = desk;
  const basics = {
    orderId: 1,
    conId: option.conId,
    action: 'SELL',
    quantity: 2,
    limit: far(desk),
    ref: 'mine',
  } as const;
  client.send(...placeOrderFields({ ...basics, ...order }));
}

/** A price at which nobody buys. */
export function far(desk: Desk): number {
  return Math.round((desk.market.quote(desk.option.conId)?.ask ?? 0) / 500) / 20 + 20;
}

/** A price at which somebody buys. */
export function near(desk: Desk): number {
  return (desk.market.quote(desk.option.conId)?.bid ?? 0) / 10_000;
}

export function subscribe(client: RawClient, requestId: number, conId: number): void {
  client.send(1, 11, requestId, conId, '', '', '', '', '', '', 'SMART', '', '', '', '', 0, '', 0, 0, '');
}

/** `[status, filled]` of every order status. */
export function statuses(client: RawClient, from = 0): string[] {
  return client.received.slice(from).flatMap((message) => (message[0] === '3' ? [`${message[2]} ${message[3]}`] : []));
}

export function errors(client: RawClient, from = 0): number[] {
  return client.received.slice(from).flatMap((message) => (message[0] === '4' ? [Number(message[3])] : []));
}

export function ids(client: RawClient, from = 0): number[] {
  return client.received.slice(from).map((message) => Number(message[0]));
}
