import type { FaultSettings } from './fault.ts';

const SECOND_MS = 1000;

/** What one client has asked for of late. Instants are those of the exchange's stopwatch. */
export class Quota {
  #messages: number[] = [];
  #strikes = 0;
  #bars: { readonly at: number; readonly what: string }[] = [];

  /** Counts a message: whether it passes, is dropped, or ends the connection. */
  message(at: number, { perSecond, strikes }: FaultSettings['rateLimit']): 'pass' | 'drop' | 'close' {
    this.#messages = this.#messages.filter((one) => one > at - SECOND_MS);
    if (this.#messages.length < perSecond) {
      this.#messages.push(at);
      return 'pass';
    }
    this.#strikes += 1;
    return this.#strikes >= strikes ? 'close' : 'drop';
  }

  /** Counts a request for bars: whether it may be answered. */
  bars(at: number, what: string, { requests, ms, sameMs }: FaultSettings['historicalPacing']): boolean {
    this.#bars = this.#bars.filter((one) => one.at > at - Math.max(ms, sameMs));
    const same = this.#bars.some((one) => one.what === what && one.at > at - sameMs);
    const used = this.#bars.filter((one) => one.at > at - ms).length;
    this.#bars.push({ at, what });
    return !same && used < requests;
  }
}
