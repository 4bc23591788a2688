import { connect, type Socket } from 'node:net';
import { after, monotonicMs } from '../time/clock.ts';
import { bodyOf, fieldsOf, LENGTH_BYTES, messageId } from '../wire/frame.ts';
import { FrameRun } from '../wire/frame-run.ts';
import { FrameSplitter } from '../wire/frame-splitter.ts';
import { GREETING } from '../wire/handshake.ts';
import { MAX_VERSION, MIN_VERSION } from '../wire/versions.ts';
import type { Budget } from './budget.ts';
import { Outbound, type OutboundHooks } from './outbound.ts';

export interface PairParts extends Omit<OutboundHooks, 'moved'> {
  readonly address: { readonly host: string; readonly port: number };
  readonly budget: Budget;
  /** The longest that one frame, or the greeting, may take to arrive. */
  readonly frameMs: number;
  /** What the two sides are called in reasons. */
  readonly names: { readonly client: string; readonly server: string };
  /** Decides what is pushed to the server; what it throws ends both connections. */
  readonly request: (id: number, frame: Buffer) => void;
  /** Of what is on its way to the client. */
  readonly reply: (id: number, frame: Buffer) => void;
  /** Of the reason why it ends. */
  readonly record: (text: string) => void;
  /** Both connections are closed. */
  readonly ended: () => void;
}

const LONGEST_REQUEST = 1 << 20;
const CLOSING_MS = 1_000;

/** A client's connection and the one to the server that belongs to it, from the first byte to the last. */
export class Pair {
  readonly #parts: PairParts;
  readonly #client: Socket;
  readonly #server: Socket;
  readonly #inbound: FrameRun;
  readonly #requests = new FrameSplitter({ preamble: GREETING, maxBody: LONGEST_REQUEST });
  readonly #replies = new FrameSplitter();
  readonly out: Outbound;
  /** What both sides speak; 0 until the server has answered the greeting. No request comes before that. */
  version = 0;
  #greeted = false;
  #ending = false;
  #open = 2;
  /** Since when the unfinished frames of each side have been waited for. */
  readonly #since = { client: monotonicMs(), server: monotonicMs() };

  constructor(client: Socket, parts: PairParts) {
    this.#client = client;
    this.#parts = parts;
    this.#server = connect({ ...parts.address, noDelay: true, keepAlive: true });
    this.#inbound = new FrameRun(client);
    this.out = new Outbound(this.#server, parts.budget, { ...parts, moved: () => this.#letClientSpeak() });
  }

  start(): void {
    const { client, server } = this.#parts.names;
    this.#watch(this.#client, client, (chunk) => this.#fromClient(chunk));
    this.#watch(this.#server, server, (chunk) => this.#fromServer(chunk));
    this.#client.pause();
    this.#server.once('connect', () => this.#client.resume());
    this.#server.on('drain', () => this.#letClientSpeak());
    this.#client.on('drain', () => {
      this.#server.resume();
      this.#letClientSpeak();
    });
  }

  /** Everything has been handed to the server's socket. */
  get drained(): boolean {
    return this.#server.destroyed || this.#server.writableLength === 0;
  }

  get over(): boolean {
    return this.#ending || this.#client.destroyed;
  }

  /** Called regularly: what has begun must come within a bound. */
  check(): void {
    const [now, { frameMs }] = [monotonicMs(), this.#parts];
    const { client, server } = this.#since;
    const slow =
      (this.#requests.waiting > 0 && now - client > frameMs) ||
      ((this.#replies.waiting > 0 || this.version === 0) && now - server > frameMs);
    if (slow) this.end('a frame or the greeting took too long');
  }

  /** A message of our own to the client. */
  tell(frame: Buffer): void {
    if (this.over) return;
    this.#inbound.push(frame);
    this.#inbound.flush();
  }

  /** Ends both connections; what was written still goes out. */
  end(reason: string): void {
    if (this.#ending) return;
    this.#ending = true;
    this.#parts.record(reason);
    this.out.finish(reason);
    for (const socket of [this.#client, this.#server]) {
      socket.end();
      socket.resume();
    }
    after(CLOSING_MS, () => {
      this.#client.destroy();
      this.#server.destroy();
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

  #fromClient(chunk: Buffer): void {
    if (this.#requests.waiting === 0) this.#since.client = monotonicMs();
    try {
      this.#requests.push(chunk, (frame) => this.#request(frame));
    } finally {
      this.out.flush();
    }
    if (!this.#mayClientSpeak || this.#server.writableNeedDrain) this.#client.pause();
  }

  #fromServer(chunk: Buffer): void {
    if (this.#replies.waiting === 0) this.#since.server = monotonicMs();
    try {
      this.#replies.push(chunk, (frame) => this.#reply(frame));
    } finally {
      if (!this.#inbound.flush()) this.#server.pause();
    }
  }

  #request(frame: Buffer): void {
    if (this.#ending) return;
    this.#since.client = monotonicMs();
    if (!this.#greeted) {
      this.#greeted = true;
      this.out.urgent(Buffer.concat([Buffer.from(GREETING, 'latin1'), frame]));
      return;
    }
    const id = messageId(frame, LENGTH_BYTES);
    if (this.version === 0 || Number.isNaN(id) || frame.at(-1) !== 0) {
      throw new Error('a message that is not one of the protocol');
    }
    this.#parts.request(id, frame);
  }

  #reply(frame: Buffer): void {
    this.#since.server = monotonicMs();
    const id = messageId(frame, LENGTH_BYTES);
    if (this.version === 0) {
      if (!(id >= MIN_VERSION && id <= MAX_VERSION)) {
        throw new Error(`it speaks version ${fieldsOf(bodyOf(frame))[0]}, which is not read here`);
      }
      this.version = id;
    } else if (Number.isNaN(id)) {
      throw new Error('a message that is not one of the protocol');
    } else {
      this.#parts.reply(id, frame);
    }
    this.#inbound.push(frame);
  }

  /** One that does not read what it is told is not listened to. */
  get #mayClientSpeak(): boolean {
    return !this.out.full && !this.#client.writableNeedDrain;
  }

  #letClientSpeak(): void {
    if (this.#mayClientSpeak) this.#client.resume();
  }
}
