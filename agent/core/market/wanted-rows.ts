import type { Money } from './money.ts';

/** Steps of strikes, in 1/10,000 dollar, the roundest first: where trading gathers. */
const ROUND = [500_000, 250_000, 100_000, 50_000, 25_000, 10_000, 5_000] as const;

export interface StrikeChoice<Row> {
  /** One for each expiration and right. */
  readonly strips: readonly (readonly Row[])[];
  readonly strikeOf: (row: Row) => Money;
  readonly spot: Money;
  readonly most: number;
}

/**
 * Which contracts to ask for when there are more than lines: from each strip in turn, the roundest strikes first, of those
 * the nearest to the money. So a part of a wide range is spread over all of it, liquid strikes come first, and a small move
 * of the market changes little. The most wanted stand in front.
 */
export function wantedRows<Row>({ strips, strikeOf, spot, most }: StrikeChoice<Row>): Row[] {
  const queues = strips.map((strip) =>
    strip.toSorted((a, b) => {
      const strikeA = strikeOf(a);
      const strikeB = strikeOf(b);
      const nearer = Math.abs(strikeA - spot) - Math.abs(strikeB - spot);
      return roundness(strikeA) - roundness(strikeB) || nearer || strikeA - strikeB;
    }),
  );
  const rows: Row[] = [];
  const longest = Math.max(0, ...queues.map((queue) => queue.length));
  for (let turn = 0; turn < longest; turn += 1) {
    for (const queue of queues) {
      const row = queue[turn];
      if (row !== undefined && rows.length < most) rows.push(row);
    }
  }
  return rows;
}

/** 0 for the roundest. */
function roundness(strike: number): number {
  const found = ROUND.findIndex((step) => strike % step === 0);
  return found < 0 ? ROUND.length : found;
}
