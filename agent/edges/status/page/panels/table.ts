import { type Html, html, type Part } from '../html.ts';

export interface Column {
  readonly name: string;
  readonly numeric?: boolean;
}

export interface Row {
  /** Tells the browser which row is which when rows come and go. */
  readonly key: string;
  /** One per column; the first one names the row. */
  readonly cells: readonly Part[];
}

export interface TableOptions {
  readonly id: string;
  readonly title: string;
  readonly columns: readonly Column[];
  readonly rows: readonly Row[];
  readonly empty: string;
}

/** Scrolls inside itself, reachable by keyboard, so that the page never does sideways; on a phone each row is a card. */
export function table({ id, title, columns, rows, empty }: TableOptions): Html {
  const heading = html`<h2 id="h-${id}">${title}</h2>`;
  if (rows.length === 0) return html`${heading}<p class="empty">${empty}</p>`;
  const heads = columns.map(({ name, numeric }) => html`<th scope="col" class="${numeric ? 'n' : ''}">${name}</th>`);
  return html`${heading}<div class="scroll" role="group" aria-label="${title}, table" tabindex="0"><table><caption class="sr">${title}</caption><thead><tr>${heads}</tr></thead><tbody>${rows.map((row) => tableRow(columns, row))}</tbody></table></div>`;
}

function tableRow(columns: readonly Column[], { key, cells }: Row): Html {
  const [first, ...others] = cells;
  return html`<tr data-key="${key}"><th scope="row">${first ?? null}</th>${others.map((cell, index) => {
    const column = columns[index + 1];
    return html`<td class="${column?.numeric ? 'n' : ''}" data-label="${column?.name ?? ''}">${cell}</td>`;
  })}</tr>`;
}
