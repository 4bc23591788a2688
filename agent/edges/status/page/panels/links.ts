import type { ShownAlert, ShownConnection, ShownData } from '../../snapshot.ts';
import { age, amount, count, timeOfDay, type View } from '../format.ts';
import { EMPTY, type Html, html } from '../html.ts';
import { icon, marked, type Sign } from './icon.ts';
import { staleAfter } from './positions.ts';
import { type Column, type Row, table } from './table.ts';

const CONNECTION_SIGNS: Readonly<Record<ShownConnection['state'], Sign>> = {
  ok: 'good',
  warning: 'warning',
  failed: 'bad',
  off: 'off',
};

const ALERT_SIGNS: Readonly<Record<ShownAlert['severity'], Sign>> = {
  info: 'info',
  warning: 'warning',
  critical: 'bad',
};

const DATA_COLUMNS: readonly Column[] = [
  { name: 'Symbol' },
  { name: 'Price', numeric: true },
  { name: 'Options', numeric: true },
  { name: 'Age', numeric: true },
];

export function connections({ snapshot }: View): Html {
  const rows = snapshot.connections.map(
    ({ name, state, detail, since }) =>
      html`<li data-key="${name}"><span><b>${name}</b> ${marked(CONNECTION_SIGNS[state], state)}<br><small>${
        detail === '' ? '' : `${detail}, `
      }since ${timeOfDay(since, snapshot.at)}</small></span></li>`,
  );
  const body =
    rows.length === 0 ? html`<p class="empty">No connection is configured.</p>` : html`<ul class="rows">${rows}</ul>`;
  return html`<h2 id="h-connections">Connections</h2>${body}`;
}

export function data(view: View): Html {
  return table({
    id: 'data',
    title: 'Market data',
    columns: DATA_COLUMNS,
    rows: view.snapshot.data.map((item) => dataRow(view, item)),
    empty: 'No quotes have been collected.',
  });
}

function dataRow(view: View, { symbol, spot, contracts, quotedAt, complete }: ShownData): Row {
  const quoted = quotedAt === null ? 'none yet' : age(view, quotedAt, staleAfter(view));
  const options = complete ? count(contracts) : html`${count(contracts)}<br><small>incomplete</small>`;
  return { key: symbol, cells: [symbol, amount(spot), options, quoted] };
}

/** Takes no room while there is nothing to say. */
export function alerts({ snapshot }: View): Html {
  if (snapshot.alerts.length === 0) return EMPTY;
  return html`<h2 class="sr" id="h-alerts">Alerts</h2><ul class="alerts">${snapshot.alerts.map(
    ({ severity, text, raisedAt }) =>
      html`<li class="${severity}" data-key="${raisedAt}-${text}">${icon(ALERT_SIGNS[severity])}<span><b>${severity}</b> ${text}</span> <span class="when">${timeOfDay(raisedAt, snapshot.at)}</span></li>`,
  )}</ul>`;
}
