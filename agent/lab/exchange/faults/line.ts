import type { Clock } from '../../../edges/system/clock.ts';
import type { Book } from '../book.ts';
import type { Market } from '../market.ts';
import type { Message } from './message.ts';
import type { Quota } from './quota.ts';
import type { Switchboard } from './switchboard.ts';

export type Ending = 'rst' | 'fin';

/** What a session lets a fault do with its connection. */
export interface WireEnds {
  /** Null until the client has said who it is. */
  readonly clientId: () => number | null;
  readonly version: () => number | null;
  /** Hands a request to the exchange. */
  readonly deliver: (body: Buffer) => void;
  readonly write: (bytes: Buffer) => void;
  /** Writes in a piece of its own; calls back when it is on its way. */
  readonly writePiece: (bytes: Buffer, written: () => void) => void;
  readonly end: (how: Ending) => void;
}

/** One client's connection, as the faults on it see it. */
export interface Line {
  readonly board: Switchboard;
  readonly clock: Clock;
  readonly book: Book;
  readonly market: Market;
  readonly quota: Quota;
  readonly clientId: number;
  readonly version: number;
  /** Market data subscriptions by request id, with the symbol that was asked for. */
  readonly subscribed: Map<number, string>;
  /** Those of them that get nothing any more. */
  readonly silent: Set<number>;
  error(id: number, code: number, text: string): void;
  /** Sends what no other fault changes any more. */
  put(message: Message): void;
  /** Runs `work` later, unless the connection has ended by then. */
  later(delayMs: number, work: () => void): void;
  end(how: Ending): void;
}
