import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { type Read, readDocument } from '../../ground/files/document.ts';
import { storeDurably } from '../../ground/files/durable.ts';
import type { GatewayLink } from '../../ground/relay/gateway-link.ts';
import { monotonicMs } from '../../ground/time/clock.ts';
import { contractIn, type Holding } from '../../ground/wire/broker-reports.ts';
import { ASK } from '../../ground/wire/client-requests.ts';
import { bodyOf, fieldsOf } from '../../ground/wire/frame.ts';
import { encodeLimitOrder, type LimitOrder } from '../../ground/wire/limit-order.ts';
import { REPLY } from '../../ground/wire/message-ids.ts';
import { type OpenOrder, ORDER_ENDS } from '../../ground/wire/open-orders.ts';
import type { Positions } from '../../ground/wire/positions.ts';
import type { Questions } from '../../ground/wire/questions.ts';
import { isOpenIn, type Message, quoteIn } from '../../ground/wire/tradable.ts';
import type { GuardConfig } from '../config.ts';
import type { Evidence } from '../evidence.ts';
import type { Journal } from '../journal.ts';
import type { Latch } from '../latch.ts';
import { isAllowed, type Limits } from '../limits.ts';
import type { ClosePositions } from './close-positions.ts';
import { closingOrder, objectionTo } from './closing-order.ts';

export interface ClosingParts {
  readonly config: GuardConfig;
  readonly latch: Latch;
  readonly link: GatewayLink;
  readonly evidence: Evidence;
  readonly questions: Questions;
  readonly positions: Positions;
  readonly journal: Journal;
  readonly limits: { readonly value: Limits | null };
  /** Why nothing may be sent although it is halted, or null. */
  readonly unfit: () => string | null;
}

/** A position, or `positions`, and what became of it. */
export interface ClosingLine {
  readonly what: string;
  readonly says: string;
}

interface Sent extends LimitOrder {
  readonly what: string;
  filled: string;
  ended: boolean;
}

const NAME = 'closing.json';
const MOST_ORDERS = 100;
/** A snapshot of a quiet option takes eleven seconds. */
const QUOTE_PATIENCE_MS = 12_000;

/**
 * After a halt is confirmed: closes option positions, if that is wished. At most one order per position and halt, whatever
 * happens: what disturbs it ends it for this halt, and a guard that restarts does not go on.
 */
export class Closing {
  readonly #parts: ClosingParts;
  readonly #wish: ClosePositions;
  /** When the halt began that it belongs to. */
  readonly #halt: string;
  readonly #clientId: number;
  readonly #staleMs: number;
  #over: string | null = null;
  #calmSince: number | null = null;
  #excusedUntil = Number.POSITIVE_INFINITY;
  /** By the gateway's clock; null = not begun. */
  #deadline: number | null = null;
  #nextId = 0;
  #mark: Promise<void> | null = null;
  readonly #sent = new Map<number, Sent>();
  readonly #says = new Map<string, string>();
  #time: { readonly seconds: number; readonly at: number } | null = null;
  #busy = false;
  #nextRound = 0;

  constructor(parts: ClosingParts) {
    const { closePositions, gateway, timing } = parts.config;
    this.#parts = parts;
    this.#wish = closePositions as ClosePositions;
    this.#clientId = gateway.clientId;
    this.#staleMs = timing.stale;
    this.#halt = parts.latch.record.at;
  }

