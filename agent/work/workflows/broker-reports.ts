import type { Fill } from '../../core/orders/fill.ts';
import type { Account } from '../../core/portfolio/account.ts';
import type { ReportedPosition } from '../../core/portfolio/position.ts';
import type { Answer } from '../../edges/broker/answer.ts';
import type { Broker, ReportedOrder } from '../../edges/broker/broker.ts';

/** All that a comparison of the books stands on. Each answer is complete. */
export interface Reports {
  readonly executions: readonly Fill[];
  readonly open: readonly ReportedOrder[];
  readonly completed: readonly ReportedOrder[];
  readonly positions: readonly ReportedPosition[];
  readonly account: Account;
}

export type ReportingBroker = Pick<
  Broker,
  'executions' | 'openOrders' | 'completedOrders' | 'positions' | 'account' | 'link'
>;

/**
 * Asks five questions, executions first and positions after the orders, so that what is missing in a later answer cannot
 * have been there in an earlier one. Each is bounded in time by the broker's contract; the first that is not answered
 * makes all of it unknown: then a sentence comes back.
 */
export async function askReports(
  broker: ReportingBroker,
  onExecutions: (fills: readonly Fill[]) => void,
): Promise<Reports | string> {
  const executions = await broker.executions();
  if (!executions.ok) return unanswered('executions', executions);
  onExecutions(executions.value);
  const open = await broker.openOrders();
  if (!open.ok) return unanswered('open orders', open);
  const completed = await broker.completedOrders();
  if (!completed.ok) return unanswered('completed orders', completed);
  const positions = await broker.positions();
  if (!positions.ok) return unanswered('positions', positions);
  const account = await broker.account();
  if (!account.ok) return unanswered('account', account);
  const { cash, netLiquidation } = account.value;
  if (cash === null || netLiquidation === null) return 'account answered without cash or equity';
  const [orders, done] = [open.value, completed.value];
  return {
    executions: executions.value,
    open: orders,
    completed: done,
    positions: positions.value,
    account: account.value,
  };
}

function unanswered(question: string, answer: Extract<Answer<unknown>, { ok: false }>): string {
  return `${question} not answered (${answer.reason})`;
}
