import type { IsoDate } from '../../core/calendar/time.ts';
import { quoteFault } from '../../core/market/mid.ts';
import { type Money, money } from '../../core/market/money.ts';
import type { Quote } from '../../core/market/quote.ts';
import type { Ticks } from '../../core/market/ticks.ts';
import { attemptsOf, filledIn, type Next, nextOf, purposeOf } from '../../core/orders/attempts.ts';
import { intentId } from '../../core/orders/identity.ts';
import type { Intent } from '../../core/orders/intent.ts';
import type { Order } from '../../core/orders/order.ts';
import { type PricingPlan, stepsDue } from '../../core/orders/pricing.ts';
import type { Trade } from '../../core/risk/closing.ts';
import type { Reason } from '../../core/strategy/decision.ts';
import type { Broker } from '../../edges/broker/broker.ts';
import type { MarketData } from '../../edges/broker/market-data.ts';
import type { Clock } from '../../edges/system/clock.ts';
import type { Blotter } from './blotter.ts';
import type { NoTradeNotes } from './no-trade-notes.ts';
import { count, type Workflow } from './occasion.ts';
import { judgeOrder, type OrderCheckParts } from './order-check.ts';
import type { Placed } from './place-order.ts';
import type { Reconciler } from './reconcile.ts';

export interface RepriceParts extends OrderCheckParts {
  readonly broker: Pick<Broker, 'account' | 'cancel' | 'time'>;
  readonly marketData: Pick<MarketData, 'quote'>;
  readonly blotter: Blotter;
  readonly reconciler: Pick<Reconciler, 'run' | 'obstacle' | 'obstacleFor'>;
  readonly notes: NoTradeNotes;
  readonly clock: Pick<Clock, 'now' | 'until'>;
  readonly maxQuoteAgeMs: number;
  readonly ticksOf: (symbol: string) => Ticks;
  /** Why no such order may leave now, or `null`. */
  readonly gate: (order: Trade) => Reason | null;
  readonly place: (intent: Intent) => Promise<Placed>;
  /** Something is so that cannot be: halts. */
  readonly alarm: (reason: string) => Promise<void>;
}

const ANY_TICK = money(0.01);
/** A cancel is answered by the exchange, not by the gateway: looked at this long after it, and then at the next look. */
const CANCEL_WAITS_MS = [0, 1_000, 3_000];
/** cancel, confirm, place: more turns than that are no progress. */
const MOST_TURNS = 5;

/**
 * Moves today's working orders step by step toward the market, and takes them back when no step is left. A step is a cancel,
 * the broker's confirmation that it is final, and then a new order for what is left: never a change of one that works.
 * What is due follows from the stored orders alone, so that a restart goes on where the last process stopped.
 */
export function reprice(parts: RepriceParts): Workflow {
  return async ({ tradingDay, signal }) => {
    const purposes = purposesOf(parts.blotter, tradingDay);
    const done: string[] = [];
    for (const purpose of purposes) {
      signal.throwIfAborted();
      const said = await new Look(parts, purpose, signal).take();
      if (said !== null) done.push(said);
    }
    return done.length === 0 ? `${count(purposes.length, 'order')} looked at` : done.join('; ');
  };
}

function purposesOf({ orders }: Blotter, tradingDay: IsoDate): readonly string[] {
  const today = orders.filter((order) => order.intent.tradingDay === tradingDay);
  return [...new Set(today.flatMap(({ intent }) => purposeOf(intent) ?? []))].sort();
}

interface Market {
  readonly bid: Money;
  readonly ask: Money;
  readonly quote: Quote;
}

/** One look at all attempts of one order: as many of its moves as can be made for certain. */
class Look {
  readonly #parts: RepriceParts;
  readonly #purpose: string;
  readonly #signal: AbortSignal;
  #confirmed = false;

  constructor(parts: RepriceParts, purpose: string, signal: AbortSignal) {
    this.#parts = parts;
    this.#purpose = purpose;
    this.#signal = signal;
  }

