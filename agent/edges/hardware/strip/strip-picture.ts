import type { StatusSnapshot } from '../../status/snapshot.ts';
import type { Light, LightColour, LightPattern } from '../light.ts';
import { levelAt, untilNextLook } from '../rhythm.ts';
import type { Rgb } from './driver/colour.ts';

/** What the strip shows of the status record. */
export type StripFacts = Pick<StatusSnapshot, 'lights' | 'mode' | 'profit' | 'schedule'>;

/** One LED: a colour that moves, lit to a part. */
export interface Lamp {
  readonly colour: LightColour;
  readonly pattern: LightPattern;
  /** 0 to 1. */
  readonly share: number;
}

export interface PictureSize {
  readonly length: number;
  /** Profit or loss of a day, as a share of the equity, that fills the bar. */
  readonly fullBar: number;
}

const COLOURS: Readonly<Record<LightColour, Rgb>> = {
  off: [0, 0, 0],
  green: [0, 255, 0],
  yellow: [255, 170, 0],
  red: [255, 0, 0],
  blue: [0, 60, 255],
};
const DARK: Lamp = { colour: 'off', pattern: 'solid', share: 0 };

/**
 * Halted: the whole strip, as the system light. Else the first LED is the mode and the rest a bar: profit of the day grows from
 * the beginning in green, a loss from the end in red, slowly breathing; while research runs, how far it is, in blue.
 */
export function stripPicture(facts: StripFacts, { length, fullBar }: PictureSize): readonly Lamp[] {
  const { system } = facts.lights;
  if (isHalt(system)) return Array.from({ length }, () => lampOf(system));
  if (system.colour === 'off') return Array.from({ length }, () => DARK);
  const mode = facts.mode === 'research' ? facts.lights.research : facts.lights.trading;
  const first = mode.colour === 'off' ? facts.lights.trading : mode;
  return [lampOf(first), ...barOf(facts, length - 1, fullBar)];
}

/** The colours at a moment. */
export function pixelsAt(lamps: readonly Lamp[], elapsedMs: number): Rgb[] {
  return lamps.map(({ colour, pattern, share }) => {
    const level = share * levelAt(pattern, elapsedMs);
    const [red, green, blue] = COLOURS[colour];
    return [Math.round(red * level), Math.round(green * level), Math.round(blue * level)];
  });
}

/** Milliseconds until the picture moves; `null` = it stands still. */
export function untilNextPicture(lamps: readonly Lamp[], elapsedMs: number): number | null {
  return untilNextLook(
    lamps.filter(({ share }) => share > 0).map(({ pattern }) => pattern),
    elapsedMs,
  );
}

function isHalt({ colour, pattern }: Light): boolean {
  return colour === 'red' && (pattern === 'blinking' || pattern === 'fast');
}

function lampOf({ colour, pattern }: Light): Lamp {
  return colour === 'off' ? DARK : { colour, pattern, share: 1 };
}

function barOf({ mode, profit, schedule }: StripFacts, length: number, fullBar: number): Lamp[] {
  const progress = mode === 'research' ? progressOf(schedule) : null;
  if (progress !== null) return filled(length, progress, { colour: 'blue', pattern: 'solid' });
  const { day, equity } = profit;
  if (day === null || equity === null || equity <= 0) return filled(length, 0, DARK);
  const share = Math.min(1, Math.abs(day) / equity / fullBar);
  if (day >= 0) return filled(length, share, { colour: 'green', pattern: 'solid' });
  return filled(length, share, { colour: 'red', pattern: 'breathing' }).reverse();
}

/** Of what runs and says how far it is. */
function progressOf({ running }: StripFacts['schedule']): number | null {
  const told = running.flatMap(({ progress }) => (progress === null || progress.of <= 0 ? [] : [progress]));
  const first = told[0];
  return first === undefined ? null : Math.min(1, Math.max(0, first.done / first.of));
}

/** The LED at the tip is lit in part. */
function filled(length: number, share: number, look: Pick<Lamp, 'colour' | 'pattern'>): Lamp[] {
  return Array.from({ length }, (_, index) => {
    const lit = Math.min(1, Math.max(0, share * length - index));
    return lit === 0 ? DARK : { colour: look.colour, pattern: look.pattern, share: lit };
  });
}
