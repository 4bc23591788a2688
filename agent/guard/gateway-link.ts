import { ClientConnection } from '../ground/wire/client-connection.ts';
import { ASK, globalCancel } from '../ground/wire/client-requests.ts';
import { REPLY } from '../ground/wire/message-ids.ts';
import { MAX_VERSION } from '../ground/wire/versions.ts';
import type { Budget } from './budget.ts';
import { after, monotonicMs, type Timer } from './clock.ts';
import type { GuardConfig } from './config.ts';

export interface LinkHooks {
  /** Orders and questions may be sent from now on. */
  readonly ready: () => void;
  readonly lost: (reason: string) => void;
  /** Every message once ready. */
  readonly message: (id: number, fields: readonly string[]) => void;
}

const LONGEST_PAUSE_MS = 5_000;
const CLIENT_ID_TAKEN = '326';
const SERVES_EXCHANGE = { 1100: false, 2110: false, 1101: true, 1102: true } as Readonly<Record<string, boolean>>;

/** The guard's own connection to the gateway: always open, with a heartbeat that finds a gateway that fell silent. */
export class GatewayLink {
  readonly #config: GuardConfig;
  readonly #budget: Budget;
  readonly #hooks: LinkHooks;
  #connection: ClientConnection | null = null;
  #retry: Timer | null = null;
  #failures = 0;
  #heardAt = 0;
  #askedAt = 0;
  #exchange = true;
  ready = false;
  version = MAX_VERSION;
  nextOrderId = 1;
  /** Why the link is not fresh, or null. */
  reason: string | null = 'not connected yet';

  constructor(config: GuardConfig, budget: Budget, hooks: LinkHooks) {
    this.#config = config;
    this.#budget = budget;
    this.#hooks = hooks;
  }

  start(): void {
    this.#retry = null;
    this.#heardAt = monotonicMs();
    this.#connection = new ClientConnection(this.#config.gateway, {
      heard: () => {
        this.#heardAt = monotonicMs();
      },
      greeted: (version) => this.#greet(version),
      message: (id, fields) => this.#receive(id, fields),
      lost: (reason) => this.#lost(reason),
    });
  }

  stop(): void {
    this.#retry?.cancel();
    this.#connection?.close();
    this.#connection = null;
  }

  /** The gateway answers and serves the exchange. */
  get fresh(): boolean {
    return this.ready && this.#exchange && monotonicMs() - this.#heardAt < this.#config.timing.stale;
  }

  /** Returns whether it was handed to the system. */
  send(frame: Buffer): boolean {
    if (this.#connection === null || !this.ready) return false;
    this.#budget.spend(monotonicMs());
    this.#connection.write(frame);
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
    const { stale, beat } = this.#config.timing;
    if (now - this.#heardAt > stale) {
      this.#connection?.lose(this.ready ? `no answer for ${stale} ms` : `no greeting within ${stale} ms`);
    } else if (this.ready && now - this.#askedAt >= beat) {
      this.#askedAt = now;
      this.send(ASK.time);
    }
  }

  #greet(version: number): void {
    this.version = version;
    this.#exchange = true;
    this.#budget.spend(monotonicMs());
    this.#connection?.write(ASK.start(this.#config.gateway.clientId));
  }

  #receive(id: number, fields: readonly string[]): void {
    if (id === REPLY.error) this.#heardError(fields);
    if (id === REPLY.nextValidId) this.nextOrderId = Number(fields[2]);
    if (id === REPLY.nextValidId && !this.ready) {
      this.ready = true;
      this.#failures = 0;
      this.reason = this.#exchange ? null : 'the gateway has lost the exchange';
      this.#hooks.ready();
    }
    if (this.ready) this.#hooks.message(id, fields);
  }

  #heardError([, , , code = '', text = '']: readonly string[]): void {
    const serves = SERVES_EXCHANGE[code];
    if (serves !== undefined) this.#exchange = serves;
    if (serves !== undefined) this.reason = serves ? null : `${code} ${text}`;
    if (code === CLIENT_ID_TAKEN) this.#connection?.lose(`${code} ${text}`);
  }

  #lost(reason: string): void {
    const wasReady = this.ready;
    this.#connection = null;
    this.ready = false;
    this.reason = reason;
    const pause = Math.min(LONGEST_PAUSE_MS, this.#config.timing.retry * 2 ** Math.min(this.#failures, 10) * 0.25);
    this.#failures += 1;
    this.#retry = after(pause, () => this.start());
    if (wasReady) this.#hooks.lost(reason);
  }
}
