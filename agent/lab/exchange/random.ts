/** Seeded numbers. The same key gives the same numbers on every machine: only integer operations and square roots. */

/** Mixes integers into 32 well-spread bits. Source of the finaliser: Austin Appleby, MurmurHash3. */
export function hash(...parts: readonly number[]): number {
  let h = 0x9e3779b9;
  for (const part of parts) {
    h = Math.imul(h ^ (part | 0), 0x85ebca6b);
    h = Math.imul((h ^ (h >>> 13)) + Math.floor(part / 4_294_967_296), 0xc2b2ae35);
    h ^= h >>> 16;
  }
  return h >>> 0;
}

export function hashText(text: string): number {
  let h = 0x811c9dc5;
  for (let i = 0; i < text.length; i += 1) h = Math.imul(h ^ text.charCodeAt(i), 0x01000193);
  return hash(h);
}

/** A number in [0, 1) that belongs to these integers. */
export function uniform(...parts: readonly number[]): number {
  return hash(...parts) / 4_294_967_296;
}

/** A stream of numbers in [0, 1). Source: Tommy Ettinger, mulberry32. */
export function stream(seed: number): () => number {
  let state = seed >>> 0;
  return () => {
    state = (state + 0x6d2b79f5) >>> 0;
    let t = Math.imul(state ^ (state >>> 15), state | 1);
    t ^= t + Math.imul(t ^ (t >>> 7), t | 61);
    return ((t ^ (t >>> 14)) >>> 0) / 4_294_967_296;
  };
}

const SUM_OF_FOUR = Math.sqrt(3);

/** Mean 0, deviation 1, within ±3.46: a sum of four uniform numbers. Its own tails are thin; sums of many are normal. */
export function bell(next: () => number): number {
  return (next() + next() + next() + next() - 2) * SUM_OF_FOUR;
}
