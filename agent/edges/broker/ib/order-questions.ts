import type { Instrument } from '../../../core/market/contract.ts';
import type { Fill } from '../../../core/orders/fill.ts';
import type { Answer } from '../answer.ts';
import type { ReportedOrder } from '../broker.ts';
import type { KnownOrders } from './known-orders.ts';
import type { Nonsense } from './map-contract.ts';
import { isComboLine, toFill } from './map-event.ts';
import { type OrderReport, toReportedOrder } from './map-order.ts';
import type { Question } from './requests.ts';
import { offline, type Room } from './room.ts';
import type { Session } from './session.ts';
import { SingleFile } from './single-file.ts';
import type { WholeAnswers } from './whole-answers.ts';

const ENDED: ReadonlySet<string> = new Set(['Filled', 'Cancelled', 'ApiCancelled']);

/** By all ids together: one permanent id with two order ids is two live orders (a change during an outage can leave them). */
type Reports = Map<string, OrderReport>;

/** What the questions about orders stand on. */
export interface OrderQuestionParts {
  readonly room: Room;
  readonly known: KnownOrders;
  readonly legs: LegLookup;
  readonly whole: WholeAnswers;
}

/** Resolves what a contract id stands for, asking the broker when it has to. */
export type LegLookup = (conIds: readonly number[]) => Promise<(conId: number) => Instrument | null>;

/** What the broker has in its book: open and completed orders of everybody, executions of today. */
export class OrderQuestions {
  readonly #room: Room;
  readonly #known: KnownOrders;
  readonly #legs: LegLookup;
  readonly #whole: WholeAnswers;
  readonly #open: SingleFile<Reports>;
  readonly #completed: SingleFile<OrderReport[]>;
  readonly #executions = new Map<number, Question<(Fill | Nonsense)[]>>();

  constructor({ room, known, legs, whole }: OrderQuestionParts) {
    this.#room = room;
    this.#known = known;
    this.#legs = legs;
    this.#whole = whole;
    this.#open = new SingleFile('open orders', room.requests, room.clock);
    this.#completed = new SingleFile('completed orders', room.requests, room.clock);
  }

  attach(session: Session): void {
    session.listen('openOrder', (orderId, contract, order, state) => {
      const reports = this.#open.current?.collected;
      if (reports === undefined || order.whatIf === true) return;
      const key = reportKey(order.permId, order.clientId, orderId);
      reports.set(key, { contract, order, state, filled: reports.get(key)?.filled ?? null });
    });
    session.listen('orderStatus', (orderId, word, filled, _remaining, _average, permId, _parent, _last, clientId) => {
      const reports = this.#open.current?.collected;
      const key = reportKey(permId, clientId, orderId);
      const report = reports?.get(key);
      if (report === undefined) return;
      const status = word as typeof report.state.status;
      reports?.set(key, { ...report, state: { ...report.state, status }, filled: filled ?? null });
    });
    session.listen('openOrderEnd', () => this.#open.end());
    session.listen('completedOrder', (contract, order, state) => {
      const orderId = this.#known.idOf(order.permId ?? 0);
      const clientId = orderId === 0 ? order.clientId : this.#room.clientId;
      const whose = clientId === undefined ? { ...order, orderId } : { ...order, orderId, clientId };
      this.#completed.current?.collected.push({ contract, order: whose, state, filled: null });
    });
    session.listen('completedOrdersEnd', () => this.#completed.end());
    session.listen('execDetails', (id, contract, execution) => {
      const question = this.#executions.get(id);
      if (question === undefined || isComboLine(contract)) return;
      question.collected.push(toFill(contract, execution, this.#room.clock.now()));
    });
    session.listen('execDetailsEnd', (id) => this.#executions.get(id)?.done());
  }

  reset(): void {
    this.#open.reset();
    this.#completed.reset();
  }

  async openOrders(): Promise<Answer<readonly ReportedOrder[]>> {
    const none = offline(this.#room);
    if (none !== null) return none;
    const answer = await this.#open.ask(new Map(), (api) => api.reqAllOpenOrders());
    if (!answer.ok) return answer;
    const working = [...answer.value.values()].filter((report) => !ENDED.has(report.state.status));
    return this.#shown('open orders', working);
  }

  async completedOrders(): Promise<Answer<readonly ReportedOrder[]>> {
    const none = offline(this.#room);
    if (none !== null) return none;
    const answer = await this.#completed.ask([], (api) => api.reqCompletedOrders(false));
    return answer.ok ? this.#shown('completed orders', answer.value) : answer;
  }

  async executions(): Promise<Answer<readonly Fill[]>> {
    const none = offline(this.#room);
    if (none !== null) return none;
    const question = this.#room.requests.question<(Fill | Nonsense)[]>({
      what: 'executions',
      collected: [],
      ended: (ended) => this.#executions.delete(ended.id),
    });
    this.#executions.set(question.id, question);
    this.#room.requests.send(question, 'question', (api) => api.reqExecutions(question.id, {}));
    const answer = await question.answer;
    return answer.ok ? this.#whole.of('executions', answer.value) : answer;
  }

  async #shown(what: string, reports: readonly OrderReport[]): Promise<Answer<readonly ReportedOrder[]>> {
    const conIds = reports.flatMap((report) => (report.contract.comboLegs ?? []).map((leg) => leg.conId ?? 0));
    const legOf = await this.#legs(conIds);
    return this.#whole.of(
      what,
      reports.map((report) => toReportedOrder(report, legOf)),
    );
  }
}

function reportKey(permId: number | undefined, clientId: number | undefined, orderId: number): string {
  return `${permId ?? 0}/${clientId ?? 0}/${orderId}`;
}
