import { newYorkText } from '../calendar/new-york.ts';
import { describeInstrument, instrumentKey } from '../market/contract.ts';
import { formatMoney } from '../market/money.ts';
import { executionId } from '../orders/executions.ts';
import type { Fill } from '../orders/fill.ts';
import { type BookRow, changeOf } from './book-rows.ts';
import type { Finding } from './finding.ts';
import { shareOfStranger } from './foreign-holding.ts';

/** Rows as they stand after today's executions that are not ours, and what was found. */
export interface AfterStrangers {
  readonly rows: readonly BookRow[];
  readonly findings: readonly Finding[];
}

/**
 * Counts executions of today that belong to no order of ours. One that no position shows yet is waited for; one that
 * reduces what we hold is adopted and halts, whoever it was; the rest changes the stranger's part only. `watched` = rows
 * in which our own part can be concerned.
 */
export function countStrangers(
  rows: readonly BookRow[],
  strangers: readonly Fill[],
  watched: (row: BookRow) => boolean,
): AfterStrangers {
  const findings: Finding[] = [];
  const after = rows.map((row) => {
    const today = strangers.filter(({ instrument }) => instrumentKey(instrument) === row.key);
    const seen = row.seen.filter((execId) => today.some((fill) => fill.execId === execId));
    const bases = new Set(seen.map((execId) => executionId(execId).base));
    const fresh = newest(today.filter(({ execId }) => !bases.has(executionId(execId).base)));
    const counted = { ...row, seen: today.map(({ execId }) => execId) };
    const net = fresh.reduce((sum, fill) => sum + signed(fill), 0);
    if (net !== 0 && changeOf(row) === 0 && watched(row)) {
      findings.push(notShownYet(row, fresh));
      return { ...row, seen };
    }
    const { moved, found } = counting(counted, fresh);
    findings.push(...found);
    return moved;
  });
  return { rows: after, findings };
}

function counting(row: BookRow, fresh: readonly Fill[]): { moved: BookRow; found: readonly Finding[] } {
  let moved = row;
  const found: Finding[] = [];
  for (const fill of [...fresh].sort((a, b) => a.at - b.at)) {
    const parts = shareOfStranger(moved, signed(fill));
    moved = { ...moved, here: moved.here + parts.here || 0, foreign: moved.foreign + parts.foreign || 0 };
    if (parts.here !== 0 || fill.liquidation === true) found.push(adopted(row, fill, Math.abs(parts.here)));
  }
  return { moved, found };
}

function adopted(row: BookRow, fill: Fill, ours: number): Finding {
  const liquidation = fill.liquidation === true;
  const who = liquidation ? 'the broker has liquidated' : 'not ordered here:';
  const whose = ours === fill.quantity ? '' : ours === 0 ? ', none of it ours' : `, ${ours} of it ours`;
  const what = `${fill.quantity} ${fill.side === 'buy' ? 'bought' : 'sold'} at ${formatMoney(fill.price)}`;
  return {
    kind: liquidation ? 'liquidation' : 'manual',
    symbol: row.instrument.symbol,
    keys: [row.key],
    text: `${describeInstrument(row.instrument)}: ${who} ${what}${whose}`,
    evidence: [evidenceOf(fill)],
    effect: 'adoptAndHalt',
    fills: ours === 0 ? [] : [{ ...fill, quantity: ours }],
  };
}

function notShownYet(row: BookRow, fresh: readonly Fill[]): Finding {
  return {
    kind: 'stranger',
    symbol: row.instrument.symbol,
    keys: [row.key],
    text: `${describeInstrument(row.instrument)}: traded, not by us, and the position does not show it yet`,
    evidence: fresh.map(evidenceOf),
    effect: 'wait',
    fills: [],
  };
}

function evidenceOf({ execId, orderRef, permId, at, side, quantity, price }: Fill): string {
  const reference = orderRef === '' ? 'without a reference' : `with reference ${orderRef}`;
  const trade = `${side} ${quantity} at ${formatMoney(price)}`;
  return `execution ${execId} of order ${permId} ${reference}: ${trade}, ${newYorkText(at)}`;
}

/** Of each execution the highest revision. */
function newest(fills: readonly Fill[]): Fill[] {
  const byBase = new Map<string, Fill>();
  for (const fill of fills) {
    const { base, revision } = executionId(fill.execId);
    const known = byBase.get(base);
    if (known === undefined || revision > executionId(known.execId).revision) byBase.set(base, fill);
  }
  return [...byBase.values()];
}

function signed({ side, quantity }: Fill): number {
  return side === 'buy' ? quantity : -quantity;
}
