import type { EpochMs } from '../../core/calendar/time.ts';
import type { Chain } from '../../core/market/chain.ts';
import type { Instrument, ListedInstrument } from '../../core/market/contract.ts';
import type { Quote } from '../../core/market/quote.ts';
import type { Fill } from '../../core/orders/fill.ts';
import type { Account } from '../../core/portfolio/account.ts';
import type { MarginPreview } from '../../core/portfolio/margin-preview.ts';
import type { ReportedPosition } from '../../core/portfolio/position.ts';
import { type Answer, answered, unanswered } from '../../edges/broker/answer.ts';
import type { Broker, BrokerEvent, OrderTicket, ReportedOrder } from '../../edges/broker/broker.ts';
import type { Link, LinkState } from '../../edges/broker/link.ts';
import type {
  ChainSelection,
  DailyBar,
  HistoryQuery,
  ListedOptions,
  MarketData,
} from '../../edges/broker/market-data.ts';
import type { BookEvent, BookOrder } from './book.ts';
import type { ExchangeView } from './exchange-view.ts';
import { InProcessMarketData } from './in-process-market-data.ts';
import { fillOf, previewOf, reportedOrder, reportedPosition, requestOf, ticketProblem } from './in-process-reports.ts';

const CANCELLED = 202;
const NO_SESSION: Link = { state: 'down', since: 0, reason: '', accounts: [], serverVersion: null, dataLost: null };

/**
 * The simulated exchange without a wire, for tests and backtests. It says what the adapter says over the wire: answers come
 * later than the call, and events later than the answer, in the order of the book.
 */
export class InProcessBroker implements Broker, MarketData {
  readonly #exchange: ExchangeView;
  readonly #clientId: number;
  readonly #data: InProcessMarketData;
  readonly #listeners = new Set<(event: BrokerEvent) => void>();
  #queue: BrokerEvent[] = [];
  #delivering: Promise<void> | null = null;
  #stopListening: (() => void) | null = null;
  #highestUsed = 0;
  #link: Link;

  constructor(parts: { readonly exchange: ExchangeView; readonly clientId: number }) {
    this.#exchange = parts.exchange;
    this.#clientId = parts.clientId;
    this.#data = new InProcessMarketData(parts.exchange.market);
    this.#link = { ...NO_SESSION, since: parts.exchange.clock.now() };
  }

  async start(): Promise<void> {
    if (this.#stopListening !== null) return;
    this.#stopListening = this.#exchange.book.onEvent((event) => this.#heard(event));
    this.#turnLink('connecting', '');
    this.#turnLink('ready', '');
  }

  async stop(): Promise<void> {
    this.#stopListening?.();
    this.#stopListening = null;
    if (this.#link.state !== 'down') this.#turnLink('down', 'stopped');
    await this.settled();
  }

  get link(): Link {
    return this.#link;
  }

  get nextOrderId(): number | null {
    if (this.#link.state !== 'ready') return null;
    return Math.max(this.#exchange.book.nextOrderId(this.#clientId), this.#highestUsed + 1);
  }

  onEvent(listener: (event: BrokerEvent) => void): () => void {
    const own = (event: BrokerEvent): void => listener(event);
    this.#listeners.add(own);
    return () => this.#listeners.delete(own);
  }

  async place(orderId: number, ticket: OrderTicket): Promise<Answer<void>> {
    return this.#online(() => {
      const problem = ticketProblem(orderId, ticket);
      if (problem !== null) return unanswered('refused', problem);
      this.#highestUsed = Math.max(this.#highestUsed, orderId);
      const request = requestOf(ticket, { clientId: this.#clientId, orderId, whatIf: false });
      this.#exchange.book.place(request, this.#now());
      return answered(undefined);
    });
  }

  async cancel(orderId: number): Promise<Answer<void>> {
    return this.#online(() => {
      const refusal = this.#exchange.book.cancel(this.#clientId, orderId, this.#now());
      if (refusal !== null) {
        const order = this.#ownOrder(orderId);
        const { code, text: reason } = refusal;
        const orderRef = order?.request.orderRef ?? '';
        this.#emit({ kind: 'orderError', orderId, orderRef, code, reason, final: false, at: this.#now() });
      }
      return answered(undefined);
    });
  }

  async cancelAll(): Promise<Answer<void>> {
    return this.#online(() => {
      this.#exchange.book.cancelAll(this.#now());
      return answered(undefined);
    });
  }

