import { connect, type Socket } from 'node:net';
import { globalCancel } from '../ground/wire/client-requests.ts';
import { bodyOf, messageId } from '../ground/wire/frame.ts';
import { FrameRun } from '../ground/wire/frame-run.ts';
import { FrameSplitter } from '../ground/wire/frame-splitter.ts';
import { GREETING } from '../ground/wire/handshake.ts';
import { REPLY, REQUEST } from '../ground/wire/message-ids.ts';
import { orderIdOf } from '../ground/wire/place-order.ts';
import { encodeError } from '../ground/wire/session-messages.ts';
import { MAX_VERSION, MIN_VERSION } from '../ground/wire/versions.ts';
import type { Budget } from './budget.ts';
import { after, monotonicMs } from './clock.ts';
import type { Address } from './config.ts';
import type { Journal } from './journal.ts';
import { Outbound, type Waiting } from './outbound.ts';

export interface SessionParts {
  readonly gateway: Address;
  readonly frameMs: number;
  readonly budget: Budget;
  readonly journal: Journal;
  /** Why no order may pass right now, or null. */
  readonly objection: () => string | null;
  /** Judges an order once; null = it may pass. */
  readonly judge: (body: Buffer, version: number) => Promise<Verdict>;
  /** What became of an order that passed. */
  readonly heard: (fields: readonly string[]) => void;
  readonly ended: () => void;
}

/** `whatIf` orders pass whatever the gate says. */
export type Verdict =
  | { readonly passes: true; readonly whatIf: boolean }
  | { readonly passes: false; readonly reason: string };

const LONGEST_REQUEST = 1 << 20;
const CLOSING_MS = 1_000;
const REJECTED = 201;
const CHANGE_REFUSED = 105;

/** Messages about orders that are recorded on their way to the agent. */
const RECORDED: ReadonlySet<number> = new Set([
  REPLY.orderStatus,
  REPLY.error,
  REPLY.openOrder,
  REPLY.execution,
  REPLY.commission,
]);

/** The agent's connection and the one to the gateway that belongs to it, from the first byte to the last. */
export class AgentSession {
  readonly #parts: SessionParts;
  readonly #agent: Socket;
  readonly #gateway: Socket;
  readonly #outbound: Outbound;
  readonly #inbound: FrameRun;
  readonly #requests = new FrameSplitter({ preamble: GREETING, maxBody: LONGEST_REQUEST });
  readonly #replies = new FrameSplitter();
  /** Order ids that the gateway has heard of. */
  readonly #known = new Set<number>();
  #greeted = false;
  #version: number | null = null;
  #started = false;
  #ending = false;
  #open = 2;
  /** Since when the agent's and the gateway's unfinished frames have been waited for. */
  #since = { agent: monotonicMs(), gateway: monotonicMs() };

