import { createServer, type Server, type Socket } from 'node:net';
import type { TestContext } from 'node:test';
import { setImmediate } from 'node:timers/promises';
import type { BrokerEvent } from '../../../../agent/edges/broker/broker.ts';
import { IbBroker } from '../../../../agent/edges/broker/ib/ib-broker.ts';
import type { IbBrokerOptions } from '../../../../agent/edges/broker/ib/options.ts';
import { silentLog } from '../../../../agent/edges/system/log.ts';
import { ManualClock } from '../../../../agent/edges/system/manual/clock.ts';
import { bodyOf } from '../../../../agent/ground/wire/frame.ts';
import { FrameSplitter } from '../../../../agent/ground/wire/frame-splitter.ts';
import { encodeServerGreeting } from '../../../../agent/ground/wire/handshake.ts';
import { REQUEST } from '../../../../agent/ground/wire/message-ids.ts';
import {
  encodeCurrentTime,
  encodeError,
  encodeManagedAccounts,
  encodeNextValidId,
} from '../../../../agent/ground/wire/session-messages.ts';

export const T0 = Temporal.Instant.from('2026-03-20T14:00:00Z').epochMilliseconds;

/** A gateway that does what a test tells it: the faults that a sound exchange never shows. */
export class PuppetGateway {
  readonly #server: Server;
  readonly #sockets = new Set<Socket>();
  /** Messages of all sessions, without greetings, as their fields. */
  readonly messages: string[][] = [];
  readonly clientIds: number[] = [];
  connections = 0;
  nextOrderId = 1;
  accounts = ['DU1', 'DU2'];
  /** So many sessions are turned away because their client id is still in use. */
  busy = 0;
  greets = true;
  givesNextId = true;
  /** Reads and answers nothing any more. */
  frozen = false;
  /** Answers by message id; whatever has none stays unanswered. */
  readonly replies = new Map<number, (fields: string[], answer: (frame: Buffer) => void) => void>([
    [REQUEST.currentTime, (_, answer) => answer(encodeCurrentTime(T0 / 1000))],
  ]);

  constructor() {
    this.#server = createServer((socket) => this.#serve(socket));
  }

  async start(): Promise<number> {
    await new Promise<void>((resolve) => this.#server.listen(0, '127.0.0.1', resolve));
    const address = this.#server.address();
    if (address === null || typeof address === 'string') throw new Error('no port');
    return address.port;
  }

  async stop(): Promise<void> {
    this.drop();
    await new Promise((resolve) => this.#server.close(resolve));
  }

  /** To every client. */
  send(...frames: Buffer[]): void {
    for (const socket of this.#sockets) socket.write(Buffer.concat(frames));
  }

  drop(): void {
    for (const socket of this.#sockets) socket.destroy();
    this.#sockets.clear();
  }

  of(messageId: number): string[][] {
    return this.messages.filter(([id]) => id === String(messageId));
  }

  #serve(socket: Socket): void {
    this.connections += 1;
    this.#sockets.add(socket);
    const splitter = new FrameSplitter({ preamble: 'API\0' });
    let greeted = false;
    socket.setNoDelay(true);
    socket.on('error', () => undefined);
    socket.on('close', () => this.#sockets.delete(socket));
    socket.on('data', (chunk: NonSharedBuffer) => {
      splitter.push(chunk, (frame) => {
        if (!greeted) {
          greeted = true;
          if (this.greets) socket.write(encodeServerGreeting(193, '20260320 10:00:00 EST'));
          return;
        }
        if (this.frozen) return;
        this.#hear(socket, bodyOf(frame).toString('utf8').split('\0').slice(0, -1));
      });
    });
  }

  #hear(socket: Socket, fields: string[]): void {
    if (fields[0] !== String(REQUEST.startApi)) {
      this.messages.push(fields);
      this.replies.get(Number(fields[0]))?.(fields, (frame) => socket.write(frame));
      return;
    }
    this.clientIds.push(Number(fields[2]));
    if (this.busy > 0) {
      this.busy -= 1;
      socket.end(encodeError(-1, 326, 'Unable to connect as the client id is already in use.'));
      return;
    }
    socket.write(encodeManagedAccounts(this.accounts));
    if (this.givesNextId) socket.write(encodeNextValidId(this.nextOrderId));
  }
}

export interface Bench {
  readonly gateway: PuppetGateway;
  readonly broker: IbBroker;
  readonly clock: ManualClock;
  readonly events: BrokerEvent[];
  /** Waits, in real time, for something that real sockets bring about. */
  until(what: string, condition: () => boolean): Promise<void>;
  /** Starts the broker and waits for its link. */
  ready(): Promise<void>;
}

export async function bench(t: TestContext, options: Partial<IbBrokerOptions> = {}): Promise<Bench> {
  const gateway = new PuppetGateway();
  const port = await gateway.start();
  const clock = new ManualClock(T0);
  const broker = new IbBroker({
    host: '127.0.0.1',
    port,
    clientId: 7,
    account: null,
    clock,
    log: silentLog,
    heartbeatMs: Number.POSITIVE_INFINITY,
    ...options,
  });
  const events: BrokerEvent[] = [];
  broker.onEvent((event) => events.push(event));
  t.after(async () => {
    await broker.stop();
    await gateway.stop();
  });
  const ready = async (): Promise<void> => {
    await broker.start();
    await until('the link is ready', () => broker.link.state === 'ready');
  };
  return { gateway, broker, clock, events, until, ready };
}

const PATIENCE_MS = 5_000;

async function until(what: string, condition: () => boolean): Promise<void> {
  const giveUpAt = performance.now() + PATIENCE_MS;
  while (!condition()) {
    if (performance.now() > giveUpAt) throw new Error(`waited in vain until ${what}`);
    await setImmediate();
  }
}
