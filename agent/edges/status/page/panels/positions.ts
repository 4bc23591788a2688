import type { ShownPosition } from '../../snapshot.ts';
import { age, amount, count, gain, shortDate, type View } from '../format.ts';
import { type Html, html } from '../html.ts';
import { type Column, type Row, table } from './table.ts';

/** A mark older than this is not one to trade on; the rule for quotes is the same. */
const STALE_QUOTE_MS = 15 * 60_000;

const COLUMNS: readonly Column[] = [
  { name: 'Position' },
  { name: 'Quantity', numeric: true },
  { name: 'Average', numeric: true },
  { name: 'Mark', numeric: true },
  { name: 'P&L', numeric: true },
  { name: 'Credit', numeric: true },
  { name: 'Expiration' },
  { name: 'DTE', numeric: true },
];

export function positions(view: View): Html {
  return table({
    id: 'positions',
    title: 'Positions',
    columns: COLUMNS,
    rows: view.snapshot.positions.map((position) => row(view, position)),
    empty: 'No open position.',
  });
}

function row(view: View, position: ShownPosition): Row {
  const { averagePrice, credit, daysToExpiration, expiration, markedAt, unrealized } = position;
  const foreign = position.foreign ? html` <span class="tag">not ours</span>` : null;
  const marked = markedAt === null ? null : html`<br><small>${age(view, markedAt, staleAfter(view))}</small>`;
  const date =
    expiration === null
      ? '–'
      : html`<time datetime="${expiration}">${shortDate(expiration)} ${expiration.slice(0, 4)}</time>`;
  return {
    key: position.key,
    cells: [
      html`${position.name}${foreign}`,
      count(position.quantity),
      amount(averagePrice),
      html`${amount(position.mark)}${marked}`,
      gain(unrealized),
      amount(credit),
      date,
      daysToExpiration === null ? '–' : count(daysToExpiration),
    ],
  };
}

/** Quotes stand still while the market is closed: only while it is open does their age warn. */
export function staleAfter(view: View): number | null {
  return view.snapshot.phase === 'open' ? STALE_QUOTE_MS : null;
}