  async preview(orderId: number, ticket: OrderTicket): Promise<Answer<MarginPreview>> {
    return this.#online(() => {
      const problem = ticketProblem(orderId, ticket);
      if (problem !== null) return unanswered('refused', problem);
      this.#highestUsed = Math.max(this.#highestUsed, orderId);
      let answer: Answer<MarginPreview> = unanswered('unknown', 'the book did not answer');
      const stop = this.#exchange.book.onEvent((event) => {
        if (event.kind === 'whatIf') answer = answered(previewOf(event.margin));
        if (event.kind === 'refused') answer = unanswered('refused', event.refusal.text, event.refusal.code);
      });
      this.#exchange.book.place(requestOf(ticket, { clientId: this.#clientId, orderId, whatIf: true }), this.#now());
      stop();
      return answer;
    });
  }

  async openOrders(): Promise<Answer<readonly ReportedOrder[]>> {
    return this.#online(() => answered(this.#reports(this.#exchange.book.openOrders())));
  }

  async completedOrders(): Promise<Answer<readonly ReportedOrder[]>> {
    return this.#online(() => answered(this.#reports(this.#exchange.book.completedOrders())));
  }

  async executions(): Promise<Answer<readonly Fill[]>> {
    const { book, market } = this.#exchange;
    return this.#online(() => answered(book.executions().flatMap((execution) => fillOf(market, execution) ?? [])));
  }

  async positions(): Promise<Answer<readonly ReportedPosition[]>> {
    const { book, market } = this.#exchange;
    return this.#online(() => {
      const held = book.accounts.flatMap((account) => book.positions(account));
      return answered(held.flatMap((position) => reportedPosition(market, position) ?? []));
    });
  }

  async account(): Promise<Answer<Account>> {
    return this.#online(() => {
      const { account: id, ...figures } = this.#exchange.book.figures(this.#exchange.book.accounts[0] ?? '');
      const { netLiquidation, cash, buyingPower, excessLiquidity } = figures;
      return answered({ id, netLiquidation, cash, buyingPower, excessLiquidity });
    });
  }

  async time(): Promise<Answer<EpochMs>> {
    return this.#online(() => answered(this.#now()));
  }

  async list(instrument: Instrument): Promise<Answer<ListedInstrument>> {
    return this.#online(() => this.#data.list(instrument));
  }

  async options(symbol: string): Promise<Answer<ListedOptions>> {
    return this.#online(() => this.#data.options(symbol));
  }

  async quote(listed: ListedInstrument): Promise<Answer<Quote>> {
    return this.#online(() => this.#data.quote(listed));
  }

  async chain(selection: ChainSelection, now: EpochMs): Promise<Answer<Chain>> {
    return this.#online(() => this.#data.chain(selection, now));
  }

  async history(query: HistoryQuery): Promise<Answer<readonly DailyBar[]>> {
    return this.#online(() => this.#data.history(query));
  }

  /** Resolves when every event so far has been delivered. */
  async settled(): Promise<void> {
    while (this.#delivering !== null) await this.#delivering;
  }

  #online<T>(question: () => Answer<T>): Answer<T> {
    return this.#link.state === 'ready' ? question() : unanswered('offline', `the link is ${this.#link.state}`);
  }

  #heard(event: BookEvent): void {
    if (event.kind === 'order') this.#heardOrder(event.order);
    if (event.kind === 'refused' && event.request.clientId === this.#clientId && !event.request.whatIf) {
      const { orderId, orderRef } = event.request;
      const { code, text: reason } = event.refusal;
      const order = this.#ownOrder(orderId);
      const final = order === null;
      this.#emit({ kind: 'orderError', orderId, orderRef, code, reason, final, at: this.#now() });
    }
    if (event.kind === 'execution' && event.execution.clientId === this.#clientId) {
      const { execution } = event;
      const fill = fillOf(this.#exchange.market, execution);
      if (fill === null) return;
      this.#emit({ kind: 'fill', fill });
      this.#emit({ kind: 'commission', execId: fill.execId, commission: execution.commission, at: this.#now() });
    }
  }

  #heardOrder(order: BookOrder): void {
    const { request, permId, status, filled, averagePrice } = order;
    if (request.clientId !== this.#clientId) return;
    const { orderId, orderRef, quantity } = request;
    const at = this.#now();
    const remaining = quantity - filled;
    const average = filled > 0 ? averagePrice : null;
    this.#emit({
      kind: 'orderStatus',
      orderId,
      orderRef,
      permId,
      status,
      filled,
      remaining,
      averagePrice: average,
      at,
    });
    if (status !== 'Cancelled') return;
    const reason = `Order Canceled - reason: ${order.reason}`;
    this.#emit({ kind: 'orderError', orderId, orderRef, code: CANCELLED, reason, final: true, at });
  }

  #ownOrder(orderId: number): BookOrder | null {
    const { book } = this.#exchange;
    const mine = ({ request }: BookOrder): boolean =>
      request.clientId === this.#clientId && request.orderId === orderId;
    return book.openOrders().find(mine) ?? book.completedOrders().find(mine) ?? null;
  }

  #reports(orders: readonly BookOrder[]): ReportedOrder[] {
    return orders.flatMap((order) => reportedOrder(this.#exchange.market, order) ?? []);
  }

  #turnLink(state: LinkState, reason: string): void {
    const accounts = state === 'ready' ? this.#exchange.book.accounts : [];
    this.#link = { ...NO_SESSION, state, since: this.#now(), reason, accounts };
    this.#emit({ kind: 'link', link: this.#link });
  }

  #emit(event: BrokerEvent): void {
    this.#queue.push(event);
    this.#delivering ??= this.#deliver();
  }

  async #deliver(): Promise<void> {
    while (this.#queue.length > 0) {
      await new Promise(setImmediate);
      const events = this.#queue;
      this.#queue = [];
      for (const event of events) {
        for (const listener of [...this.#listeners]) listener(event);
      }
    }
    this.#delivering = null;
  }

  #now(): EpochMs {
    return this.#exchange.clock.now();
  }
}
