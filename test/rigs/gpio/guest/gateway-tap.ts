import { connect, createServer, type Server, type Socket } from 'node:net';

const CANCEL_ALL = '58';
const ORDER_STATUS = '3';
const PATIENCE_MS = 10_000;

/** Lies between guard and exchange and hears all that they say. */
export class GatewayTap {
  readonly #server: Server;
  #exchange = 0;
  readonly #cancels: number[] = [];
  readonly #statuses: Record<string, string> = {};
  #waiting: { after: number; resolve(at: number): void } | null = null;

  constructor() {
    this.#server = createServer((guard) => this.#pass(guard));
  }

  listen(port: number, exchange: number): Promise<void> {
    this.#exchange = exchange;
    return new Promise((resolve) => this.#server.listen(port, '127.0.0.1', resolve));
  }

  /** When the first message was heard that cancels everything, of those after an instant, milliseconds of `performance.now`. */
  cancelAfter(instant: number): Promise<number> {
    return new Promise((resolve, reject) => {
      this.#waiting = { after: instant, resolve };
      setTimeout(() => reject(new Error(`nothing was cancelled within ${PATIENCE_MS} ms`)), PATIENCE_MS).unref();
      this.#tell();
    });
  }

  /** Of each order by its number, as the exchange told it last. */
  get statuses(): Readonly<Record<string, string>> {
    return this.#statuses;
  }

  #pass(guard: Socket): void {
    const exchange = connect(this.#exchange, '127.0.0.1');
    let asked = Buffer.alloc(0);
    let told = Buffer.alloc(0);
    guard.on('data', (chunk: Buffer) => {
      exchange.write(chunk);
      asked = messages(Buffer.concat([asked, chunk]), (fields) => this.#hear(fields));
    });
    exchange.on('data', (chunk: Buffer) => {
      guard.write(chunk);
      told = messages(Buffer.concat([told, chunk]), (fields) => this.#note(fields));
    });
    for (const [one, other] of [
      [guard, exchange],
      [exchange, guard],
    ] as const) {
      one.on('error', () => other.destroy());
      one.on('close', () => other.destroy());
    }
  }

  #hear([id]: readonly string[]): void {
    if (id !== CANCEL_ALL) return;
    this.#cancels.push(performance.now());
    this.#tell();
  }

  #note([id, order = '', status = '']: readonly string[]): void {
    if (id === ORDER_STATUS) this.#statuses[order] = status;
  }

  #tell(): void {
    const waiting = this.#waiting;
    const heard = waiting === null ? undefined : this.#cancels.find((at) => at > waiting.after);
    if (waiting === null || heard === undefined) return;
    this.#waiting = null;
    waiting.resolve(heard);
  }
}

/** Calls back with the fields of each; answers what is not a whole message yet. The greeting begins with `API` and is none. */
function messages(bytes: Buffer<ArrayBuffer>, hear: (fields: readonly string[]) => void): Buffer<ArrayBuffer> {
  let rest = bytes.toString('latin1', 0, 4) === 'API\0' ? bytes.subarray(4) : bytes;
  while (rest.length >= 4 && rest.length >= 4 + rest.readUInt32BE(0)) {
    const end = 4 + rest.readUInt32BE(0);
    hear(rest.toString('latin1', 4, end).split('\0'));
    rest = rest.subarray(end);
  }
  return rest;
}
