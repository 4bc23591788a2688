import type { Document } from '../../ground/files/document.ts';

export type ClosePositions = ReturnType<typeof closePositions>;

/** Each position is left as it is that would need more than this. */
export function closePositions(part: Document) {
  return {
    /** How far its side of the quote may lie beyond the mid. */
    centsBeyondMid: part.number('centsBeyondMid', [1, 1_000]),
    contractsPerOrder: part.number('contractsPerOrder', [1, 1_000]),
    /** Price times multiplier times contracts. */
    dollarsPerOrder: part.number('dollarsPerOrder', [1, 1_000_000]),
    /** What has not been filled then is taken back. */
    withinMinutes: part.number('withinMinutes', [1, 390]),
    /** How long the halt must have been confirmed: fills are in the positions some seconds later. */
    settleSeconds: part.number('settleSeconds', [0, 600], 10),
  };
}
