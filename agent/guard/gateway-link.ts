import { connect, type Socket } from 'node:net';
import { bodyOf, encodeFrame, messageId } from '../ground/wire/frame.ts';
import { FrameSplitter } from '../ground/wire/frame-splitter.ts';
import { GREETING } from '../ground/wire/handshake.ts';
import { REPLY } from '../ground/wire/message-ids.ts';
import { MAX_VERSION, MIN_VERSION } from '../ground/wire/versions.ts';
import type { Budget } from './budget.ts';
import { after, monotonicMs, type Timer } from './clock.ts';
import type { GuardConfig } from './config.ts';
import { ASK, globalCancel } from './gateway-frames.ts';

export interface LinkHooks {
  /** Orders and questions may be sent from now on. */
  readonly ready: () => void;
  readonly lost: (reason: string) => void;
  /** Every message once ready. */
  readonly message: (id: number, fields: readonly string[]) => void;
}

const LONGEST_PAUSE_MS = 5_000;
const SERVES_EXCHANGE = { 1100: false, 2110: false, 1101: true, 1102: true } as Readonly<Record<string, boolean>>;

/** The guard's own connection to the gateway: always open, with a heartbeat that finds a gateway that fell silent. */
export class GatewayLink {
  readonly #config: GuardConfig;
  readonly #budget: Budget;
  readonly #hooks: LinkHooks;
  #socket: Socket | null = null;
  #version = MAX_VERSION;
  #retry: Timer | null = null;
  #failures = 0;
  #ready = false;
  #heardAt = 0;
  #askedAt = 0;
  #exchange = true;
  /** Why the link is not fresh, or null. */
  reason: string | null = 'not connected yet';

  constructor(config: GuardConfig, budget: Budget, hooks: LinkHooks) {
    this.#config = config;
    this.#budget = budget;
    this.#hooks = hooks;
  }

  start(): void {
    this.#connect();
  }

  stop(): void {
    this.#retry?.cancel();
    this.#socket?.destroy();
    this.#socket = null;
  }

  get ready(): boolean {
    return this.#ready;
  }

  get version(): number {
    return this.#version;
  }

  /** The gateway answers and serves the exchange. */
  get fresh(): boolean {
    return this.#ready && this.#exchange && monotonicMs() - this.#heardAt < this.#config.timing.stale;
  }

  /** Returns whether it was handed to the system. */
  send(frame: Buffer): boolean {
    if (this.#socket === null || !this.#ready) return false;
    this.#budget.spend(monotonicMs());
    this.#socket.write(frame);
    return true;
  }

  cancelAll(): boolean {
    return this.send(globalCancel(this.#version));
  }

  /** At a trip: does not wait for the next try. */
  hurry(): void {
    if (this.#socket !== null || this.#retry === null) return;
    this.#retry.cancel();
    this.#connect();
  }

  /** Called regularly: asks for a sign of life, and gives up a gateway that gave none. */
  beat(): void {
    if (this.#socket === null) return;
    const now = monotonicMs();
    const { stale, beat } = this.#config.timing;
    if (now - this.#heardAt > stale) {
      this.#fail(this.#ready ? `no answer for ${stale} ms` : `no greeting within ${stale} ms`);
    } else if (this.#ready && now - this.#askedAt >= beat) {
      this.#askedAt = now;
      this.send(ASK.time);
    }
  }

  #connect(): void {
    this.#retry = null;
    const { host, port } = this.#config.gateway;
    const splitter = new FrameSplitter();
    const socket = connect({ host, port, noDelay: true, keepAlive: true });
    let greeted = false;
    const mine = (work: (chunk: Buffer) => void) => (value: unknown) => {
      if (this.#socket === socket) work(value as Buffer);
    };
    this.#socket = socket;
    this.#heardAt = monotonicMs();
    socket.on('error', (error) => mine(() => this.#fail(error.message))(null));
    socket.on(
      'close',
      mine(() => this.#fail('the gateway closed the connection')),
    );
    const receive = (frame: Buffer): void => {
      if (this.#socket !== socket) return;
      if (greeted) this.#receive(bodyOf(frame));
      else this.#greet(bodyOf(frame));
      greeted = true;
    };
    socket.on(
      'data',
      mine((chunk) => {
        this.#heardAt = monotonicMs();
        try {
          splitter.push(chunk, receive);
        } catch (error) {
          this.#fail((error as Error).message);
        }
      }),
    );
    socket.write(Buffer.concat([Buffer.from(GREETING, 'latin1'), versions()]));
  }

  #greet(body: Buffer): void {
    this.#version = messageId(body);
    if (!(this.#version >= MIN_VERSION && this.#version <= MAX_VERSION))
      throw new Error('a version that is not read here');
    this.#exchange = true;
    this.#budget.spend(monotonicMs());
    this.#socket?.write(ASK.start(this.#config.gateway.clientId));
  }

  #receive(body: Buffer): void {
    const id = messageId(body);
    if (Number.isNaN(id)) throw new Error('a message that is not one of the protocol');
    const fields = body.toString('latin1').split('\0');
    if (id === REPLY.error) this.#heardError(fields);
    if (id === REPLY.nextValidId && !this.#ready) {
      this.#ready = true;
      this.#failures = 0;
      this.reason = this.#exchange ? null : 'the gateway has lost the exchange';
      this.#hooks.ready();
    }
    if (this.#ready) this.#hooks.message(id, fields);
  }

  #heardError(fields: readonly string[]): void {
    const [, , , code = '', text = ''] = fields;
    const serves = SERVES_EXCHANGE[code];
    if (serves !== undefined) this.#exchange = serves;
    if (serves !== undefined) this.reason = serves ? null : `${code} ${text}`;
    if (code === '326') this.#fail(`${code} ${text}`);
  }

  #fail(reason: string): void {
    const wasReady = this.#ready;
    this.#socket?.destroy();
    this.#socket = null;
    this.#ready = false;
    this.reason = reason;
    const pause = Math.min(LONGEST_PAUSE_MS, this.#config.timing.retry * 2 ** Math.min(this.#failures, 10) * 0.25);
    this.#failures += 1;
    this.#retry = after(pause, () => this.#connect());
    if (wasReady) this.#hooks.lost(reason);
  }
}

/** The one frame whose text is not terminated. */
function versions(): Buffer {
  const frame = encodeFrame([`v${MIN_VERSION}..${MAX_VERSION}`]);
  frame.writeUInt32BE(frame.length - 5, 0);
  return frame.subarray(0, -1);
}
