import { connect, type Socket } from 'node:net';
import type { TestContext } from 'node:test';

/** The first field of a message is its id. */
export type Message = readonly string[];

type Wanted = (message: Message) => boolean;

/** A client of the TWS API in a few lines of raw socket, sharing no code with the product. */
export class RawClient {
  readonly received: Message[] = [];
  closed = false;
  readonly #socket: Socket;
  #bytes = Buffer.alloc(0);
  #wake: () => void = () => {};

  constructor(socket: Socket) {
    this.#socket = socket;
    socket.on('data', (chunk) => this.#read(chunk as Buffer));
    socket.on('error', () => {});
    socket.on('close', () => {
      this.closed = true;
      this.#wake();
    });
  }

  write(bytes: Buffer | string): void {
    this.#socket.write(bytes);
  }

  send(...fields: (string | number)[]): void {
    this.write(frame(fields.map((field) => `${field}\0`).join('')));
  }

  /** Stops to read, as a client that hangs. */
  pause(): void {
    this.#socket.pause();
  }

  resume(): void {
    this.#socket.resume();
  }

  end(): void {
    this.#socket.destroy();
  }

  /** The first message from `from` on that is wanted; waits for it. */
  async next(wanted: Wanted, from = 0): Promise<Message> {
    for (;;) {
      const found = this.received.slice(from).find(wanted);
      if (found !== undefined) return found;
      if (this.closed) throw new Error(`closed; received ${JSON.stringify(this.received)}`);
      await new Promise<void>((resolve) => {
        this.#wake = resolve;
      });
    }
  }

  async whenClosed(): Promise<void> {
    while (!this.closed) {
      await new Promise<void>((resolve) => {
        this.#wake = resolve;
      });
    }
  }

  #read(chunk: Buffer): void {
    this.#bytes = Buffer.concat([this.#bytes, chunk]);
    while (this.#bytes.length >= 4 && this.#bytes.length >= 4 + this.#bytes.readUInt32BE(0)) {
      const end = 4 + this.#bytes.readUInt32BE(0);
      this.received.push(this.#bytes.toString('utf8', 4, end).split('\0').slice(0, -1));
      this.#bytes = this.#bytes.subarray(end);
    }
    this.#wake();
  }
}

export const isId =
  (...ids: number[]): Wanted =>
  (message) =>
    ids.includes(Number(message[0]));

export const isError =
  (code: number): Wanted =>
  (message) =>
    message[0] === '4' && message[3] === String(code);

export function frame(body: string | Buffer): Buffer {
  const bytes = Buffer.from(body);
  const length = Buffer.alloc(4);
  length.writeUInt32BE(bytes.length);
  return Buffer.concat([length, bytes]);
}

/** Connected, not greeted. */
export async function openSocket(t: TestContext, port: number): Promise<RawClient> {
  const socket = connect({ host: '127.0.0.1', port });
  await new Promise((resolve, reject) => {
    socket.once('connect', resolve);
    socket.once('error', reject);
  });
  t.after(() => socket.destroy());
  return new RawClient(socket);
}

/** Greeted, not started. */
export async function greet(t: TestContext, port: number, versions = 'v157..178'): Promise<RawClient> {
  const client = await openSocket(t, port);
  client.write(Buffer.concat([Buffer.from('API\0'), frame(versions)]));
  await client.next(() => true);
  return client;
}

/** Connected and started at 178: everything up to the farm notices has been received. */
export async function connectRaw(t: TestContext, port: number, clientId: number): Promise<RawClient> {
  const client = await greet(t, port);
  client.send(71, 2, clientId, '');
  await client.next(isError(2158));
  return client;
}

export interface RawOrder {
  readonly orderId: number;
  readonly conId: number;
  readonly action: 'BUY' | 'SELL';
  readonly quantity: number;
  readonly limit: number;
  readonly ref: string;
}

/** An order for a single contract as the Python clients write it at 178: 114 fields. */
export function placeOrderFields(order: RawOrder): (string | number)[] {
  const { orderId, conId, action, quantity, limit, ref } = order;
  const contract = [conId, 'SPY', 'OPT', '', '0.0', '', '', 'SMART', '', 'USD', '', '', '', ''];
  const basics = [action, quantity, 'LMT', limit, '', 'DAY', '', '', '', 0, ref, 1, 0, 0, 0, 0, 0, 0, 0];
  const settlement = ['', '0.0', '', '', '', '', '', '', 0, '', -1, 0, '', ''];
  const pricing = [0, '', '', 0, 0, '', 0, '', '', '', '', '', 0];
  const volatility = ['', '', '', '', 0, '', '', ''];
  const scale = ['', '', '', '', '', ''];
  const hedging = ['', 0, '', '', 0, 0];
  const strategy = ['', '', 0, '', 0, 0, 0, 0];
  const adjusted = ['', '', '', '', '', '', 0, '', '', '', '', '', '', '', '', 0, 0, 0, '', '', '', 0, '', ''];
  return [
    3,
    orderId,
    ...contract,
    ...basics,
    ...settlement,
    ...pricing,
    ...volatility,
    ...scale,
    ...hedging,
    ...strategy,
    ...adjusted,
  ];
}
