import { newYorkText } from '../../../../core/calendar/new-york.ts';
import type { StatusSnapshot } from '../../snapshot.ts';
import { amount, gain, gainText, type View } from '../format.ts';
import { type Html, html } from '../html.ts';
import { cash } from './banner.ts';

const WIDTH = 320;
const HEIGHT = 64;
const MARGIN = 4;

export function profit(view: View): Html {
  const { day, open, realized, equity, line } = view.snapshot.profit;
  return html`<h2 class="sr" id="h-profit">Profit and loss</h2>
<dl class="figures">
<div class="first"><dt>P&amp;L today</dt><dd>${gain(day)}</dd></div>
<div><dt>Open</dt><dd>${gain(open)}</dd></div>
<div><dt>Realised</dt><dd>${gain(realized)}</dd></div>
<div><dt>Equity</dt><dd>${amount(equity)}</dd></div>
</dl>
<figure class="spark">${sparkline(line)}<figcaption>${cash(view)}</figcaption></figure>`;
}

/** Equity over the day, with a dashed line where the day began. */
function sparkline(line: StatusSnapshot['profit']['line']): Html {
  const first = line[0];
  const last = line.at(-1);
  if (first === undefined || last === undefined || line.length < 2) {
    return html`<p class="empty">The line of the day begins with the second reading of equity.</p>`;
  }
  const values = line.map(([, value]) => value);
  const low = Math.min(...values);
  const high = Math.max(...values);
  const x = (at: number): number => round(((at - first[0]) / Math.max(1, last[0] - first[0])) * WIDTH);
  const y = (value: number): number =>
    high === low ? HEIGHT / 2 : round(MARGIN + ((high - value) / (high - low)) * (HEIGHT - 2 * MARGIN));
  const path = line.map(([at, value], index) => `${index === 0 ? 'M' : 'L'}${x(at)} ${y(value)}`).join('');
  const label = `Equity from ${clock(first[0])} to ${clock(last[0])}: ${gainText(last[1] - first[1])}, between ${gainText(low - first[1])} and ${gainText(high - first[1])}`;
  return html`<svg class="line" viewBox="0 0 ${WIDTH} ${HEIGHT}" preserveAspectRatio="none" role="img" aria-label="${label}"><path class="area" d="${path}V${HEIGHT}H0z"/><path class="base" d="M0 ${y(first[1])}H${WIDTH}"/><path class="curve" d="${path}"/></svg>`;
}

function clock(at: number): string {
  return newYorkText(at).slice(11, 16);
}

function round(value: number): number {
  return Math.round(value * 10) / 10;
}
