import { newYorkDate } from '../core/calendar/new-york.ts';
import type { EpochMs, IsoDate } from '../core/calendar/time.ts';
import { describeInstrument } from '../core/market/contract.ts';
import { mayStillFill, type Order } from '../core/orders/order.ts';
import type { Candidate, Decision } from '../core/strategy/decision.ts';
import type { ReportedOrder } from '../edges/broker/broker.ts';
import type {
  BooksAnswer,
  CandidateRow,
  Inquiries,
  OrderRow,
  PositionRow,
  WhyAnswer,
} from '../edges/status/inquiries.ts';
import type { Backups } from '../edges/store/backup.ts';
import type { Store } from '../edges/store/store.ts';
import type { Clock } from '../edges/system/clock.ts';
import type { Blotter } from '../work/workflows/blotter.ts';
import type { DecisionLog } from '../work/workflows/decision-log.ts';
import type { Marks } from '../work/workflows/marks.ts';
import type { Reconciler } from '../work/workflows/reconcile.ts';
import { shownForeign, shownMoney, shownOrder, shownPosition } from '../work/workflows/shown.ts';

export interface InquiryParts {
  readonly blotter: Blotter;
  readonly reconciler: Reconciler;
  readonly marks: Marks;
  readonly decisions: DecisionLog;
  readonly store: Pick<Store, 'list'>;
  readonly clock: Pick<Clock, 'now'>;
  readonly host: { readonly backups: Pick<Backups, 'snapshot'> } | null;
}

const MOST_ADOPTIONS = 50;

/** Answers from what is known here; nothing is asked of the broker for them. */
export function composeInquiries(parts: InquiryParts): Inquiries {
  const { blotter, reconciler, marks, decisions, clock, host } = parts;
  return {
    orders: (all) => {
      const today = newYorkDate(clock.now());
      const ours = blotter.orders.filter(
        (order) =>
          all || order.intent.tradingDay === today || mayStillFill(order) || newYorkDate(order.updatedAt) === today,
      );
      return [
        ...ours.map(orderRow),
        ...reconciler.current.foreignOrders.map((order) => foreignOrder(order, reconciler.current.at)),
      ];
    },
    positions: () => {
      const now = clock.now();
      const ours = blotter.openPositions.map((position): PositionRow => {
        const { realized, commission, openedAt } = position;
        const shown = shownPosition(position, marks.markOf(position), now);
        return { ...shown, realized: shownMoney(realized), commission: shownMoney(commission), openedAt };
      });
      const others = reconciler.current.foreignPositions.map(
        (position): PositionRow => ({
          ...shownForeign(position, now),
          realized: null,
          commission: null,
          openedAt: null,
        }),
      );
      return [...ours, ...others];
    },
    books: () => books(parts),
    why: async (symbol, day) => {
      const decision = await decisions.last(symbol, day);
      return decision === null ? null : whyAnswer(decision, blotter);
    },
    backUp: (signal) => {
      const madeAt = Temporal.Instant.fromEpochMilliseconds(Math.floor(clock.now())).toString();
      return host === null ? null : host.backups.snapshot({ madeAt, signal });
    },
  };
}

async function books({ reconciler, store }: InquiryParts): Promise<BooksAnswer> {
  const { state, reason, at, findings, foreignPositions, foreignOrders } = reconciler.current;
  const rows = await store.list('adoptions', { newestFirst: true, most: MOST_ADOPTIONS });
  return {
    ...{ state, reason, at },
    differences: findings.map(({ kind, symbol, text, evidence, effect }) => ({ kind, symbol, text, evidence, effect })),
    foreignPositions: foreignPositions.length,
    foreignOrders: foreignOrders.length,
    adoptions: rows.map(([, adoption]) => {
      const { at: adoptedAt, kind, symbol, text, evidence, by } = adoption;
      return { at: adoptedAt, kind, symbol, text, evidence, by };
    }),
  };
}

function orderRow(order: Order): OrderRow {
  const { intent, permId, commission } = order;
  const { tradingDay, task, strategy, decidedAt } = intent;
  return {
    ...shownOrder(order),
    // In full: here a person asks for it.
    reason: order.reason,
    foreign: false,
    working: mayStillFill(order),
    ...{ tradingDay, task, strategy, decidedAt, permId, commission: shownMoney(commission) },
  };
}

function foreignOrder(order: ReportedOrder, at: EpochMs): OrderRow {
  const { orderRef, permId, instrument, side, quantity, filled, limit, status, reason } = order;
  const name = instrument.kind === 'combo' ? `${instrument.symbol} combination` : describeInstrument(instrument);
  const unknown = { averagePrice: null, tradingDay: null, decidedAt: null, commission: null };
  return {
    ...{ id: orderRef, name, side, quantity, filled, limit: shownMoney(limit), state: status, reason, permId },
    ...unknown,
    ...{ foreign: true, working: true, task: '', strategy: '', updatedAt: at },
  };
}

function whyAnswer(decision: Decision, blotter: Blotter): WhyAnswer {
  const { symbol, at, tradingDay, task, strategy, outcome, chosen, reasons, considered, ruledOut, candidates } =
    decision;
  return {
    ...{ symbol, at, tradingDay, task, strategy, outcome, reasons, considered, ruledOut },
    chosen: chosen === null ? '' : describeInstrument(chosen.instrument),
    candidates: candidates.map(candidateRow),
    order: orderOf(decision, blotter, tradingDay),
  };
}

/** The order of that day, task and strategy in this symbol. */
function orderOf({ symbol, task, strategy }: Decision, blotter: Blotter, day: IsoDate): OrderRow | null {
  const found = blotter.orders.find(({ intent }) => {
    const same = intent.tradingDay === day && intent.task === task && intent.strategy === strategy;
    return same && intent.instrument.symbol === symbol;
  });
  return found === undefined ? null : orderRow(found);
}

function candidateRow(candidate: Candidate): CandidateRow {
  const { delta, impliedVolatility, daysToExpiration, openInterest, volume, quotedAt, score } = candidate;
  return {
    name: describeInstrument(candidate.instrument),
    ...{ bid: shownMoney(candidate.bid), ask: shownMoney(candidate.ask), limit: shownMoney(candidate.limit) },
    ...{ delta, impliedVolatility, daysToExpiration, openInterest, volume, quotedAt, score },
    parts: candidate.parts.map(({ name, value, note }) => ({ name, value, note })),
    against: candidate.against.map(({ text }) => text),
  };
}
