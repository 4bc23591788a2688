import type { Log } from '../../../edges/system/log.ts';
import type { ExchangeView } from '../exchange-view.ts';
import type { Catalogue } from './catalogue.ts';
import type { Lines } from './lines.ts';
import type { Session } from './session.ts';

/** What all sessions of a server share. */
export interface Floor {
  readonly exchange: ExchangeView;
  readonly catalogue: Catalogue;
  readonly lines: Lines;
  readonly log: Log;
  /** Told to every client instead of what would be negotiated; for tests of clients. */
  readonly forceServerVersion: number | null;
  readonly masterClientId: number | null;
  /** Admits a client under its id; false when the id is taken. */
  admit(clientId: number, session: Session): boolean;
  /** After each request: tells what the request has left to tell. */
  settle(): void;
  leave(session: Session): void;
}
