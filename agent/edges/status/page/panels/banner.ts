import type { StatusSnapshot } from '../../snapshot.ts';
import { amount, capital, dayAndTime, timeOfDay, type View, words } from '../format.ts';
import { EMPTY, type Html, html } from '../html.ts';

/** What the appliance is for now and whether it may trade. No ages in here: it is read aloud whenever it changes. */
export function banner({ snapshot }: View): Html {
  const { trading, at } = snapshot;
  const state = trading.state === 'active' ? 'New positions may be opened' : capital(trading.state);
  return html`<p class="run ${snapshot.run}">${snapshot.run}</p>
<p class="mode"><strong>${capital(snapshot.mode)}</strong> <span>${phase(snapshot)}${next(snapshot)}</span></p>
<p class="state"><strong>${state}</strong> since ${timeOfDay(trading.since, at)} ET${
    trading.reason === '' ? '' : `: ${trading.reason}`
  }</p>${snapshot.guard?.switchNote ? html`<p class="switch">${snapshot.guard.switchNote}</p>` : EMPTY}`;
}

/** Filled only while halted: it interrupts whoever listens. */
export function halt({ snapshot }: View): Html {
  if (snapshot.trading.state !== 'halted') return EMPTY;
  const since = timeOfDay(snapshot.trading.since, snapshot.at);
  return html`<p class="halted"><strong>${capital(snapshot.lights.system.meaning)}.</strong> No order is sent since ${since} ET: ${
    snapshot.trading.reason === '' ? 'no reason was given' : snapshot.trading.reason
  }</p>${working(snapshot)}`;
}

/** What the broker's side says of a halt at the wire. */
function working({ guard }: StatusSnapshot): Html {
  if (guard?.state === 'unreachable') return html`<p>What still works is not known: the guard does not answer.</p>`;
  if (guard?.halted !== 'UNCONFIRMED') return EMPTY;
  if (guard.working === null) return html`<p>What still works at the broker is not known.</p>`;
  if (guard.working.length === 0) return html`<p>No order is seen working, but not for long enough yet.</p>`;
  return html`<p>May still work:</p><ul>${guard.working.map((order) => html`<li>${order}</li>`)}</ul>`;
}

export function marketTime({ snapshot, now }: View): Html {
  return dayAndTime(now ?? snapshot.at);
}

export function footer({ snapshot }: View): Html {
  const started = timeOfDay(snapshot.startedAt, snapshot.at);
  return html`<p>${speedNote(snapshot)}Wheelhouse ${snapshot.version}, started ${started} ET. Times are New York times, amounts US dollars.</p>`;
}

export function cash({ snapshot }: View): Html {
  const { cash, secured } = snapshot.profit;
  return html`Cash ${amount(cash)}, of which ${amount(secured)} secures short puts`;
}

function phase(snapshot: StatusSnapshot): string {
  return snapshot.phase === 'open' ? 'market open' : words(snapshot.phase);
}

function next({ nextMode, at }: StatusSnapshot): Html | null {
  return nextMode === null ? null : html`, ${nextMode.mode} from ${timeOfDay(nextMode.at, at)} ET`;
}

function speedNote({ run, speed }: StatusSnapshot): string {
  const simulated = run === 'demo' || run === 'replay' ? 'Simulated exchange: no real money. ' : '';
  if (speed === 1 || !Number.isFinite(speed)) return simulated;
  return `${simulated}Time runs ${speed} times as fast as in real life. `;
}
