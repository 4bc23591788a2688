import { MINUTE_MS } from '../../../../core/calendar/time.ts';
import type { ShownRun, ShownSchedule } from '../../snapshot.ts';
import { capital, timeOfDay, type View, words } from '../format.ts';
import { EMPTY, type Html, html } from '../html.ts';
import { icon } from './icon.ts';

const SHOWN = 6;
const WIDTH = 120;
const HEIGHT = 16;

/** What runs and how far it is, what comes in this window, and what waits for what. */
export function schedule(view: View): Html {
  const { schedule: now } = view.snapshot;
  return html`<h2 id="h-schedule">Schedule</h2>${state(now)}${runs(view, now.running)}${queue(view, now)}${blocked(now)}`;
}

/** What is left of the research window, how windows were used, and how good the estimates are. */
export function research(view: View): Html {
  const { budget, window, durations, windows } = view.snapshot.schedule;
  const { at } = view.snapshot;
  const begun = at >= window.from;
  return html`<h2 id="h-research">Research window</h2><p>${capital(words(budget.type))}: ${hours(budget.researchHours)} for research ${begun ? 'left' : ''} (${hours(budget.totalHours)} less ${hours(budget.reserveHours)} reserve)${budget.extended ? ', extended' : ''}, ${hours(budget.usedHours)} used. From ${timeOfDay(window.from, at)} to ${timeOfDay(window.researchUntil, at)} ET.</p>${used(view, windows)}${chart(durations)}`;
}

function state({ paused, researchStoppedUntil }: ShownSchedule): Html {
  if (paused) return html`<p class="warning"><strong>Paused.</strong> Only what keeps watch starts.</p>`;
  return researchStoppedUntil === null ? EMPTY : html`<p class="warning">Research is stopped for this window.</p>`;
}

function runs({ snapshot }: View, running: readonly ShownRun[]): Html {
  if (running.length === 0) return html`<p class="empty">Nothing is running.</p>`;
  return html`<ul class="rows">${running.map(
    ({ name, title, since, progress }) =>
      html`<li data-key="run-${name}"><span class="when">${timeOfDay(since, snapshot.at)}</span>${icon('running')}<span>${title}${
        progress === null ? EMPTY : meter(title, progress)
      }</span></li>`,
  )}</ul>`;
}

function meter(title: string, { done, of, best }: NonNullable<ShownRun['progress']>): Html {
  return html` <progress max="${Math.max(1, of)}" value="${done}" aria-label="${title}: ${done} of ${of}"></progress> <small>${done} of ${of}${best === '' ? '' : `, best so far ${best}`}</small>`;
}

function queue({ snapshot }: View, { plan }: ShownSchedule): Html {
  if (plan.length === 0) return EMPTY;
  return html`<h3>Planned in this window</h3><ul class="rows">${plan
    .slice(0, SHOWN)
    .map(
      ({ name, title, start, end }) =>
        html`<li data-key="plan-${name}-${start}"><span class="when">${timeOfDay(start, snapshot.at)}</span>${icon('next')}<span>${title} <small>about ${minutes((end - start) / MINUTE_MS)}</small></span></li>`,
    )}</ul>`;
}

function blocked({ blocked: waiting }: ShownSchedule): Html {
  if (waiting.length === 0) return EMPTY;
  return html`<h3>Waiting</h3><ul class="rows">${waiting
    .slice(0, SHOWN)
    .map(
      ({ name, title, reason }) =>
        html`<li data-key="blocked-${name}">${icon('warning')}<span>${title} <small>${reason}</small></span></li>`,
    )}</ul>`;
}

function used({ snapshot }: View, windows: ShownSchedule['windows']): Html {
  if (windows.length === 0) return EMPTY;
  return html`<h3>Use of the windows</h3><ul class="rows">${windows
    .slice(0, SHOWN)
    .map(
      ({ type, from, utilisation, completions, interruptions }) =>
        html`<li data-key="window-${from}"><span class="when">${timeOfDay(from, snapshot.at)}</span><span>${capital(words(type))} <meter min="0" max="1" value="${share(utilisation)}" aria-label="used ${percent(utilisation)}"></meter> <small>${percent(utilisation)} used, ${completions} done, ${interruptions} interrupted</small></span></li>`,
    )}</ul>`;
}

/** For each task two bars on one scale: what was thought, and what it took. */
function chart(durations: ShownSchedule['durations']): Html {
  const rows = durations.slice(0, SHOWN);
  if (rows.length === 0) return html`<p class="empty">Estimates appear after the first runs.</p>`;
  const longest = Math.max(...rows.flatMap(({ estimateMinutes, lastMinutes }) => [estimateMinutes, lastMinutes]), 1e-6);
  const width = (value: number): number => Math.round(Math.sqrt(value / longest) * WIDTH * 10) / 10;
  return html`<h3>Estimated and actual</h3><figure class="durations"><ul class="rows">${rows.map(
    ({ name, title, estimateMinutes, lastMinutes }) =>
      html`<li data-key="took-${name}"><svg viewBox="0 0 ${WIDTH} ${HEIGHT}" role="img" aria-label="${title}: thought ${minutes(estimateMinutes)}, took ${minutes(lastMinutes)}"><path class="estimate" d="M0 4h${width(estimateMinutes)}"/><path class="actual" d="M0 12h${width(lastMinutes)}"/></svg><span>${title} <small>thought ${minutes(estimateMinutes)}, took ${minutes(lastMinutes)}</small></span></li>`,
  )}</ul><figcaption>Upper bar: thought. Lower bar: took. Lengths grow with the square root.</figcaption></figure>`;
}

function minutes(value: number): string {
  if (value < 1) return `${Math.round(value * 60)} s`;
  return value < 120 ? `${Math.round(value * 10) / 10} min` : `${Math.round(value / 6) / 10} h`;
}

function hours(value: number): string {
  return `${Math.round(value * 10) / 10} h`;
}

function share(value: number): string {
  return (Math.round(value * 100) / 100).toString();
}

function percent(value: number): string {
  return `${Math.round(value * 100)} %`;
}
