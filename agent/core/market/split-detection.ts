import { type Chain, MISSING } from './chain.ts';

const FORWARD = [3 / 2, 2, 5 / 2, 3, 4, 5, 6, 7, 8, 10, 12, 15, 20, 25, 30, 40, 50];
const RATIOS = [...FORWARD, ...FORWARD.map((ratio) => 1 / ratio)];
/** A move of the price on top of the split, as a logarithm. */
const LARGEST_MOVE = 0.15;
const SMALLEST_SPLIT = Math.log(3 / 2);
const FEWEST_STRIKES = 3;
const MOST_OF_THEM = 0.7;
const HARDLY_ANY = 0.4;
const CENT = 100;

/**
 * New shares per old share when one session's chain is in other shares than the session's before; `null` = it is not. The
 * spot must have moved by about a usual ratio, and the strikes by that ratio with it: seven in ten of those listed before,
 * divided by it and rounded to the cent, are listed now, and hardly any of them as they were.
 */
export function splitBetween(before: Chain, after: Chain): number | null {
  if (before.spot === null || after.spot === null || !(after.spot > 0)) return null;
  const move = before.spot / after.spot;
  if (Math.abs(Math.log(move)) < SMALLEST_SPLIT - LARGEST_MOVE) return null;
  const old = strikesOf(before);
  const listed = strikesOf(after);
  if (shareFound(old, listed, 1) > HARDLY_ANY) return null;
  let best: number | null = null;
  let nearest = LARGEST_MOVE;
  for (const ratio of RATIOS) {
    const off = Math.abs(Math.log(move / ratio));
    if (off >= nearest || shareFound(old, listed, ratio) < MOST_OF_THEM) continue;
    best = ratio;
    nearest = off;
  }
  return best;
}

function strikesOf(chain: Chain): Set<number> {
  const strikes = new Set(chain.strike);
  strikes.delete(MISSING);
  return strikes;
}

/** Of the old strikes that would lie among the listed ones, the share that is there; 0 when they are too few to tell. */
function shareFound(old: ReadonlySet<number>, listed: ReadonlySet<number>, ratio: number): number {
  const lowest = Math.min(...listed);
  const highest = Math.max(...listed);
  let within = 0;
  let found = 0;
  for (const strike of old) {
    const moved = Math.round(strike / ratio / CENT) * CENT;
    if (moved < lowest || moved > highest) continue;
    within += 1;
    if (listed.has(moved)) found += 1;
  }
  return within < FEWEST_STRIKES ? 0 : found / within;
}
