import { type FSWatcher, readFileSync, watch } from 'node:fs';
import type { BookRecord } from '../../agent/lab/exchange/book-record.ts';

/** One line of the exchange's book that is about an order. */
const OF_ORDERS = new Set(['accepted', 'filled', 'status', 'modified']);

/** Follows the book of the exchange from outside, so that a kill can come in the moment of an order. */
export class BookTail {
  readonly #path: string;
  #watcher: FSWatcher | null = null;
  #seen = 0;
  #events = 0;
  #waiting: { readonly until: number; readonly done: () => void }[] = [];
  readonly #left = new Map<number, number>();

  constructor(path: string) {
    this.#path = path;
  }

  start(): void {
    this.#watcher = watch(this.#path, () => this.#read());
    this.#read();
  }

  stop(): void {
    this.#watcher?.close();
  }

  /** Orders that work at this moment. */
  get working(): number {
    return this.#left.size;
  }

  /** Resolves when something happened to an order for the nth time from now on, or when the signal says so. */
  async order(nth: number, signal: AbortSignal): Promise<void> {
    const { promise, resolve } = Promise.withResolvers<void>();
    this.#waiting.push({ until: this.#events + nth, done: resolve });
    signal.addEventListener('abort', () => resolve(), { once: true });
    await promise;
  }

  #read(): void {
    const text = readFileSync(this.#path, 'utf8');
    const end = text.lastIndexOf('\n') + 1;
    for (const line of text.slice(this.#seen, end).split('\n')) if (line !== '') this.#take(JSON.parse(line));
    this.#seen = end;
    for (const { done } of this.#waiting.filter(({ until }) => until <= this.#events)) done();
    this.#waiting = this.#waiting.filter(({ until }) => until > this.#events);
  }

  #take(record: BookRecord): void {
    if (!OF_ORDERS.has(record.kind)) return;
    this.#events += 1;
    if (record.kind === 'accepted') this.#left.set(record.order.permId, record.order.request.quantity);
    if (record.kind === 'filled') {
      const left = (this.#left.get(record.permId) ?? 0) - record.quantity;
      if (left > 0) this.#left.set(record.permId, left);
      else this.#left.delete(record.permId);
    }
    if (record.kind === 'status' && record.status === 'Cancelled') this.#left.delete(record.permId);
  }
}
