import { encodeFrame } from './frame.ts';
import { REQUEST } from './message-ids.ts';
import { UNSET_INTEGER } from './unset.ts';
import { SINCE } from './versions.ts';

/* What a client asks, encoded beforehand where nothing changes in it. */

const OLD_CANCEL = encodeFrame([REQUEST.globalCancel, 1]);
const NEW_CANCEL = encodeFrame([REQUEST.globalCancel, '', UNSET_INTEGER]);

export function globalCancel(version: number): Buffer {
  return version >= SINCE.cmeTagging ? NEW_CANCEL : OLD_CANCEL;
}

export const ASK = {
  time: encodeFrame([REQUEST.currentTime, 1]),
  allOpenOrders: encodeFrame([REQUEST.allOpenOrders, 1]),
  positions: encodeFrame([REQUEST.positions, 1]),
  start: (clientId: number) => encodeFrame([REQUEST.startApi, 2, clientId, '']),
  contract: (requestId: number, conId: number) => {
    const [includeExpired, secIdType, secId, issuerId] = [false, '', '', ''];
    const wanted = [includeExpired, secIdType, secId, issuerId];
    return encodeFrame([REQUEST.contractDetails, 8, requestId, ...contractWith(conId, ''), ...wanted]);
  },
  /** Once, of an option. */
  quote: (requestId: number, conId: number) => {
    const [deltaNeutral, genericTicks, snapshot, regulatory, options] = [false, '', true, false, ''];
    const wanted = [deltaNeutral, genericTicks, snapshot, regulatory, options];
    return encodeFrame([REQUEST.marketData, 11, requestId, ...contractWith(conId, 'SMART'), ...wanted]);
  },
} as const;

/** The twelve fields of a contract of which only the id is said. */
function contractWith(conId: number, exchange: string) {
  return [conId, '', '', '', 0, '', '', exchange, '', '', '', ''];
}
