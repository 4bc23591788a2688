import type { OrderState } from '../../../../core/orders/order.ts';
import type { ShownOrder } from '../../snapshot.ts';
import { amount, capital, timeOfDay, type View, words } from '../format.ts';
import { type Html, html } from '../html.ts';
import { marked, type Sign } from './icon.ts';
import { type Column, type Row, table } from './table.ts';

const COLUMNS: readonly Column[] = [
  { name: 'Order' },
  { name: 'Limit', numeric: true },
  { name: 'Filled', numeric: true },
  { name: 'Average', numeric: true },
  { name: 'State' },
  { name: 'Changed', numeric: true },
];

/** Newest first. */
export function orders(view: View): Html {
  const newest = view.snapshot.orders.toSorted((a, b) => b.updatedAt - a.updatedAt);
  return table({
    id: 'orders',
    title: 'Orders',
    columns: COLUMNS,
    rows: newest.map((order) => row(view, order)),
    empty: 'No order today.',
  });
}

function row({ snapshot }: View, order: ShownOrder): Row {
  const { averagePrice, filled, limit, name, quantity, reason, side, state, updatedAt } = order;
  return {
    key: order.id,
    cells: [
      html`${capital(side)} ${quantity} × ${name}`,
      amount(limit),
      html`<span class="v">${filled} of ${quantity}</span>`,
      amount(averagePrice),
      html`${marked(signOf(order), words(state))}${reason === '' ? null : html`<br><small>${reason}</small>`}`,
      timeOfDay(updatedAt, snapshot.at),
    ],
  };
}

const SIGNS: Readonly<Record<string, Sign>> = {
  filled: 'good',
  cancelled: 'off',
  rejected: 'bad',
  unknown: 'warning',
} satisfies Partial<Record<OrderState, Sign>>;

function signOf({ state }: ShownOrder): Sign {
  return SIGNS[state] ?? 'running';
}