  /** One line on what was done, or null. */
  async take(): Promise<string | null> {
    let said: string | null = null;
    for (let turn = 0; turn < MOST_TURNS; turn += 1) {
      this.#signal.throwIfAborted();
      const attempts = attemptsOf(this.#purpose, this.#parts.blotter.orders);
      const last = attempts.at(-1) as Order;
      const market = await this.#market(last);
      const { clock, ticksOf } = this.#parts;
      const ticks = ticksOf(last.intent.instrument.symbol);
      const next = nextOf(attempts, { now: clock.now(), market, ticks, confirmed: this.#confirmed });
      const outcome = await this.#make(next, { attempts, last, market });
      if (outcome.said !== null) said = outcome.said;
      if (!outcome.goOn) return said;
    }
    return said;
  }

  async #make(next: Next, at: Situation): Promise<Outcome> {
    switch (next.kind) {
      case 'nothing':
        return END;
      case 'fault':
        await this.#parts.alarm(next.reason);
        return ended(next.reason);
      case 'confirm':
        return this.#confirm(at.last);
      case 'cancel':
        return this.#cancel(next, at.last);
      case 'giveUp':
        await this.#note(at.last, { rule: 'gave-up', text: next.reason });
        return ended(next.reason);
      case 'place':
        return this.#place(next, at);
    }
  }

  /** Final is what the broker's books say once the order is known to have ended: executions are asked for first. */
  async #confirm({ intent, state }: Order): Promise<Outcome> {
    if (this.#confirmed) return END;
    const { reconciler, blotter } = this.#parts;
    await reconciler.run();
    await blotter.idle();
    this.#confirmed = state === 'cancelled' && reconciler.obstacleFor(intent.instrument.symbol) === null;
    const now = blotter.order(intent.id);
    return this.#confirmed || (now !== null && now.state !== state) ? GO_ON : END;
  }

  async #cancel(next: Extract<Next, { kind: 'cancel' }>, last: Order): Promise<Outcome> {
    const { broker, blotter, clock, gate } = this.#parts;
    const { order, makesWay, reason } = next;
    // What could not be followed by the next price stays where it is.
    const { intent, filled } = order;
    const closed = makesWay ? gate({ ...intent, quantity: intent.quantity - filled }) : null;
    if (closed !== null) return this.#refused(last, closed);
    if (order.orderId === null) return END;
    // First on disk: whoever sees it end must know what it made way for. A cancel that was not sent is found out by asking.
    await blotter.apply(order.intent.id, { kind: 'cancelRequested', makesWay, at: clock.now() });
    const answer = await broker.cancel(order.orderId);
    if (!answer.ok) return this.#refused(last, { rule: 'cancel', text: `no cancel was sent: ${answer.reason}` });
    if (!makesWay) await this.#note(last, { rule: 'gave-up', text: reason });
    await this.#cancelled(order.intent.id);
    return { goOn: makesWay, said: reason };
  }

  /** Gives the answer to a cancel some time to arrive. */
  async #cancelled(id: string): Promise<void> {
    const { broker, blotter, clock } = this.#parts;
    for (const wait of CANCEL_WAITS_MS) {
      if (wait > 0) await clock.until(clock.now() + wait, this.#signal);
      await broker.time();
      await blotter.idle();
      if (blotter.order(id)?.state !== 'cancelling') return;
    }
  }

  async #place(next: Extract<Next, { kind: 'place' }>, { attempts, last, market }: Situation): Promise<Outcome> {
    const { broker, clock, place } = this.#parts;
    if (market === null) return END;
    const account = await broker.account();
    const now = clock.now();
    const intent = following(last.intent, next, { decidedAt: now, quotedAt: market.quote.quotedAt });
    const verdict = judgeOrder(this.#parts, {
      ...{ intent, now, quote: market.quote, filledBefore: filledIn(attempts) },
      account: account.ok ? account.value : null,
    });
    if (verdict.outcome === 'denied') {
      const [rule] = verdict.against.map((reason) => reason.rule);
      return this.#refused(last, { rule: rule ?? 'risk', text: verdict.against.map(({ text }) => text).join('; ') });
    }
    this.#signal.throwIfAborted();
    const placed = await place(intent);
    if (placed.outcome === 'sent') return ended(next.reason);
    return placed.outcome === 'known' ? END : this.#refused(last, placed.against);
  }

  /** Only for a step that may be due: a quote costs the broker a line. */
  async #market(last: Order): Promise<Market | null> {
    const { marketData, clock, maxQuoteAgeMs } = this.#parts;
    const { instrument, conId, pricing } = last.intent;
    const due = stepsDue(pricing as PricingPlan, clock.now());
    if (due === 0 || due > (pricing as PricingPlan).steps) return null;
    if (last.state !== 'cancelled' && last.state !== 'working' && last.state !== 'partial') return null;
    if (last.state === 'cancelled' && !last.facts.makesWay) return null;
    const answer = await marketData.quote({ instrument, conId, minTick: ANY_TICK });
    if (!answer.ok || quoteFault(answer.value, clock.now(), maxQuoteAgeMs) !== null) return null;
    const { bid, ask } = answer.value;
    return bid === null || ask === null ? null : { bid, ask, quote: answer.value };
  }

  async #refused(last: Order, reason: Reason): Promise<Outcome> {
    await this.#note(last, reason);
    return ended(`${last.intent.id} stays as it is: ${reason.text}`);
  }

  #note({ intent }: Order, reason: Reason): Promise<void> {
    const { notes, clock } = this.#parts;
    return notes.keep({ purpose: this.#purpose, intent, reason, now: clock.now() });
  }
}

interface Situation {
  readonly attempts: readonly Order[];
  readonly last: Order;
  readonly market: Market | null;
}

interface Outcome {
  readonly goOn: boolean;
  readonly said: string | null;
}

const END: Outcome = { goOn: false, said: null };
const GO_ON: Outcome = { goOn: true, said: null };

function ended(said: string): Outcome {
  return { goOn: false, said };
}

/** The next attempt: the same order under an identity of its own, at the next price, for what is left. */
function following(
  before: Intent,
  { quantity, limit, reason }: Extract<Next, { kind: 'place' }>,
  times: Pick<Intent, 'decidedAt' | 'quotedAt'>,
): Intent {
  const plan = before.pricing as PricingPlan;
  const pricing = { ...plan, attempt: plan.attempt + 1 };
  const { tradingDay, task, strategy } = before;
  const id = intentId({ tradingDay, task, strategy, key: plan.key, attempt: pricing.attempt });
  return { ...before, ...times, id, quantity, limit, reason, pricing };
}