  get lines(): readonly ClosingLine[] {
    return [...this.#says].map(([what, says]) => ({ what, says }));
  }

  /** Whether an order that works is one of ours, and meant to. */
  isMeant({ clientId, orderId, orderRef }: OpenOrder): boolean {
    const isOurs = clientId === this.#clientId && this.#sent.get(orderId)?.orderRef === orderRef;
    return isOurs && monotonicMs() < this.#excusedUntil;
  }

  /** Called regularly while halted. */
  tick(): void {
    if (this.#over !== null) return;
    const objection = this.#objection();
    if (objection !== null && this.#deadline !== null) this.end(objection);
    if (objection !== null) this.#calmSince = null;
    if (objection !== null) return;
    const now = monotonicMs();
    this.#calmSince ??= now;
    const isLate = this.#deadline !== null && (this.#seconds ?? 0) >= this.#deadline;
    if (isLate) this.end(`${this.#wish.withinMinutes} minutes are over`, this.#staleMs);
    const isCalm = now - this.#calmSince >= this.#wish.settleSeconds * 1_000;
    if (!isLate && isCalm && !this.#busy && now >= this.#nextRound) void this.#work();
  }

  /** Nothing more is closed in this halt. Returns whether that took back orders. */
  end(reason: string, excusedMs = 0): boolean {
    if (this.#over !== null) return false;
    this.#over = reason;
    this.#excusedUntil = monotonicMs() + excusedMs;
    this.#say('positions', `nothing more is closed: ${reason}`);
    // So that a restart does not begin what a person has ended.
    this.#remember().catch(() => undefined);
    const works = [...this.#sent.values()].some((order) => !order.ended);
    if (works) this.#parts.link.cancelAll();
    return works;
  }

  hear(id: number, fields: Message): void {
    if (id === REPLY.currentTime) this.#time = { seconds: Number(fields[2]), at: monotonicMs() };
    const isStatus = id === REPLY.orderStatus && Number(fields[9]) === this.#clientId;
    const order = this.#sent.get(Number(fields[isStatus ? 1 : 2]));
    if (order === undefined || !(isStatus || id === REPLY.error) || (order.ended && !isStatus)) return;
    if (isStatus) order.filled = fields[3] ?? '';
    if (isStatus) order.ended = ORDER_ENDS.has(fields[2] ?? '');
    const heard = isStatus ? fields[2] : `${fields[3]} ${fields[4]}`;
    this.#say(order.what, `${heard}, ${order.filled} of ${order.quantity}: ${order.action} at ${order.limit}`);
  }

  get #seconds(): number | null {
    return this.#time !== null && monotonicMs() - this.#time.at < this.#staleMs ? this.#time.seconds : null;
  }

  #objection(): string | null {
    if (this.#halt === '') return 'the latch does not say when it was halted';
    return this.#over ?? this.#unready() ?? (this.#seconds === null ? 'the gateway tells no time' : null);
  }

  #unready(): string | null {
    const { latch, evidence, unfit } = this.#parts;
    if (latch.record.at !== this.#halt) return 'it is not this halt any more';
    return evidence.confirmed ? (latch.unstored ?? unfit()) : 'the halt is not confirmed';
  }

  async #work(): Promise<void> {
    this.#busy = true;
    try {
      await this.#round();
    } catch (error) {
      this.end((error as Error).message);
    }
    this.#busy = false;
    this.#nextRound = monotonicMs() + this.#staleMs;
  }

  async #round(): Promise<void> {
    const { positions, link } = this.#parts;
    if (this.#deadline === null) await this.#remember();
    if (this.#objection() !== null) return;
    this.#deadline ??= (this.#seconds as number) + this.#wish.withinMinutes * 60;
    if (!(await positions.askAgain(link, this.#staleMs))) {
      this.#say('positions', 'they are not known: nothing is sent');
      return;
    }
    this.#says.delete('positions');
    for (const holding of this.#wanted()) {
      if (this.#objection() !== null) return;
      const reason = await this.#close(holding);
      if (reason !== null) this.#say(holding.what, `not closed: ${reason}`);
    }
  }

  /** Short ones first. */
  #wanted(): readonly Holding[] {
    const limits = this.#parts.limits.value;
    const tried = new Set([...this.#sent.values()].map(({ account, conId }) => `${account} ${conId}`));
    const isWanted = ({ account, conId, secType, symbol, quantity }: Holding) =>
      secType === 'OPT' && quantity !== 0 && limits?.symbols.includes(symbol) && !tried.has(`${account} ${conId}`);
    return this.#parts.positions.rows
      .filter((row) => isAllowed(row.account, limits?.account ?? '') && isWanted(row))
      .sort((a, b) => a.quantity - b.quantity);
  }

  /** Returns why nothing was sent, or null. */
  async #close(holding: Holding): Promise<string | null> {
    const { questions, positions, link } = this.#parts;
    const { conId, multiplier } = holding;
    const objection = objectionTo(holding, positions.rows, this.#wish);
    if (objection !== null) return objection;
    const told = await questions.ask((requestId) => ASK.contract(requestId, conId));
    const details = told.find(([id]) => id === String(REPLY.contractDetails));
    const what = details === undefined ? null : contractIn(details, link.version);
    const isIt = what?.conId === conId && what.secType === 'OPT' && what.multiplier === multiplier;
    if (details === undefined || !isIt) return 'the gateway does not say what it is';
    if (!isOpenIn(details, link.version, this.#seconds ?? 0)) return 'its market is not open';
    const isEnough = (answers: readonly Message[]) => typeof quoteIn(answers) !== 'string';
    const quote = quoteIn(await questions.ask((id) => ASK.quote(id, conId), isEnough, QUOTE_PATIENCE_MS));
    if (typeof quote === 'string') return quote;
    const order = closingOrder(holding, quote, this.#wish);
    return typeof order === 'string' ? order : this.#send(holding, order);
  }

  async #send(
    { conId, symbol, account, quantity, what }: Holding,
    order: Pick<LimitOrder, 'action' | 'quantity' | 'limit'>,
  ): Promise<string | null> {
    const { link, journal, positions } = this.#parts;
    const orderId = this.#nextId;
    if (this.#sent.size >= MOST_ORDERS) return 'too many orders in one halt';
    this.#nextId += 1;
    const orderRef = `guard:${this.#halt}:${conId}`;
    const sent: Sent = { ...order, orderId, conId, symbol, account, orderRef, what, filled: '0', ended: false };
    const frame = encodeLimitOrder(sent, link.version);
    const fields = fieldsOf(bodyOf(frame));
    const line = { kind: 'frame', direction: 'out', verdict: 'passed: it closes a position', fields };
    const failure = await new Promise<string | null>((resolve) => journal.append(line, resolve));
    if (failure !== null) return `the journal cannot be written: ${failure}`;
    // All that was waited for may have changed what it is about.
    if (this.#objection() !== null) return 'it is over';
    const held = positions.rows.find((row) => row.conId === conId && row.account === account);
    if (held?.quantity !== quantity) return 'the position has changed';
    this.#sent.set(orderId, sent);
    this.#say(what, `sent: ${order.action} ${order.quantity} at ${order.limit}`);
    return link.send(frame) ? null : 'the link is gone';
  }

  /** Stored before the first order: this halt has had its orders, and their ids are taken. */
  #remember(): Promise<void> {
    this.#mark ??= this.#store();
    return this.#mark;
  }

  async #store(): Promise<void> {
    const { config, link } = this.#parts;
    const halt = this.#halt;
    const { folder } = config;
    const { value: before, problems } = read(join(folder, NAME));
    if (before === null) throw new Error(`${NAME}: ${problems[0]}`);
    if (before.halt === halt)
      throw new Error('the guard was started again since it began: what is left is for a person');
    this.#nextId = Math.max(link.nextOrderId, before.nextId);
    await storeDurably(folder, NAME, JSON.stringify({ halt, nextId: this.#nextId + MOST_ORDERS }));
  }

  #say(what: string, says: string): void {
    if (this.#says.get(what) === says) return;
    this.#says.set(what, says);
    this.#parts.journal.append({ kind: 'closing', what, says });
  }
}

function read(path: string): Read<{ readonly halt: string; readonly nextId: number }> {
  if (!existsSync(path)) return { value: { halt: '', nextId: 1 }, problems: null };
  return readDocument(path, (document) => ({
    halt: document.text('halt', /./, 'an instant'),
    nextId: document.number('nextId', [1, 2_147_000_000]),
  }));
}
