import type { StatusSnapshot } from '../../snapshot.ts';
import { capital, type View, words } from '../format.ts';
import { type Html, html } from '../html.ts';

type Lights = StatusSnapshot['lights'];

/** The front plate of the box: what its three lights show at this moment. */
export function lights({ snapshot }: View): Html {
  return html`<ul class="plate">${(['system', 'trading', 'research'] as const).map((name) => lamp(name, snapshot.lights[name]))}</ul>`;
}

function lamp(name: keyof Lights, light: Lights[keyof Lights]): Html {
  const look = light.colour === 'off' ? 'dark' : `${light.colour}, ${words(light.pattern)}`;
  return html`<li><svg class="led ${light.colour} ${light.pattern}" viewBox="0 0 48 48" aria-hidden="true"><circle class="bezel" cx="24" cy="24" r="15"/><circle class="glow" cx="24" cy="24" r="22"/><circle class="lens" cx="24" cy="24" r="11"/><path class="glint" d="M17.5 21a7.5 7.5 0 0 1 6-5"/></svg><span class="name">${capital(name)}</span> <span class="word">${light.meaning}</span> <span class="sr">(${look})</span></li>`;
}
