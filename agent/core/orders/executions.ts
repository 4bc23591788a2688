import type { Money } from '../market/money.ts';
import type { Fill } from './fill.ts';
import type { Order } from './order.ts';

type Executions = Order['executions'];

export interface ExecutionId {
  /** What all revisions of one execution share. */
  readonly base: string;
  readonly revision: number;
}

/** `0000e0d5.5f1a.01.02` → base `0000e0d5.5f1a.01`, revision 2: the broker corrects an execution by raising the last part. */
export function executionId(execId: string): ExecutionId {
  const dot = execId.lastIndexOf('.');
  const last = dot < 0 ? '' : execId.slice(dot + 1);
  return /^\d+$/.test(last) ? { base: execId.slice(0, dot), revision: Number(last) } : { base: execId, revision: 0 };
}

export type Recorded =
  | { readonly kind: 'new' | 'correction'; readonly executions: Executions }
  | { readonly kind: 'repeated' | 'superseded' }
  | { readonly kind: 'contradiction'; readonly text: string };

/** The executions with one more in them: the highest revision of each is the valid one. */
export function recordExecution(executions: Executions, fill: Fill): Recorded {
  const { base, revision } = executionId(fill.execId);
  const known = executions[base];
  const added = { ...executions, [base]: fill };
  if (known === undefined) return { kind: 'new', executions: added };
  const knownRevision = executionId(known.execId).revision;
  if (revision > knownRevision) return { kind: 'correction', executions: added };
  if (revision < knownRevision) return { kind: 'superseded' };
  const same =
    known.quantity === fill.quantity &&
    known.price === fill.price &&
    known.side === fill.side &&
    known.conId === fill.conId;
  if (same) return { kind: 'repeated' };
  return { kind: 'contradiction', text: `execution ${fill.execId} came twice with different contents` };
}

export interface ExecutionTotals {
  readonly filled: number;
  readonly averagePrice: Money | null;
  readonly commission: Money;
}

/** Executions of other contracts than the order's own are legs of a combo: their commissions count, their quantity does not. */
export function executionTotals(order: Pick<Order, 'intent' | 'executions' | 'commissions'>): ExecutionTotals {
  const { intent, executions } = order;
  let filled = 0;
  let value = 0;
  let commission = 0;
  const commissions = newestCommissions(order.commissions);
  for (const [base, fill] of Object.entries(executions)) {
    commission += commissions.get(base)?.amount ?? 0;
    if (fill.conId !== intent.conId) continue;
    filled += fill.quantity;
    value += fill.quantity * fill.price;
  }
  const averagePrice = filled === 0 ? null : ((Math.round(value / filled) || 0) as Money);
  return { filled, averagePrice, commission: commission as Money };
}

/** The commission of one execution: that of its highest revision which has one; `null` = not known yet. */
export function commissionOf(order: Pick<Order, 'commissions'>, execId: string): Money | null {
  return newestCommissions(order.commissions).get(executionId(execId).base)?.amount ?? null;
}

function newestCommissions(commissions: Order['commissions']): Map<string, { revision: number; amount: Money }> {
  const newest = new Map<string, { revision: number; amount: Money }>();
  for (const [execId, amount] of Object.entries(commissions)) {
    const { base, revision } = executionId(execId);
    if (revision >= (newest.get(base)?.revision ?? 0)) newest.set(base, { revision, amount });
  }
  return newest;
}
