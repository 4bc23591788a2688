import { newYorkTime } from '../../core/calendar/new-york.ts';
import type { EpochMs } from '../../core/calendar/time.ts';

export interface Dimming {
  /** 0 to 1. */
  readonly brightness: number;
  /** Minutes since midnight in New York, [from, until), over midnight or not; equal = no night. */
  readonly nightFrom: number;
  readonly nightUntil: number;
  readonly nightBrightness: number;
}

/** How bright the lights of the box are at this moment, 0 to 1. */
export function brightnessAt(now: EpochMs, { brightness, nightFrom, nightUntil, nightBrightness }: Dimming): number {
  const time = newYorkTime(now);
  const night =
    nightFrom <= nightUntil ? time >= nightFrom && time < nightUntil : time >= nightFrom || time < nightUntil;
  return night ? nightBrightness : brightness;
}
