import { createServer } from 'node:net';
import { join } from 'node:path';
import { BookTail } from '../../../scripts/kills-rig/book-tail.ts';
import { Child } from '../../../scripts/kills-rig/child.ts';
import { SecondClient } from '../../../scripts/kills-rig/second-client.ts';
import { SYMBOLS } from './guest-image.ts';

/** Slow enough that an order works for some time, fast enough that something happens to one every second. */
export const SPEED = 4;
const CASH = 1_000_000_000;
const LOOPBACK = '127.0.0.1';
/** It opens when the program of the machine begins; a moment later orders are due. */
const OPENS = 'T09:34:40-05:00';

/** The simulated exchange, outside of the machine: it keeps its power, and its book over the days. */
export class Exchange {
  readonly #bookPath: string;
  readonly #port: number;
  #process: Child | null = null;
  #tail: BookTail | null = null;
  #second: SecondClient | null = null;
  #anchor = { real: 0, market: 0 };

  constructor(folder: string, port: number) {
    this.#bookPath = join(folder, 'exchange.jsonl');
    this.#port = port;
  }

  static async make(folder: string): Promise<Exchange> {
    return new Exchange(folder, await freePort());
  }

  get isOpen(): boolean {
    return this.#process !== null;
  }

  get port(): number {
    return this.#port;
  }

  /** What happens to orders, from outside. */
  get tail(): BookTail {
    if (this.#tail === null) throw new Error('the exchange is closed');
    return this.#tail;
  }

  /** The exchange past guard and program. */
  get second(): SecondClient {
    if (this.#second === null) throw new Error('the exchange is closed');
    return this.#second;
  }

  /** The market's time. */
  now(): number {
    return this.#anchor.market + (Date.now() - this.#anchor.real) * SPEED;
  }

  async open(date: string): Promise<void> {
    const place = ['--port', String(this.#port), '--state', this.#bookPath, '--cash', String(CASH)];
    const when = ['--from', `${date}${OPENS}`, '--speed', String(SPEED), '--symbols', SYMBOLS.join(',')];
    this.#process = new Child('exchange', ['agent/main.ts', 'exchange', ...place, ...when]);
    await this.#process.says(/clients on \S+:(\d+)/);
    this.#second = new SecondClient(this.#port);
    this.#anchor = { market: await this.#second.time(), real: Date.now() };
    this.#tail = new BookTail(this.#bookPath);
    this.#tail.start();
  }

  async close(): Promise<void> {
    this.#tail?.stop();
    this.#second?.close();
    await this.#process?.end('SIGTERM');
    this.#process = null;
  }
}

export async function freePort(): Promise<number> {
  const server = createServer();
  await new Promise<void>((done) => server.listen(0, LOOPBACK, done));
  const address = server.address();
  await new Promise((done) => server.close(done));
  return typeof address === 'object' && address !== null ? address.port : 0;
}
