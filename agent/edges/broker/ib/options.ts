import type { Clock } from '../../system/clock.ts';
import type { Log } from '../../system/log.ts';

export interface IbBrokerOptions {
  readonly host: string;
  /** A function where it is known only once whoever listens there runs: asked at each connect. */
  readonly port: number | (() => number);
  /** Stable for ever: only the client id that placed an order may cancel it. */
  readonly clientId: number;
  /** `null` = the first one the broker names. */
  readonly account: string | null;
  readonly clock: Clock;
  readonly log: Log;
  /** All kinds together, by the clock; the broker closes the socket above 50. Default 40; `Infinity` = no limit. */
  readonly messagesPerSecond?: number;
  /** Most subscriptions at one time. Default 100. */
  readonly marketDataLines?: number;
  /** The bound on every question. Default 10 s. */
  readonly requestTimeoutMs?: number;
  /** From the first byte to next valid id and accounts. Default 10 s. */
  readonly connectTimeoutMs?: number;
  /** Silence after which the broker is asked for its time. Default 5 s; `Infinity` = never. */
  readonly heartbeatMs?: number;
  /** How long that question may stay unanswered before the link is called down. Default 5 s. */
  readonly heartbeatTimeoutMs?: number;
}

export type IbSettings = Required<IbBrokerOptions>;

export function withDefaults(options: IbBrokerOptions): IbSettings {
  return {
    messagesPerSecond: 40,
    marketDataLines: 100,
    requestTimeoutMs: 10_000,
    connectTimeoutMs: 10_000,
    heartbeatMs: 5_000,
    heartbeatTimeoutMs: 5_000,
    ...options,
  };
}