  constructor(agent: Socket, parts: SessionParts) {
    this.#agent = agent;
    this.#parts = parts;
    this.#gateway = connect({ ...parts.gateway, noDelay: true, keepAlive: true });
    this.#inbound = new FrameRun(agent);
    this.#outbound = new Outbound(this.#gateway, parts.budget, {
      objection: parts.objection,
      refused: (waiting, reason) => this.#refuse(waiting, reason),
      sent: (waiting) => this.#known.add(waiting.orderId as number),
      moved: () => this.#letAgentSpeak(),
    });
  }

  start(): void {
    this.#watch(this.#agent, 'the agent', (chunk) => this.#fromAgent(chunk));
    this.#watch(this.#gateway, 'the gateway', (chunk) => this.#fromGateway(chunk));
    this.#agent.pause();
    this.#gateway.once('connect', () => this.#agent.resume());
    this.#gateway.on('drain', () => this.#letAgentSpeak());
    this.#agent.on('drain', () => this.#gateway.resume());
  }

  /** A frame that has begun, and a greeting that has not, must come within a bound. */
  check(now: number): void {
    const { agent, gateway } = this.#since;
    const slow =
      (this.#requests.waiting > 0 && now - agent > this.#parts.frameMs) ||
      ((this.#replies.waiting > 0 || this.#version === null) && now - gateway > this.#parts.frameMs);
    if (slow) this.end('a frame or the greeting took too long');
  }

  /** Everything has been handed to the gateway's socket. */
  get drained(): boolean {
    return this.#gateway.destroyed || this.#gateway.writableLength === 0;
  }

  /** No order that has not left will leave. */
  refuseOrders(reason: string): void {
    this.#outbound.refuse(() => true, reason);
  }

  /** On the agent's own connection, behind what may have left a moment ago. */
  cancelAll(): void {
    if (this.#version !== null && this.#started && !this.#ending) this.#outbound.urgent(globalCancel(this.#version));
  }

  /** Ends both connections; what was written still goes out. */
  end(reason: string): void {
    if (this.#ending) return;
    this.#ending = true;
    this.#parts.journal.append({ kind: 'connection', text: reason });
    this.#outbound.finish(reason);
    for (const socket of [this.#agent, this.#gateway]) {
      socket.end();
      socket.resume();
    }
    after(CLOSING_MS, () => {
      this.#agent.destroy();
      this.#gateway.destroy();
    });
  }

  #watch(socket: Socket, name: string, read: (chunk: Buffer) => void): void {
    socket.on('data', (chunk) => {
      if (this.#ending) return;
      try {
        read(chunk as Buffer);
      } catch (error) {
        this.end(`${name}: ${(error as Error).message}`);
      }
    });
    socket.on('end', () => this.end(`${name} closed the connection`));
    socket.on('error', (error) => this.end(`${name}: ${error.message}`));
    socket.on('close', () => {
      this.end(`${name} closed the connection`);
      this.#open -= 1;
      if (this.#open === 0) this.#parts.ended();
    });
  }

  #fromAgent(chunk: Buffer): void {
    if (this.#requests.waiting === 0) this.#since.agent = monotonicMs();
    this.#gateway.cork();
    try {
      this.#requests.push(chunk, (frame) => this.#request(frame));
    } finally {
      this.#gateway.uncork();
    }
    if (this.#outbound.full || this.#gateway.writableNeedDrain) this.#agent.pause();
  }

  #fromGateway(chunk: Buffer): void {
    if (this.#replies.waiting === 0) this.#since.gateway = monotonicMs();
    try {
      this.#replies.push(chunk, (frame) => this.#reply(frame));
    } finally {
      if (!this.#inbound.flush()) this.#gateway.pause();
    }
  }

  #request(frame: Buffer): void {
    if (this.#ending) return;
    this.#since.agent = monotonicMs();
    if (!this.#greeted) {
      this.#greeted = true;
      this.#outbound.urgent(Buffer.concat([Buffer.from(GREETING, 'latin1'), frame]));
      return;
    }
    const body = bodyOf(frame);
    const id = messageId(body);
    if (this.#version === null || Number.isNaN(id) || body.at(-1) !== 0) {
      throw new Error('a message that is not one of the protocol');
    }
    if (id === REQUEST.startApi) this.#started = true;
    if (id === REQUEST.placeOrder) this.#place(frame, body, this.#version);
    else if (id === REQUEST.cancelOrder || id === REQUEST.globalCancel) this.#cancel(frame, body, id);
    else if (id === REQUEST.exerciseOptions) this.#tellRefused(body, 2, 'exercising does not pass the guard');
    else this.#outbound.push(frame);
  }

  #place(frame: Buffer, body: Buffer, version: number): void {
    if (this.#started) {
      const waiting = this.#outbound.push(frame, orderIdOf(body));
      void this.#parts.judge(body, version).then((verdict) => this.#judged(waiting, body, verdict));
    } else {
      this.#tellRefused(body, 1, 'the session has not been started');
    }
  }

  #judged(waiting: Waiting, body: Buffer, verdict: Verdict): void {
    if (waiting.gone) return;
    if (!verdict.passes) {
      this.#outbound.refuse((other) => other === waiting, verdict.reason);
      return;
    }
    waiting.isOrder = !verdict.whatIf;
    this.#record('out', 'passed', body, (failure) => {
      if (waiting.gone) return;
      waiting.held = false;
      if (failure === null || !waiting.isOrder) this.#outbound.pump();
      else this.#outbound.refuse((other) => other === waiting, `the journal cannot be written: ${failure}`);
    });
  }

  #cancel(frame: Buffer, body: Buffer, id: number): void {
    this.#record('out', 'passed', body);
    // The layout of a cancel begins with its version before 192.
    const at = (this.#version as number) < 192 ? 2 : 1;
    const orderId = id === REQUEST.globalCancel ? null : Number(body.toString('latin1').split('\0')[at]);
    if (this.#started) this.#outbound.cancel(frame, orderId);
    else this.#outbound.push(frame);
  }

  #reply(frame: Buffer): void {
    this.#since.gateway = monotonicMs();
    const body = bodyOf(frame);
    const id = messageId(body);
    if (this.#version === null) {
      if (!(id >= MIN_VERSION && id <= MAX_VERSION)) {
        throw new Error(`it speaks version ${body.toString('latin1', 0, 8).split('\0')[0]}, which is not read here`);
      }
      this.#version = id;
    } else if (Number.isNaN(id)) {
      throw new Error('a message that is not one of the protocol');
    } else if (RECORDED.has(id)) {
      this.#hear(id, body);
    }
    this.#inbound.push(frame);
  }

  #hear(id: number, body: Buffer): void {
    const fields = body.toString('latin1').split('\0');
    if (id === REPLY.error && !this.#known.has(Number(fields[2]))) return;
    if (id === REPLY.openOrder) this.#known.add(Number(fields[1]));
    if (id === REPLY.orderStatus) this.#parts.heard(fields);
    if (id === REPLY.error && fields[3] === String(REJECTED)) this.#neverWas(fields[2] ?? '');
    this.#record('in', 'passed', body);
  }

  #refuse({ frame, orderId }: Waiting, reason: string): void {
    if (!this.#known.has(orderId as number)) this.#neverWas(String(orderId));
    this.#tellRefused(bodyOf(frame), 1, reason);
  }

  #neverWas(orderId: string): void {
    this.#parts.heard(['', orderId, 'Cancelled', '0']);
  }

  /** @param idAt the field that holds the order's or the request's id */
  #tellRefused(body: Buffer, idAt: number, reason: string): void {
    this.#record('out', `refused: ${reason}`, body);
    if (this.#agent.destroyed || this.#ending) return;
    const id = Number(body.toString('latin1', 0, 64).split('\0')[idAt]);
    const code = this.#known.has(id) ? CHANGE_REFUSED : REJECTED;
    this.#inbound.flush();
    this.#agent.write(
      encodeError(Number.isSafeInteger(id) ? id : -1, code, `Order rejected - reason: guard: ${reason}`),
    );
  }

  #record(direction: 'out' | 'in', verdict: string, body: Buffer, written?: (failure: string | null) => void): void {
    const fields = body.toString('latin1').split('\0').slice(0, -1);
    this.#parts.journal.append({ kind: 'frame', direction, verdict, fields }, written);
  }

  #letAgentSpeak(): void {
    if (!this.#outbound.full) this.#agent.resume();
  }
}
