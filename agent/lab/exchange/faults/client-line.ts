import { bodyOf, encodeFrame } from '../../../ground/wire/frame.ts';
import { REPLY, REQUEST } from '../../../ground/wire/message-ids.ts';
import { encodeError } from '../../../ground/wire/session-messages.ts';
import { changedData, skewedGreeting } from './data-faults.ts';
import type { Ending, Line, WireEnds } from './line.ts';
import { Message } from './message.ts';
import { delayOf, Outbox } from './outbox.ts';
import { Quota } from './quota.ts';
import { isLost, isTwice, ReportFaults } from './report-faults.ts';
import { isTaken, tellErrors } from './request-faults.ts';

type Surroundings = Pick<Line, 'board' | 'clock' | 'book' | 'market'>;

/** What the gateway says by itself while it has lost the broker. */
const LOCAL = new Set<number>([REPLY.nextValidId, REPLY.managedAccounts, REPLY.currentTime]);
const KNOWN_SUBSCRIPTIONS = 10_000;

/** One client's connection with everything that can go wrong on it. Without a fault all passes through untouched. */
export class ClientLine implements Line {
  readonly board: Line['board'];
  readonly clock: Line['clock'];
  readonly book: Line['book'];
  readonly market: Line['market'];
  readonly quota = new Quota();
  readonly subscribed = new Map<number, string>();
  readonly silent = new Set<number>();
  readonly #ends: WireEnds;
  readonly #outbox: Outbox;
  readonly #reports: ReportFaults;
  #greeted = false;
  #answered = false;
  #muted = false;
  #unread: Buffer[] = [];

  constructor(ends: WireEnds, surroundings: Surroundings) {
    this.board = surroundings.board;
    this.clock = surroundings.clock;
    this.book = surroundings.book;
    this.market = surroundings.market;
    this.#ends = ends;
    this.#outbox = new Outbox({ board: this.board, clock: this.clock, ends });
    this.#reports = new ReportFaults(this);
  }

  get clientId(): number {
    return this.#ends.clientId() ?? -1;
  }

  get version(): number {
    return this.#ends.version() ?? 0;
  }

  /** Every frame from the client. */
  receive(frame: Buffer): void {
    if (!this.board.isQuiet && this.#isFrozen()) this.#unread.push(frame);
    else this.#read(frame);
  }

  /** Every frame to the client. */
  send(frame: Buffer): void {
    if (this.#muted) return;
    const message = new Message(frame);
    if (!this.#answered) {
      this.#answered = true;
      this.#outbox.send(this.board.isQuiet ? message : skewedGreeting(message, this));
    } else if (this.board.isQuiet && this.silent.size === 0) {
      for (const one of this.#reports.changed(message)) this.#outbox.send(one);
    } else this.#filtered(message);
  }

  error(id: number, code: number, text: string): void {
    this.put(new Message(encodeError(id, code, text)));
  }

  put(message: Message): void {
    if (!this.#muted) this.#outbox.send(message);
  }

  later(delayMs: number, work: () => void): void {
    this.#outbox.later(delayMs, work);
  }

  end(how: Ending): void {
    this.#muted = true;
    this.#ends.end(how);
  }

  /** Sends bytes that are no message. */
  raw(bytes: Buffer): void {
    if (!this.#muted) this.#outbox.raw(bytes);
  }

  /** From here on bytes are counted. */
  count(): void {
    this.#outbox.count();
  }

  thaw(): void {
    this.#outbox.thaw();
    const unread = this.#unread;
    this.#unread = [];
    for (const frame of unread) this.receive(frame);
  }

  /** The exchange forgets what this client subscribed to. */
  unsubscribe(): void {
    for (const id of this.subscribed.keys()) {
      if (!this.silent.has(id)) this.#ends.deliver(bodyOf(encodeFrame([REQUEST.cancelMarketData, 2, id])));
    }
    this.subscribed.clear();
    this.silent.clear();
  }

  close(): void {
    this.#muted = true;
    this.#outbox.close();
  }

  #filtered(message: Message): void {
    if (this.board.has('connectivity') && !LOCAL.has(message.id)) return;
    for (const data of changedData(message, this)) {
      for (const report of this.#reports.changed(data)) {
        if (isLost(report, this)) continue;
        this.#outbox.send(report);
        if (isTwice(report, this)) this.#outbox.send(report);
      }
    }
  }

  #read(frame: Buffer): void {
    const request = new Message(frame);
    if (!this.#greeted) {
      this.#greeted = true;
      this.#greet(request.body);
      return;
    }
    this.board.happened('request');
    if (request.id === REQUEST.cancelOrder || request.id === REQUEST.globalCancel) this.board.happened('cancel');
    if (this.board.isQuiet) this.#deliver(request);
    else this.#faulted(request);
  }

  #greet(body: Buffer): void {
    if (this.board.use('noGreeting') !== null) return;
    const delay = this.board.use('greetingDelay');
    if (delay === null) this.#ends.deliver(body);
    else this.later(delay.ms, () => this.#ends.deliver(body));
  }

  #faulted(request: Message): void {
    if (isTaken(request, this)) return;
    const late = this.board.use(
      'latency',
      ({ message, way }) => way === 'in' && (message === 0 || message === request.id),
    );
    if (late === null) this.#obey(request);
    else this.later(delayOf(late, this.board), () => this.#obey(request));
  }

  #obey(request: Message): void {
    if (this.#cutOff(request)) return;
    tellErrors(request, this, 'before');
    this.#deliver(request);
    tellErrors(request, this, 'after');
  }

  /** The connection ends with this request, which may be obeyed all the same: its client hears nothing of it. */
  #cutOff(request: Message): boolean {
    for (const how of ['rst', 'fin'] as const) {
      const fits = ({ on, client }: { on: number; client: number }) =>
        on === request.id && (client < 0 || client === this.clientId);
      const settings = this.board.use(how, fits);
      if (settings === null) continue;
      this.#muted = true;
      if (settings.handled) this.#deliver(request);
      this.#ends.end(how);
      return true;
    }
    return false;
  }

  #deliver(request: Message): void {
    if (request.id === REQUEST.marketData) this.#subscribe(request);
    if (request.id === REQUEST.cancelMarketData) this.#forget(request.number(2));
    this.#ends.deliver(request.body);
  }

  #subscribe(request: Message): void {
    const id = request.number(2);
    this.silent.delete(id);
    if (this.subscribed.size >= KNOWN_SUBSCRIPTIONS) return;
    const instrument = this.market.listing(request.number(3))?.instrument;
    this.subscribed.set(id, request.field(4) || (instrument?.symbol ?? ''));
  }

  #forget(id: number): void {
    this.subscribed.delete(id);
    this.silent.delete(id);
  }

  #isFrozen(): boolean {
    const isMine = ({ side, client }: { side: string; client: number }) =>
      side !== 'write' && (client < 0 || client === this.clientId);
    return this.board.get('freeze', isMine) !== null;
  }
}
