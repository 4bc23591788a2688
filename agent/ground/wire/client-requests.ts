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
    const contract = [conId, '', '', '', 0, '', '', '', '', '', '', ''];
    const [includeExpired, secIdType, secId, issuerId] = [false, '', '', ''];
    return encodeFrame([
      ...[REQUEST.contractDetails, 8, requestId],
      ...contract,
      ...[includeExpired, secIdType, secId, issuerId],
    ]);
  },
} as const;
