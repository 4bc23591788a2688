import type { EpochMs } from '../../core/calendar/time.ts';
import type { ManualClock } from '../../edges/system/manual/clock.ts';

export interface ReplayParts {
  readonly clock: ManualClock;
  /** When prices next change after an instant; `null` = never again. */
  readonly nextPrice: (after: EpochMs) => EpochMs | null;
  /** Moves the exchange to the clock's instant. */
  readonly stepExchange: (at: EpochMs) => void;
  /** Resolves when nothing is under way any more: no message on the wire, no write, no promise. */
  readonly settled: () => Promise<void>;
  readonly onMove?: (at: EpochMs) => void;
}

/**
 * Plays a stretch of time as fast as the work allows. At each instant the exchange moves first, then alarms ring one by
 * one; the clock goes on only when all work of the instant is done. So two runs do the same things in the same order.
 */
export async function replayUntil(end: EpochMs, parts: ReplayParts): Promise<void> {
  const { clock, settled } = parts;
  await settled();
  for (;;) {
    const price = parts.nextPrice(clock.now());
    const alarm = clock.nextAlarm;
    const next = Math.min(price ?? Number.POSITIVE_INFINITY, alarm ?? Number.POSITIVE_INFINITY);
    if (next > end) break;
    // What a clock that was set forward has passed over is late, and does not turn it back.
    clock.set(Math.max(clock.now(), next));
    parts.onMove?.(clock.now());
    if (price === next) {
      parts.stepExchange(next);
      await settled();
    }
    while (clock.ring()) await settled();
  }
  clock.set(end);
}
