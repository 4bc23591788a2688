import type { EpochMs } from '../../../core/calendar/time.ts';
import type { Log } from '../../system/log.ts';
import type { Board, Controls } from '../board.ts';
import type { Inquiries } from '../inquiries.ts';
import type { Access } from './access.ts';
import type { Assets } from './assets.ts';

export interface ServerContext {
  readonly board: Board;
  readonly controls: Controls;
  readonly inquiries: Inquiries;
  readonly log: Log;
  readonly access: Access;
  readonly assets: Assets;
  readonly hostNames: readonly string[];
  /** Whether one may look without the token. */
  readonly openToRead: boolean;
  readonly isReady: () => boolean;
  readonly marketNow: () => EpochMs;
}
