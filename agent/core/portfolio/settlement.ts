import { instantInNewYork } from '../calendar/new-york.ts';
import { nextSession } from '../calendar/sessions.ts';
import type { EpochMs } from '../calendar/time.ts';
import { multiplierOf, type OptionContract } from '../market/contract.ts';
import { lastTradeAt } from '../market/settlement.ts';
import { type BookRow, bothSides, changeOf } from './book-rows.ts';
import type { Finding } from './finding.ts';
import { settledFills } from './settlement-fills.ts';
import { type Leg, outcomesOf } from './settlement-outcomes.ts';

const MORNING = '08:00';

/** Of one symbol: rows as they stand afterwards, and what was found. Rows that nothing explains keep their change. */
export interface Settled {
  readonly rows: readonly BookRow[];
  readonly findings: readonly Finding[];
}

/**
 * Assignment, exercise and expiry produce no event at the broker: they are read from what is gone and what has come.
 * Options that are gone together explain the change of the shares together: assigned where the shares moved at the
 * strike, worthless where they did not, and only one split of the shares on the options may be possible. Options gone
 * before their expiration must all have been assigned; of expired ones nothing is said to be worthless before the next
 * session's morning, because assignments are booked overnight. One half without the other waits.
 */
export function settleSymbol(rows: readonly BookRow[], now: EpochMs): Settled {
  const legs = rows.flatMap((row) => legsOf(row, now));
  const shares = rows.find(({ instrument }) => instrument.kind === 'stock');
  const moved = shares === undefined ? 0 : changeOf(shares);
  const ours = legs.filter(({ owner }) => owner === 'ours');
  if (legs.length === 0 && moved === 0) return { rows, findings: [] };
  const outcomes = outcomesOf(legs, moved);
  if (ours.length === 0) return withoutOurs({ rows, legs, outcomes, moved });
  const [outcome] = outcomes;
  if (outcome === undefined || outcomes.length > 1) return waiting(rows, ours, moved);
  const early = legs.some((leg, i) => leg.owner === 'ours' && !leg.certain && (outcome[i] as number) < leg.contracts);
  if (early) return waiting(rows, ours, moved);
  return settled({ rows, legs, outcome, moved, now });
}

/** Nothing of ours is gone. Shares that an assignment of what we still hold would bring wait for their other half. */
function withoutOurs(about: {
  rows: readonly BookRow[];
  legs: readonly Leg[];
  outcomes: readonly (readonly number[])[];
  moved: number;
}): Settled {
  const { rows, legs, outcomes, moved } = about;
  if (legs.length > 0 && outcomes.length > 0) {
    const gone = new Set(legs.map(({ row }) => row.key));
    return { rows: rows.map((row) => (gone.has(row.key) || isStock(row) ? toStranger(row) : row)), findings: [] };
  }
  const held = rows.flatMap((row) => heldLeg(row));
  if (moved === 0 || held.length === 0 || outcomesOf(held, moved).length === 0) return { rows, findings: [] };
  return waiting(rows, held, moved);
}

function settled(about: {
  rows: readonly BookRow[];
  legs: readonly Leg[];
  outcome: readonly number[];
  moved: number;
  now: EpochMs;
}): Settled {
  const { rows, legs, outcome, moved, now } = about;
  const shares = rows.find(isStock);
  const findings: Finding[] = [];
  const change = new Map<string, { here: number; foreign: number }>();
  const move = (key: string, owner: Leg['owner'], quantity: number): void => {
    const before = change.get(key) ?? { here: 0, foreign: 0 };
    const part = owner === 'ours' ? 'here' : 'foreign';
    change.set(key, { ...before, [part]: before[part] + quantity });
  };
  for (const [i, leg] of legs.entries()) {
    const assigned = outcome[i] as number;
    move(leg.row.key, leg.owner, -leg.held * leg.contracts);
    if (assigned > 0) move(leg.row.instrument.symbol, leg.owner, assigned * leg.sharesEach);
    if (leg.owner === 'ours') {
      findings.push({
        ...settledFills({ leg, assigned, sharesConId: shares?.conId || -1, now }),
        ...found(leg, moved),
      });
    }
  }
  const after = rows.map((row) => {
    const { here = 0, foreign = 0 } = change.get(row.key) ?? {};
    return { ...row, here: row.here + here || 0, foreign: row.foreign + foreign || 0 };
  });
  return { rows: after, findings };
}

function found({ row }: Leg, moved: number): Pick<Finding, 'symbol' | 'keys' | 'evidence' | 'effect'> {
  const { symbol } = row.instrument;
  const evidence = [bothSides(row), `shares of ${symbol} changed by ${moved} at the broker`];
  return { symbol, keys: [row.key], evidence, effect: 'adopt' };
}

function waiting(rows: readonly BookRow[], legs: readonly Leg[], moved: number): Settled {
  const { symbol } = (legs[0] as Leg).row.instrument;
  const options = legs.map(({ row }) => bothSides(row)).join('; ');
  const night = moved === 0 && legs.every(({ expired, certain }) => expired && !certain);
  const text = night
    ? `${options}: expired, and assignments are booked during the night`
    : `${options}; shares of ${symbol} changed by ${moved}: the two halves of an assignment do not fit yet`;
  const keys = [...legs.map(({ row }) => row.key), symbol];
  const kind = night ? 'overnight' : 'waiting';
  const finding: Finding = { kind, symbol, keys, text, evidence: [], effect: 'wait', fills: [] };
  return { rows, findings: [finding] };
}

/** What is gone of an option: ours first, then the stranger's. Nothing when it changed in any other way. */
function legsOf(row: BookRow, now: EpochMs): Leg[] {
  const { instrument, here, foreign } = row;
  const change = changeOf(row);
  if (instrument.kind !== 'option' || change === 0 || here * foreign < 0) return [];
  const held = Math.sign(here + foreign);
  if (held * change >= 0 || Math.abs(change) > Math.abs(here + foreign)) return [];
  const ours = Math.min(Math.abs(change), Math.abs(here));
  const rest = Math.abs(change) - ours;
  const last = lastTradeAt(instrument.expiration);
  const expired = last !== null && now >= last;
  const certain = expired && now >= instantInNewYork(nextSession(instrument.expiration).date, MORNING);
  const leg = { row, option: instrument, held, sharesEach: sharesEach(instrument, held), expired, certain };
  return [
    ...(ours > 0 ? [{ ...leg, owner: 'ours' as const, contracts: ours, fewest: expired ? 0 : ours }] : []),
    ...(rest > 0 ? [{ ...leg, owner: 'stranger' as const, contracts: rest, fewest: 0 }] : []),
  ];
}

function heldLeg(row: BookRow): Leg[] {
  const { instrument, here } = row;
  if (instrument.kind !== 'option' || here === 0 || changeOf(row) !== 0) return [];
  const held = Math.sign(here);
  const each = sharesEach(instrument, held);
  const never = { expired: false, certain: false, fewest: 0 };
  return [{ row, option: instrument, owner: 'ours', held, contracts: Math.abs(here), sharesEach: each, ...never }];
}

/** A short put brings shares, a short call takes them; a long one the other way round. */
function sharesEach(option: OptionContract, held: number): number {
  return (option.right === 'P' ? -1 : 1) * held * multiplierOf(option);
}

function isStock({ instrument }: BookRow): boolean {
  return instrument.kind === 'stock';
}

function toStranger(row: BookRow): BookRow {
  return { ...row, foreign: row.there - row.here };
}
