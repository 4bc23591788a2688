import type { EpochMs } from '../../../core/calendar/time.ts';
import type { Chain } from '../../../core/market/chain.ts';
import type { Instrument, ListedInstrument } from '../../../core/market/contract.ts';
import type { Quote } from '../../../core/market/quote.ts';
import type { Fill } from '../../../core/orders/fill.ts';
import type { Account } from '../../../core/portfolio/account.ts';
import type { MarginPreview } from '../../../core/portfolio/margin-preview.ts';
import type { ReportedPosition } from '../../../core/portfolio/position.ts';
import type { Answer } from '../answer.ts';
import type { Broker, BrokerEvent, OrderTicket, ReportedOrder } from '../broker.ts';
import type { Link } from '../link.ts';
import type { ChainSelection, DailyBar, HistoryQuery, ListedOptions, MarketData } from '../market-data.ts';
import { AccountQuestions } from './account.ts';
import { BrokerClock } from './broker-clock.ts';
import { MessageBudget } from './budget.ts';
import { Chains } from './chains.ts';
import { CODE, isWarning } from './codes.ts';
import { Events } from './events.ts';
import { Farms } from './farms.ts';
import { History } from './history.ts';
import { isOrderId, OrderIds } from './ids.ts';
import { KnownOrders } from './known-orders.ts';
import { Lines } from './lines.ts';
import { Listings } from './listings.ts';
import { type IbBrokerOptions, type IbSettings, withDefaults } from './options.ts';
import { type LegLookup, OrderQuestions } from './order-questions.ts';
import { Orders } from './orders.ts';
import { Quotes } from './quotes.ts';
import { Requests } from './requests.ts';
import { offline, type Room } from './room.ts';
import type { Session } from './session.ts';
import { Supervisor } from './supervisor.ts';
import { WholeAnswers } from './whole-answers.ts';

/** How long nothing is sent after the broker has complained about the rate. */
const RATE_PAUSE_MS = 2_000;

/** Interactive Brokers through TWS or IB Gateway, or through anything else that speaks their protocol. */
export class IbBroker implements Broker, MarketData {
  readonly #settings: IbSettings;
  readonly #events: Events;
  readonly #budget: MessageBudget;
  readonly #requests: Requests;
  readonly #supervisor: Supervisor;
  readonly #room: Room;
  readonly #ids = new OrderIds();
  readonly #brokerClock: BrokerClock;
  readonly #orders: Orders;
  readonly #orderQuestions: OrderQuestions;
  readonly #account: AccountQuestions;
  readonly #listings: Listings;
  readonly #lines: Lines;
  readonly #quotes: Quotes;
  readonly #chains: Chains;
  readonly #history: History;
  readonly #farms = new Farms();

