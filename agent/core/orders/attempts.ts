import type { EpochMs } from '../calendar/time.ts';
import { formatMoney, type Money } from '../market/money.ts';
import type { Ticks } from '../market/ticks.ts';
import type { Intent } from './intent.ts';
import { awaitsExecutions, mayStillFill, type Order } from './order.ts';
import { concedes, type PricingPlan, stepPrice, stepsDue, type TwoSided } from './pricing.ts';

type Priced = Pick<Intent, 'tradingDay' | 'task' | 'strategy' | 'pricing'>;

/** What the attempts of one order have in common; `null` when it has one price and one attempt only. */
export function purposeOf({ tradingDay, task, strategy, pricing }: Priced): string | null {
  return pricing === undefined ? null : `${tradingDay}/${task}/${strategy}/${pricing.key}`;
}

/** All attempts of one order, first to last. */
export function attemptsOf(purpose: string, orders: readonly Order[]): readonly Order[] {
  const number = ({ intent }: Order): number => intent.pricing?.attempt ?? 0;
  return orders.filter(({ intent }) => purposeOf(intent) === purpose).sort((a, b) => number(a) - number(b));
}

export function filledIn(attempts: readonly Order[]): number {
  return attempts.reduce((sum, order) => sum + order.filled, 0);
}

/** Why a further attempt may not be sent beside those that were, or `null`: never two that can fill, never more than wanted. */
export function attemptObjection(intent: Intent, orders: readonly Order[]): string | null {
  const purpose = purposeOf(intent);
  if (purpose === null || intent.pricing === undefined) return null;
  const others = attemptsOf(purpose, orders).filter((order) => order.intent.id !== intent.id);
  const open = others.find((order) => mayStillFill(order) || awaitsExecutions(order));
  if (open !== undefined) return `${open.intent.id} for the same purpose may still fill`;
  const most = intent.pricing.wanted - filledIn(others);
  return intent.quantity <= most ? null : `${intent.quantity} where only ${most} are still wanted`;
}

/**
 * What the attempts of an order need next.
 * nothing  it is done, has ended, or must be left as it is for now
 * cancel   take the working attempt back. makesWay: a next one is to follow; else this was the last
 * confirm  ask the broker what is final: only then is it known what is left
 * place    all that was sent has ended for certain: this much is left, at this step
 * giveUp   nothing works and no step is left
 * fault    it cannot be true of one order: halt
 */
export type Next =
  | { readonly kind: 'nothing' | 'giveUp' | 'fault'; readonly reason: string }
  | { readonly kind: 'cancel'; readonly order: Order; readonly makesWay: boolean; readonly reason: string }
  | { readonly kind: 'confirm'; readonly reason: string }
  | { readonly kind: 'place'; readonly quantity: number; readonly limit: Money; readonly reason: string };

export interface AttemptsAt {
  readonly now: EpochMs;
  /** Fresh and two-sided, or `null`. */
  readonly market: TwoSided | null;
  readonly ticks: Ticks;
  /** The broker's own books have been asked since the last attempt was cancelled. */
  readonly confirmed: boolean;
}

/** @param attempts of one order, first to last, at least one, all with a plan */
export function nextOf(attempts: readonly Order[], at: AttemptsAt): Next {
  const last = attempts.at(-1) as Order;
  const plan = last.intent.pricing as PricingPlan;
  const working = attempts.filter(mayStillFill);
  const filled = filledIn(attempts);
  if (working.length > 1) {
    return { kind: 'fault', reason: `${working.map(({ intent }) => intent.id).join(' and ')} work at the same time` };
  }
  if (filled > plan.wanted) return { kind: 'fault', reason: `${filled} filled where ${plan.wanted} were wanted` };
  if (attempts.some(awaitsExecutions)) return { kind: 'confirm', reason: 'executions are missing' };
  const [open] = working;
  if (open !== undefined) return ofOpen(open, { plan, filled, at });
  return filled === plan.wanted ? nothing('all is filled') : ofEnded(last, { plan, filled, at });
}

interface Standing {
  readonly plan: PricingPlan;
  readonly filled: number;
  readonly at: AttemptsAt;
}

function ofOpen(open: Order, { plan, filled, at }: Standing): Next {
  const { intent, state } = open;
  if (state === 'cancelling' || state === 'unknown') return { kind: 'confirm', reason: `${intent.id} is ${state}` };
  if (state === 'intended' || state === 'sent') return nothing('the broker has not answered yet');
  const left = intent.quantity - open.filled;
  if (filled + left > plan.wanted) {
    return cancel(open, false, `a late fill has taken what ${intent.id} was to bring`);
  }
  const step = stepsDue(plan, at.now);
  if (step > plan.steps) return cancel(open, false, gaveUp(plan, filled, intent.limit));
  if (step === 0) return nothing('the first price is young');
  // One new price a step, however often the market moves meanwhile: the number of attempts is stated in advance.
  if ((intent.pricing?.attempt ?? 1) > step) return nothing('this step has been taken');
  if (at.market === null) return nothing('no market to price the next step on');
  const price = stepPrice(plan, { market: at.market, side: intent.side, step, ticks: at.ticks });
  if (!concedes(price, intent.limit, intent.side)) return nothing('the price is where the step wants it');
  return cancel(open, true, describe(plan, step, { price, from: intent.limit }));
}

function ofEnded(last: Order, { plan, filled, at }: Standing): Next {
  const { intent } = last;
  // Who took it back, or refused it, meant it: only what made way for the next price is followed by one.
  if (last.state !== 'cancelled' || !last.facts.makesWay) return nothing(`ended: ${last.reason}`);
  const step = stepsDue(plan, at.now);
  if (step > plan.steps) return { kind: 'giveUp', reason: gaveUp(plan, filled, intent.limit) };
  if (!at.confirmed) return { kind: 'confirm', reason: `${intent.id} is said to be cancelled` };
  if (at.market === null) return nothing('no market to price the next step on');
  const price = stepPrice(plan, { market: at.market, side: intent.side, step, ticks: at.ticks });
  // The market may have turned since the cancel: the price that stood is not improved upon, nor passed by.
  const limit = concedes(price, intent.limit, intent.side) ? price : intent.limit;
  const reason = describe(plan, step, { price: limit, from: intent.limit });
  return { kind: 'place', quantity: plan.wanted - filled, limit, reason };
}

function describe(plan: PricingPlan, step: number, { price, from }: Readonly<Record<'price' | 'from', Money>>): string {
  const most = `never beyond ${formatMoney(plan.worst)}`;
  return `step ${step} of ${plan.steps}: ${formatMoney(price)} after ${formatMoney(from)}, ${most}`;
}

function gaveUp({ steps, wanted }: PricingPlan, filled: number, limit: Money): string {
  const far = `${formatMoney(limit)} after ${steps} ${steps === 1 ? 'step' : 'steps'}`;
  return `gave up at ${far}: ${filled} of ${wanted} filled`;
}

function cancel(order: Order, makesWay: boolean, reason: string): Next {
  return { kind: 'cancel', order, makesWay, reason };
}

function nothing(reason: string): Next {
  return { kind: 'nothing', reason };
}
