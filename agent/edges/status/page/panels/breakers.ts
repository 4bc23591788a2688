import type { StatusSnapshot } from '../../snapshot.ts';
import { timeOfDay, type View } from '../format.ts';
import { EMPTY, type Html, html } from '../html.ts';
import { icon, type Sign } from './icon.ts';

type Breaker = StatusSnapshot['breakers'][number];

const SIGNS: Readonly<Record<Breaker['action'], Sign>> = { reducing: 'warning', halted: 'bad' };
const EFFECTS: Readonly<Record<Breaker['action'], string>> = {
  reducing: 'positions may only be closed',
  halted: 'no order is sent',
};

/** A line for each that holds trading back: what, since when, and how it clears. Takes no room while there is none. */
export function breakers({ snapshot }: View): Html {
  if (snapshot.breakers.length === 0) return EMPTY;
  return html`<h2 class="sr" id="h-breakers">Held back</h2><ul class="alerts">${snapshot.breakers.map(
    ({ name, title, state, action, since, reason, clears }) =>
      html`<li class="${action === 'halted' ? 'critical' : 'warning'}" data-key="${name}">${icon(SIGNS[action])}<span><b>${title}</b>${
        state === 'halfOpen' ? ' (being tried)' : ''
      } ${reason}: ${EFFECTS[action]}. Clears ${clears}.</span> <span class="when">${timeOfDay(since, snapshot.at)}</span></li>`,
  )}</ul>`;
}
