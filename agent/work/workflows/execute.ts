import { type Money, times } from '../../core/market/money.ts';
import type { Ticks } from '../../core/market/ticks.ts';
import { intentId } from '../../core/orders/identity.ts';
import type { Intent } from '../../core/orders/intent.ts';
import { type PricingPlan, type Repricing, worstPrice } from '../../core/orders/pricing.ts';
import { freeCash, securedCash } from '../../core/risk/secured.ts';
import type { Candidate, Decision, Reason } from '../../core/strategy/decision.ts';
import type { Broker } from '../../edges/broker/broker.ts';
import type { Clock } from '../../edges/system/clock.ts';
import type { DecisionLog } from './decision-log.ts';
import { count, type Occasion, type Workflow } from './occasion.ts';
import { judgeOrder, type OrderCheckParts } from './order-check.ts';
import type { Placed } from './place-order.ts';
import type { Proposer } from './proposer.ts';
import type { Reconciler } from './reconcile.ts';

export interface ExecuteParts extends OrderCheckParts {
  readonly proposer: Proposer;
  readonly decisions: DecisionLog;
  readonly symbols: readonly string[];
  readonly broker: Pick<Broker, 'account'>;
  readonly repricing: Repricing;
  readonly ticksOf: (symbol: string) => Ticks;
  readonly clock: Pick<Clock, 'now'>;
  readonly reconciler: Pick<Reconciler, 'run' | 'obstacle'>;
  /** The task whose answers are to be executed. */
  readonly analysis: string;
  readonly place: (intent: Intent) => Promise<Placed>;
}

/**
 * Orders what the analysis of the day found, if the strategy says the same on fresh quotes and no rule objects. The best
 * score goes first, because each order leaves less cash for the next.
 */
export function execute(parts: ExecuteParts): Workflow {
  return async (occasion) => {
    // Cash and limits are counted on what is held and working now, whoever did it.
    await parts.reconciler.run();
    const found: Decision[] = [];
    for (const symbol of parts.symbols) {
      occasion.signal.throwIfAborted();
      found.push(await confirmed(parts, symbol, occasion));
    }
    found.sort(byMerit);
    let sent = 0;
    for (const decision of found) {
      occasion.signal.throwIfAborted();
      if (decision.chosen === null) await parts.decisions.keep(decision);
      else if (await order(parts, { decision, chosen: decision.chosen, signal: occasion.signal })) sent += 1;
    }
    return `${count(parts.symbols.length, 'symbol')}, ${count(sent, 'order')} sent`;
  };
}

/** Today's analysis and a fresh look must agree that there is something to sell. */
async function confirmed(parts: ExecuteParts, symbol: string, { task, now, tradingDay }: Occasion): Promise<Decision> {
  const fresh = await parts.proposer.propose(symbol, task, now);
  const earlier = await parts.decisions.find(parts.analysis, symbol, tradingDay);
  if (earlier?.outcome === 'trade') return fresh;
  const text =
    earlier === null
      ? 'there was no analysis today'
      : `the analysis found nothing: ${earlier.reasons[0]?.text ?? 'no reason given'}`;
  return { ...fresh, outcome: 'noTrade', chosen: null, reasons: [...objections(fresh), { rule: 'analysis', text }] };
}

/** What spoke against a trade; the praise of a candidate that is not taken after all does not belong there. */
function objections(decision: Decision): readonly Reason[] {
  return decision.outcome === 'trade' ? [] : decision.reasons;
}

async function order(
  parts: ExecuteParts,
  about: { decision: Decision; chosen: Candidate; signal: AbortSignal },
): Promise<boolean> {
  const { decision, chosen, signal } = about;
  const account = await parts.broker.account();
  const now = parts.clock.now();
  const cash = account.ok ? account.value.cash : null;
  const intent = intentOf(parts, { decision, chosen, quantity: quantityFor(parts, chosen, cash) });
  const verdict = judgeOrder(parts, {
    ...{ intent, now, quote: chosen, filledBefore: 0 },
    account: account.ok ? account.value : null,
  });
  if (verdict.outcome === 'denied') {
    await parts.decisions.keep(refused(decision, verdict.against));
    return false;
  }
  signal.throwIfAborted();
  await parts.decisions.keep(decision);
  const placed = await parts.place(intent);
  if (placed.outcome === 'sent') return true;
  await parts.decisions.keep(refused(decision, [whyNotSent(placed)]));
  return false;
}

function whyNotSent(placed: Exclude<Placed, { outcome: 'sent' }>): Reason {
  if (placed.outcome === 'refused') return placed.against;
  return { rule: 'already-ordered', text: 'already ordered today: the same order was decided before' };
}

/** As many contracts as free cash and limits secure; at least one, so that the risk check can say what is missing. */
function quantityFor({ books, limits }: ExecuteParts, { instrument }: Candidate, cash: Money | null): number {
  const secured = securedCash(books.holdings, books.working);
  const { maxSecuredPerSymbol, maxSecuredTotal } = limits;
  const free = freeCash({ cash, secured, symbol: instrument.symbol, maxSecuredPerSymbol, maxSecuredTotal }) ?? 0;
  const affordable = Math.floor(free / times(instrument.strike, instrument.multiplier));
  return Math.max(1, Math.min(affordable, limits.maxContractsPerOrder));
}

function intentOf(
  { repricing, ticksOf }: ExecuteParts,
  { decision, chosen, quantity }: { decision: Decision; chosen: Candidate; quantity: number },
): Intent {
  const { tradingDay, task, strategy, symbol, at: startedAt } = decision;
  // The leg, not the contract: a second look that prefers another strike must not become a second order.
  const named = { key: `${symbol}.put`, attempt: 1 };
  const worst = worstPrice(chosen, 'sell', repricing, ticksOf(symbol));
  const pricing: PricingPlan = { ...repricing, ...named, wanted: quantity, startedAt, worst };
  return {
    id: intentId({ tradingDay, task, strategy, ...named }),
    tradingDay,
    task,
    strategy,
    instrument: chosen.instrument,
    conId: chosen.conId,
    side: 'sell',
    quantity,
    limit: chosen.limit,
    timeInForce: 'DAY',
    decidedAt: startedAt,
    quotedAt: chosen.quotedAt,
    reason: decision.reasons[0]?.text ?? '',
    ...(repricing.steps === 0 ? {} : { pricing }),
  };
}

function refused(decision: Decision, against: readonly Reason[]): Decision {
  return { ...decision, outcome: 'noTrade', reasons: against };
}

function byMerit(a: Decision, b: Decision): number {
  const score = (b.chosen?.score ?? -1) - (a.chosen?.score ?? -1);
  if (score !== 0) return score;
  const expiration = (a.chosen?.instrument.expiration ?? '').localeCompare(b.chosen?.instrument.expiration ?? '');
  if (expiration !== 0) return expiration;
  const strike = (a.chosen?.instrument.strike ?? 0) - (b.chosen?.instrument.strike ?? 0);
  return strike !== 0 ? strike : a.symbol.localeCompare(b.symbol);
}
