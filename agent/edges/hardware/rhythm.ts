import type { LightPattern } from './light.ts';

interface Rhythm {
  readonly periodMs: number;
  /** How often a picture of it must be drawn anew; `null` = never. */
  readonly stepMs: number | null;
  /** Brightness, 0 to 1, so many milliseconds into the period. */
  readonly level: (ms: number) => number;
}

const DIMMEST = 0.06;

/** A person tells them apart without counting: by how fast, how regular and how soft they are. The page moves the same way. */
const RHYTHMS: Readonly<Record<LightPattern, Rhythm>> = {
  solid: { periodMs: 1000, stepMs: null, level: () => 1 },
  breathing: { periodMs: 4000, stepMs: 80, level: (ms) => DIMMEST + (1 - DIMMEST) * wave(ms / 4000) },
  blinking: { periodMs: 1000, stepMs: 500, level: (ms) => (ms < 500 ? 1 : 0) },
  fast: { periodMs: 340, stepMs: 170, level: (ms) => (ms < 170 ? 1 : 0) },
  // Lit in the first, third and fifth of eleven parts, dark in the rest.
  tripleFlash: { periodMs: 1980, stepMs: 180, level: (ms) => (ms < 900 && Math.floor(ms / 180) % 2 === 0 ? 1 : 0) },
};

/** How bright a light with this pattern is, 0 to 1, so long after any beginning that all lights share. */
export function levelAt(pattern: LightPattern, elapsedMs: number): number {
  const { periodMs, level } = RHYTHMS[pattern];
  return level(elapsedMs % periodMs);
}

/** Milliseconds until one of these patterns looks different; `null` = never. */
export function untilNextLook(patterns: readonly LightPattern[], elapsedMs: number): number | null {
  const waits = patterns.flatMap((pattern) => {
    const { stepMs, periodMs } = RHYTHMS[pattern];
    return stepMs === null ? [] : [stepMs - ((elapsedMs % periodMs) % stepMs)];
  });
  return waits.length === 0 ? null : Math.min(...waits);
}

/** 1 at the beginning and the end, 0 in the middle. */
function wave(part: number): number {
  return 0.5 + 0.5 * Math.cos(2 * Math.PI * part);
}
