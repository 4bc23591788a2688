/** Of the mode button. */
const SHORT_MS = 1_000;
export const RESET_HOLD_MS = 3_000;
export const SHUTDOWN_HOLD_MS = 10_000;

/**
 * What letting go after so long means. Between a short press and a reset lies nothing, so that neither is meant by mistake; at
 * `SHUTDOWN_HOLD_MS` the shutdown has been asked for while the button was still down.
 */
export function gestureOf(heldMs: number): 'next' | 'reset' | 'none' {
  if (heldMs < SHORT_MS) return 'next';
  return heldMs >= RESET_HOLD_MS && heldMs < SHUTDOWN_HOLD_MS ? 'reset' : 'none';
}
