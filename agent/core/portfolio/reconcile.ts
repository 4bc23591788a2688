import { describeInstrument, type Instrument, instrumentKey } from '../market/contract.ts';
import type { Position, ReportedPosition } from './position.ts';

/**
 * equal         same quantity on both sides
 * quantity      both hold it, in different quantities
 * missingHere   the broker holds it, we do not, though we have traded it: a fill of ours that was not booked
 * missingThere  we hold it, the broker does not: closed, expired or assigned without us
 * foreign       the broker holds it and we never traded it: shown, never touched
 */
export type DifferenceKind = 'equal' | 'quantity' | 'missingHere' | 'missingThere' | 'foreign';

export interface Difference {
  readonly kind: DifferenceKind;
  readonly key: string;
  readonly instrument: Instrument;
  /** By our books. */
  readonly here: number;
  /** By the broker's. */
  readonly there: number;
  readonly text: string;
}

export interface Reconciliation {
  /** One line per instrument held on either side, by key. */
  readonly lines: readonly Difference[];
  /** Those that are neither equal nor foreign: while there is one, nothing new may be opened. */
  readonly open: readonly Difference[];
}

/**
 * Compares our books with the positions that the broker reported in a complete answer; an unanswered question is never an
 * empty list here. `traded` = keys of instruments that we ever sent an order for; flat positions of ours count as traded.
 * The same instrument reported twice (two accounts, two model portfolios) is added up.
 */
export function reconcilePositions(
  ours: readonly Position[],
  reported: readonly ReportedPosition[],
  traded: ReadonlySet<string>,
): Reconciliation {
  const known = new Set(traded);
  const sides = new Map<string, { instrument: Instrument; here: number; there: number }>();
  const sideOf = (instrument: Instrument): { here: number; there: number } => {
    const key = instrumentKey(instrument);
    const found = sides.get(key) ?? { instrument, here: 0, there: 0 };
    sides.set(key, found);
    return found;
  };
  for (const { instrument, quantity } of ours) {
    known.add(instrumentKey(instrument));
    sideOf(instrument).here += quantity;
  }
  for (const { instrument, quantity } of reported) sideOf(instrument).there += quantity;
  const lines: Difference[] = [];
  for (const [key, { instrument, here, there }] of [...sides].sort(([a], [b]) => (a < b ? -1 : 1))) {
    if (here === 0 && there === 0) continue;
    const kind = kindOf(here, there, known.has(key));
    lines.push({ kind, key, instrument, here, there, text: describe({ kind, instrument, here, there }) });
  }
  return { lines, open: lines.filter(({ kind }) => kind !== 'equal' && kind !== 'foreign') };
}

function kindOf(here: number, there: number, known: boolean): DifferenceKind {
  if (here === there) return 'equal';
  if (there === 0) return 'missingThere';
  if (here !== 0) return 'quantity';
  return known ? 'missingHere' : 'foreign';
}

function describe({ kind, instrument, here, there }: Omit<Difference, 'key' | 'text'>): string {
  const name = describeInstrument(instrument);
  switch (kind) {
    case 'equal':
      return `${name}: ${here} on both sides`;
    case 'quantity':
      return `${name}: ${here} in our books, ${there} at the broker`;
    case 'missingHere':
      return `${name}: ${there} at the broker, none in our books`;
    case 'missingThere':
      return `${name}: ${here} in our books, none at the broker`;
    case 'foreign':
      return `${name}: ${there} at the broker, not traded by us`;
  }
}
