import type { Log } from '../../system/log.ts';
import type { BrokerEvent } from '../broker.ts';

/** The listeners of the broker. One that throws is recorded and does not keep the others from hearing. */
export class Events {
  readonly #log: Log;
  readonly #listeners = new Set<(event: BrokerEvent) => void>();

  constructor(log: Log) {
    this.#log = log;
  }

  listen(listener: (event: BrokerEvent) => void): () => void {
    const own = (event: BrokerEvent): void => listener(event);
    this.#listeners.add(own);
    return () => this.#listeners.delete(own);
  }

  emit(event: BrokerEvent): void {
    for (const listener of [...this.#listeners]) {
      try {
        listener(event);
      } catch (error) {
        this.#log.error({ kind: event.kind, error }, 'a listener of broker events failed');
      }
    }
  }
}
