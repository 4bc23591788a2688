import { IBApi } from '@stoqey/ib/dist/api/api.js';
import type { Log } from '../../system/log.ts';
import { guardSocket } from './socket-guard.ts';
import type { WireEvents } from './wire-events.ts';

/** The library's own limiter is a queue without priorities that outlives a disconnect: nothing may ever wait in it. */
const LIBRARY_LIMIT_OFF = 1_000_000;

export interface SessionAddress {
  readonly host: string;
  readonly port: number;
  readonly clientId: number;
}

/**
 * One connection from its first byte to its last, on a library object of its own: what was queued in one session can
 * never be sent in the next. Once closed it is silent for ever.
 */
export class Session {
  readonly #api: IBApi;
  readonly #log: Log;
  #sent = 0;
  #closed = false;
  #received = 0;

  constructor(address: SessionAddress, log: Log) {
    this.#api = new IBApi({ ...address, maxReqPerSec: LIBRARY_LIMIT_OFF });
    this.#log = log;
  }

  get closed(): boolean {
    return this.#closed;
  }

  /** Messages handed to the socket. */
  get sent(): number {
    return this.#sent;
  }

  /** Messages that have arrived. */
  get received(): number {
    return this.#received;
  }

  get serverVersion(): number {
    return this.#api.serverVersion;
  }

  /**
   * A listener that throws would end the process and leave the rest of its TCP chunk unread, so that none may.
   */
  listen<K extends keyof WireEvents>(event: K, listener: (...values: WireEvents[K]) => void): void {
    const contained = (...values: WireEvents[K]): void => {
      if (this.#closed) return;
      try {
        listener(...values);
      } catch (error) {
        this.#log.error({ event, error }, 'handling a message of the broker failed');
      }
    };
    (this.#api as { on(event: string, listener: unknown): unknown }).on(event, contained);
  }

  /** @param broken called once when bytes cannot be decoded any more; the session is closed by then */
  open(broken: (reason: string) => void): void {
    // An EventEmitter without an error listener throws.
    this.listen('error', () => undefined);
    this.listen('sent', () => {
      this.#sent += 1;
    });
    this.listen('received', () => {
      this.#received += 1;
    });
    this.#api.connect();
    guardSocket(this.#api, (error) => {
      if (this.#closed) return;
      this.#log.error({ error }, 'bytes of the broker could not be decoded');
      this.close();
      broken('bytes could not be decoded');
    });
  }

  close(): void {
    if (this.#closed) return;
    this.#closed = true;
    this.#api.disconnect();
  }

  /** Whether the call reached the socket. The library silently keeps or drops what it cannot send. */
  write(call: (api: IBApi) => void): boolean {
    if (this.#closed || !this.#api.isConnected) return false;
    const before = this.sent;
    call(this.#api);
    return this.sent > before;
  }
}
