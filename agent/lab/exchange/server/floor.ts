import type { Log } from '../../../edges/system/log.ts';
import type { ExchangeView } from '../exchange-view.ts';
import type { GatewayFaults } from '../faults/gateway-faults.ts';
import type { Catalogue } from './catalogue.ts';
import type { Lines } from './lines.ts';

/** What all sessions of a server share. */
export interface Floor {
  readonly exchange: ExchangeView;
  readonly catalogue: Catalogue;
  readonly lines: Lines;
  readonly log: Log;
  readonly faults: GatewayFaults;
  /** Told to every client instead of what would be negotiated; for tests of clients. */
  readonly forceServerVersion: number | null;
  readonly masterClientId: number | null;
}
