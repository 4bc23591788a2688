import type { EpochMs } from '../calendar/time.ts';
import type { Side } from '../market/contract.ts';
import type { Money } from '../market/money.ts';
import { roundToTick, type Ticks } from '../market/ticks.ts';

/** How far and how often a price may go toward the market. */
export interface Repricing {
  /** After the first price; 0 = it stays where it is for the whole day. */
  readonly steps: number;
  readonly stepMs: number;
  /** Share of the way from mid to the far side of the market that the last step has gone, 0..1. */
  readonly concession: number;
}

/** Decided with the first price of an order and carried by all that follow it, so that a restart goes on with the same. */
export interface PricingPlan extends Repricing {
  /** What the order is for: the same in all its attempts. */
  readonly key: string;
  /** 1 = the first. Each is an intent and a broker order of its own. */
  readonly attempt: number;
  /** In all attempts together. */
  readonly wanted: number;
  readonly startedAt: EpochMs;
  /** No attempt may be worse than this for us, whatever the market does meanwhile. */
  readonly worst: Money;
}

export interface TwoSided {
  readonly bid: Money;
  readonly ask: Money;
}

/** How many steps are due; above `steps` it is time to give up. A clock that was set back counts as the first. */
export function stepsDue({ startedAt, stepMs }: PricingPlan, now: EpochMs): number {
  return Math.max(0, Math.floor((now - startedAt) / stepMs));
}

/** The price of the last step on this market: the stated limit, per share, on the tick that is better for us. */
export function worstPrice(market: TwoSided, side: Side, { concession }: Repricing, ticks: Ticks): Money {
  return toward(market, { side, share: concession, ticks });
}

/** The price of a step on this market, per share: from mid toward the far side in equal parts, never beyond the stated limit. */
export function stepPrice(
  plan: PricingPlan,
  at: { readonly market: TwoSided; readonly side: Side; readonly step: number; readonly ticks: Ticks },
): Money {
  const { market, side, step, ticks } = at;
  const share = plan.steps === 0 ? 0 : (plan.concession * Math.min(step, plan.steps)) / plan.steps;
  const price = toward(market, { side, share, ticks });
  return (side === 'sell' ? Math.max(price, plan.worst) : Math.min(price, plan.worst)) as Money;
}

/** Whether a price gives the other side more than another one does. */
export function concedes(price: Money, than: Money, side: Side): boolean {
  return side === 'sell' ? price < than : price > than;
}

function toward(
  { bid, ask }: TwoSided,
  { side, share, ticks }: { readonly side: Side; readonly share: number; readonly ticks: Ticks },
): Money {
  const middle = (bid + ask) / 2;
  const far = side === 'sell' ? bid : ask;
  // Whole units first: what floating point adds at the end must not cost a tick.
  return roundToTick(Math.round(middle + (far - middle) * share) as Money, ticks, side);
}