  constructor(options: IbBrokerOptions) {
    const settings = withDefaults(options);
    const { clock, log } = settings;
    this.#settings = settings;
    this.#events = new Events(log);
    this.#budget = new MessageBudget(clock, settings.messagesPerSecond);
    this.#requests = new Requests(clock, this.#budget, settings.requestTimeoutMs);
    this.#brokerClock = new BrokerClock(this.#requests, clock);
    this.#supervisor = new Supervisor(settings, {
      prepare: (session) => this.#prepare(session),
      opened: (session) => this.#requests.attach(session),
      lost: (reason) => this.#lost(reason),
      changed: (link) => this.#events.emit({ kind: 'link', link }),
      beat: () => this.#brokerClock.answers(settings.heartbeatTimeoutMs),
    });
    this.#room = {
      clock,
      log,
      requests: this.#requests,
      clientId: settings.clientId,
      link: () => this.#supervisor.link,
      emit: (event) => this.#events.emit(event),
      account: () => settings.account ?? this.#supervisor.link.accounts[0] ?? '',
    };
    const known = new KnownOrders();
    const roundTrip = (): Promise<unknown> => this.#brokerClock.time();
    this.#listings = new Listings(this.#room);
    this.#lines = new Lines(this.#room, settings.marketDataLines, (listed) => this.#listings.contractOf(listed));
    this.#orders = new Orders(this.#room, this.#ids, known);
    const whole = new WholeAnswers(this.#room);
    const legs: LegLookup = (conIds) => this.#listings.lookUp(conIds);
    this.#orderQuestions = new OrderQuestions({ room: this.#room, known, legs, whole });
    this.#account = new AccountQuestions(this.#room, whole);
    this.#quotes = new Quotes(this.#room, this.#lines, roundTrip);
    this.#chains = new Chains(this.#room, this.#listings, this.#lines, roundTrip);
    this.#history = new History(this.#room, this.#listings);
  }

  async start(): Promise<void> {
    this.#supervisor.start();
  }

  async stop(): Promise<void> {
    this.#supervisor.stop();
  }

  get link(): Link {
    return { ...this.#supervisor.link, dataLost: this.#farms.lost };
  }

  get nextOrderId(): number | null {
    return this.#ids.next;
  }

  onEvent(listener: (event: BrokerEvent) => void): () => void {
    return this.#events.listen(listener);
  }

  place(orderId: number, ticket: OrderTicket): Promise<Answer<void>> {
    return this.#orders.place(orderId, ticket);
  }

  cancel(orderId: number): Promise<Answer<void>> {
    return this.#orders.cancel(orderId);
  }

  cancelAll(): Promise<Answer<void>> {
    return this.#orders.cancelAll();
  }

  preview(orderId: number, ticket: OrderTicket): Promise<Answer<MarginPreview>> {
    return this.#orders.preview(orderId, ticket);
  }

  openOrders(): Promise<Answer<readonly ReportedOrder[]>> {
    return this.#orderQuestions.openOrders();
  }

  completedOrders(): Promise<Answer<readonly ReportedOrder[]>> {
    return this.#orderQuestions.completedOrders();
  }

  executions(): Promise<Answer<readonly Fill[]>> {
    return this.#orderQuestions.executions();
  }

  positions(): Promise<Answer<readonly ReportedPosition[]>> {
    return this.#account.positions();
  }

  account(): Promise<Answer<Account>> {
    return this.#account.account();
  }

  async time(): Promise<Answer<EpochMs>> {
    return offline(this.#room) ?? this.#brokerClock.time();
  }

  list(instrument: Instrument): Promise<Answer<ListedInstrument>> {
    return this.#listings.list(instrument);
  }

  options(symbol: string): Promise<Answer<ListedOptions>> {
    return this.#listings.options(symbol);
  }

  quote(listed: ListedInstrument): Promise<Answer<Quote>> {
    return this.#quotes.quote(listed);
  }

  chain(selection: ChainSelection, now: EpochMs): Promise<Answer<Chain>> {
    return this.#chains.chain(selection, now);
  }

  history(query: HistoryQuery): Promise<Answer<readonly DailyBar[]>> {
    return this.#history.history(query);
  }

  /**
   * Resolves when everything sent so far has been answered and everything the broker had sent has been handled; at once
   * while there is no link. A replay waits for it before it moves the clock.
   */
  async settled(): Promise<void> {
    const session = this.#supervisor.session;
    if (session !== null) await this.#brokerClock.settled(session);
  }

  #prepare(session: Session): void {
    this.#orders.attach(session);
    this.#orderQuestions.attach(session);
    this.#account.attach(session);
    this.#listings.attach(session);
    this.#lines.attach(session);
    this.#history.attach(session);
    this.#brokerClock.attach(session);
    session.listen('info', (text, code) => this.#heardOfLink(code, text));
    session.listen('error', (error, code, id) => this.#failed(id, code, error.message));
  }

  #lost(reason: string): void {
    this.#requests.detach(reason);
    this.#ids.withdraw();
    this.#orderQuestions.reset();
    this.#account.reset();
    this.#brokerClock.reset();
    this.#lines.forget();
    this.#farms.reset();
  }

  /** An error that belongs to a question, to a market-data line, to an order, or to the connection as a whole. */
  #failed(id: number, code: number, reason: string): void {
    if (id === -1) this.#heardOfLink(code, reason);
    // A gateway in read-only mode says so of each order, and means all of them.
    else if (code === CODE.notValid && isOrderId(id)) this.#notice(code, reason);
    if (id === -1) return;
    if (isOrderId(id)) this.#orders.failed(id, code, reason);
    else if (isWarning(code)) this.#notice(code, reason);
    else if (!this.#requests.refuse(id, code, reason) && !this.#lines.failed(id, code, reason))
      this.#notice(code, reason);
  }

  #heardOfLink(code: number, text: string): void {
    this.#notice(code, text);
    if (code === CODE.rateExceeded) this.#budget.pause(RATE_PAUSE_MS);
    if (code === CODE.exchangeBackDataLost) this.#lines.forget();
    // Subscriptions may stay silent after such a break: they are made anew.
    if (this.#farms.heard(code, text)) this.#lines.cancelAll();
    this.#supervisor.heard(code, text);
  }

  #notice(code: number, reason: string): void {
    const { log } = this.#settings;
    if (this.#supervisor.isRetrying) log.debug({ code, reason }, 'the broker says');
    else log.info({ code, reason }, 'the broker says');
    this.#events.emit({ kind: 'notice', code, reason, at: this.#settings.clock.now() });
  }
}
