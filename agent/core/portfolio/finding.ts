import { instantInNewYork, newYorkDate } from '../calendar/new-york.ts';
import { nextSession } from '../calendar/sessions.ts';
import { type EpochMs, MINUTE_MS } from '../calendar/time.ts';
import type { Fill } from '../orders/fill.ts';

/**
 * Why our books and the broker's positions say different things.
 * late         an order of ours explains it: its execution, or the broker's position, has not come yet
 * stranger     an execution that is not ours was reported, and no position shows it yet
 * waiting      one half of an assignment is there
 * overnight    expired, and nobody has told yet with which outcome
 * manual       somebody else traded what we hold
 * liquidation  the broker did
 * assignment   options gone, shares moved at the strike
 * expiry       options gone after their expiration, worthless
 * split        quantities and strikes changed by one ratio
 * unexplained  nothing of the above
 * accepted     unexplained, and the owner has told to take the broker's word
 */
export type FindingKind =
  | 'late'
  | 'stranger'
  | 'waiting'
  | 'overnight'
  | 'manual'
  | 'liquidation'
  | 'assignment'
  | 'expiry'
  | 'split'
  | 'unexplained'
  | 'accepted';

export interface Finding {
  readonly kind: FindingKind;
  readonly symbol: string;
  readonly keys: readonly string[];
  /** What it is, for a person. */
  readonly text: string;
  /** What it is concluded from. */
  readonly evidence: readonly string[];
  /**
   * adopt         our books follow, with a record
   * adoptAndHalt  the same, and a person must look before anything is ordered again
   * wait          the symbol is blocked until it resolves itself, or until `patienceEnds`
   * halt          nothing is booked, and a person must look, if it still stands after `patienceEnds`
   */
  readonly effect: 'adopt' | 'adoptAndHalt' | 'wait' | 'halt';
  /** What our books get. */
  readonly fills: readonly Fill[];
}

const SECOND_LOOK_MS = 5_000;
const LATE_MS = 15 * MINUTE_MS;
const MORNING = '08:00';

/**
 * Until when a finding may stand before it halts trading. Positions and executions are not told in one breath, so what
 * nobody can explain must be seen twice; what an order of ours may explain has a quarter of an hour; the halves of an
 * assignment meet during the night.
 */
export function patienceEnds({ kind }: Pick<Finding, 'kind'>, since: EpochMs): EpochMs {
  if (kind === 'waiting' || kind === 'overnight') return morningAfter(since);
  return since + (kind === 'late' || kind === 'stranger' ? LATE_MS : SECOND_LOOK_MS);
}

function morningAfter(at: EpochMs): EpochMs {
  return instantInNewYork(nextSession(newYorkDate(at)).date, MORNING) + LATE_MS;
}
