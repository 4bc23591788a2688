import type { ShownDecision } from '../../snapshot.ts';
import { timeOfDay, type View, words } from '../format.ts';
import { type Html, html } from '../html.ts';
import { marked } from './icon.ts';

const SHOWN = 10;
const REASONS = 3;

/** Newest first; every one says why, and "no trade" is an answer like any other. */
export function decisions(view: View): Html {
  const newest = view.snapshot.decisions.toSorted((a, b) => b.at - a.at).slice(0, SHOWN);
  const body =
    newest.length === 0
      ? html`<p class="empty">Nothing has been decided today.</p>`
      : html`<ol class="decisions">${newest.map((decision) => item(view, decision))}</ol>`;
  return html`<h2 id="h-decisions">Decisions</h2>${body}`;
}

function item({ snapshot }: View, decision: ShownDecision): Html {
  const { at, symbol, strategy, outcome, name, score, reasons } = decision;
  const sign = outcome === 'trade' ? marked('good', 'trade') : marked('off', 'no trade');
  const rest = reasons.slice(REASONS);
  return html`<li data-key="${at}-${symbol}-${strategy}"><p class="what"><span class="when">${timeOfDay(at, snapshot.at)}</span> <b>${symbol}</b> ${words(strategy)} ${sign}${
    name === '' ? null : html` <b>${name}</b>`
  }${score === null ? null : gauge(score)}</p><ul class="why">${reasons.slice(0, REASONS).map((reason) => html`<li>${reason}</li>`)}</ul>${
    rest.length === 0
      ? null
      : html`<details><summary>${rest.length} more</summary><ul class="why">${rest.map((reason) => html`<li>${reason}</li>`)}</ul></details>`
  }</li>`;
}

/** The score as a figure and as a bar, with a mark at 70, where a candidate becomes an order. */
function gauge(score: number): Html {
  const width = Math.round(Math.min(100, Math.max(0, score)) * 10) / 10;
  return html` <span class="score"><svg viewBox="0 0 100 8" preserveAspectRatio="none" aria-hidden="true"><path class="track" d="M0 4H100"/><path class="value" d="M0 4H${width}"/><path class="threshold" d="M70 0V8"/></svg> score <span class="v">${score.toFixed(1)}</span></span>`;
}
