import { InvalidArgumentError } from 'commander';

/** For an option that wants a whole number, both ends included. */
export function whole(least: number, most: number): (text: string) => number {
  return (text) => {
    const value = /^\d+$/.test(text) ? Number(text) : Number.NaN;
    if (value >= least && value <= most) return value;
    throw new InvalidArgumentError(`It must be a whole number from ${least} to ${most}.`);
  };
}

const SLOWEST = 0.01;
const FASTEST = 100_000;

/** For an option that says how many market seconds pass in a real one. */
export function speed(text: string): number {
  const value = text.trim() === '' ? Number.NaN : Number(text);
  if (value >= SLOWEST && value <= FASTEST) return value;
  throw new InvalidArgumentError(`It must be a number from ${SLOWEST} to ${FASTEST}.`);
}
