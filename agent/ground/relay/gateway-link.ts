import { after, monotonicMs, type Timer } from '../time/clock.ts';
import { ASK, globalCancel } from '../wire/client-requests.ts';
import { ClientSession } from '../wire/client-session.ts';
import { MAX_VERSION } from '../wire/versions.ts';
import type { Budget } from './budget.ts';

export interface LinkParts {
  readonly gateway: { readonly host: string; readonly port: number; readonly clientId: number };
  /** Milliseconds: between signs of life; of silence after which it is made anew; of the pause before that. */
  readonly timing: { readonly beat: number; readonly stale: number; readonly retry: number };
  readonly budget: Budget;
  /** Orders and questions may be sent from now on. */
  readonly ready: () => void;
  readonly lost: (reason: string) => void;
  /** Every message once ready. */
  readonly message: (id: number, fields: readonly string[]) => void;
}

const LONGEST_PAUSE_MS = 5_000;

/** A connection of our own to the gateway: always open, with a heartbeat that finds a gateway that fell silent. */
export class GatewayLink {
  readonly #parts: LinkParts;
  #session: ClientSession | null = null;
  #retry: Timer | null = null;
  #failures = 0;
  #heardAt = 0;
  #askedAt = 0;
  /** Of the session before this one. */
  #lostBy = 'not connected yet';

  constructor(parts: LinkParts) {
    this.#parts = parts;
  }

  start(): void {
    this.#retry = null;
    this.#heardAt = monotonicMs();
    const { gateway, ready, message } = this.#parts;
    this.#session = new ClientSession(gateway, gateway.clientId, {
      message,
      heard: () => {
        this.#heardAt = monotonicMs();
      },
      ready: () => {
        this.#failures = 0;
        this.#parts.budget.spend(monotonicMs());
        ready();
      },
      lost: (reason) => this.#lost(reason),
    });
  }

  stop(): void {
    this.#retry?.cancel();
    this.#session?.close();
    this.#session = null;
  }

  get ready(): boolean {
    return this.#session?.ready === true;
  }

  get version(): number {
    return this.#session?.version ?? MAX_VERSION;
  }

  get nextOrderId(): number {
    return this.#session?.nextOrderId ?? 1;
  }

  /** Why it is not fresh, or null: the gateway answers and serves the exchange. */
  get trouble(): string | null {
    if (this.#session?.ready !== true) return this.#lostBy;
    const silent = monotonicMs() - this.#heardAt >= this.#parts.timing.stale;
    return this.#session.trouble ?? (silent ? 'no answer' : null);
  }

  get fresh(): boolean {
    return this.trouble === null;
  }

  /** Returns whether it was handed to the system. */
  send(frame: Buffer): boolean {
    if (this.#session?.ready !== true) return false;
    this.#parts.budget.spend(monotonicMs());
    this.#session.write(frame);
    return true;
  }

  cancelAll(): boolean {
    return this.send(globalCancel(this.version));
  }

  /** At a trip: does not wait for the next try. */
  hurry(): void {
    if (this.#retry === null) return;
    this.#retry.cancel();
    this.start();
  }

  /** Called regularly: asks for a sign of life, and gives up a gateway that gave none. */
  beat(): void {
    const now = monotonicMs();
    const { stale, beat } = this.#parts.timing;
    if (now - this.#heardAt > stale) {
      this.#session?.lose(this.ready ? `no answer for ${stale} ms` : `no greeting within ${stale} ms`);
    } else if (this.ready && now - this.#askedAt >= beat) {
      this.#askedAt = now;
      this.send(ASK.time);
    }
  }

  #lost(reason: string): void {
    const wasReady = this.ready;
    this.#session = null;
    this.#lostBy = reason;
    const pause = Math.min(LONGEST_PAUSE_MS, this.#parts.timing.retry * 2 ** Math.min(this.#failures, 10) * 0.25);
    this.#failures += 1;
    this.#retry = after(pause, () => this.start());
    if (wasReady) this.#parts.lost(reason);
  }
}
