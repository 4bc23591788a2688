import type { Order } from '../../core/orders/order.ts';
import type { Broker } from '../../edges/broker/broker.ts';
import type { Controls } from '../../edges/status/board.ts';
import type { Clock } from '../../edges/system/clock.ts';
import type { Log } from '../../edges/system/log.ts';
import type { Blotter } from './blotter.ts';
import { count } from './occasion.ts';
import type { Reconciler } from './reconcile.ts';
import type { TradingSwitch } from './trading-switch.ts';

export interface HaltParts {
  readonly broker: Pick<Broker, 'cancel'>;
  readonly blotter: Blotter;
  readonly reconciler: Reconciler;
  readonly tradingSwitch: TradingSwitch;
  readonly clock: Pick<Clock, 'now'>;
  readonly log: Log;
}

/**
 * Stops the flow of orders, then takes back what is still working. Positions stay. A disk that fails stops neither: then
 * the answer says that a restart would forget.
 */
async function haltTrading(reason: string, source: string, parts: HaltParts): Promise<string> {
  const { tradingSwitch, clock, blotter, log } = parts;
  log.warn({ reason, source }, 'trading halted');
  const unstored = await failureOf(tradingSwitch.halt(`${reason} (${source})`, clock.now()));
  const working = blotter.working;
  let asked = 0;
  for (const order of working) if (await cancel(order, parts)) asked += 1;
  const sentences = [workingSentence(working.length, asked)];
  if (unstored !== null) sentences.push(`It could not be stored (${unstored}): a restart would forget it.`);
  return `Halted. ${sentences.join(' ')}`;
}

function workingSentence(working: number, asked: number): string {
  if (working === 0) return 'No order is working; positions stay as they are.';
  const sent = `Cancel sent for ${count(asked, 'working order')}; positions stay as they are.`;
  return asked === working ? sent : `${sent} ${count(working - asked, 'order')} could not be cancelled: see Orders.`;
}

async function failureOf(work: Promise<void>): Promise<string | null> {
  try {
    await work;
    return null;
  } catch (error) {
    return error instanceof Error ? error.message : String(error);
  }
}

async function resumeTrading(source: string, parts: HaltParts): Promise<string> {
  const { tradingSwitch, reconciler, clock, log } = parts;
  if (tradingSwitch.state.state === 'active') return 'Trading is active already.';
  if (reconciler.obstacle !== null) return `Not resumed: ${reconciler.obstacle}.`;
  log.warn({ source }, 'trading resumed');
  await tradingSwitch.activate(`resumed (${source})`, clock.now());
  return 'Trading is active again.';
}

export function controls(parts: HaltParts): Omit<Controls, 'schedule'> {
  return {
    halt: (reason, source) => haltTrading(reason, source, parts),
    resume: (source) => resumeTrading(source, parts),
  };
}

async function cancel(order: Order, { broker, blotter, clock, log }: HaltParts): Promise<boolean> {
  if (order.orderId === null) return false;
  const answer = await broker.cancel(order.orderId);
  if (!answer.ok) return false;
  const unbooked = await failureOf(blotter.apply(order.intent.id, { kind: 'cancelRequested', at: clock.now() }));
  if (unbooked !== null) log.error({ order: order.intent.id, unbooked }, 'a cancel was sent and could not be booked');
  return true;
}
