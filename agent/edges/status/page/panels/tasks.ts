import type { ShownTask } from '../../snapshot.ts';
import { timeOfDay, type View } from '../format.ts';
import { EMPTY, type Html, html } from '../html.ts';
import { icon, type Sign } from './icon.ts';

const SIGNS: Readonly<Record<ShownTask['state'], Sign>> = {
  next: 'next',
  running: 'running',
  done: 'good',
  failed: 'bad',
  skipped: 'off',
  missed: 'warning',
  interrupted: 'warning',
};

const SHOWN = 6;

/** What comes, then what was, newest first. */
export function tasks(view: View): Html {
  const all = view.snapshot.tasks;
  const ahead = all.filter(({ state }) => state === 'next' || state === 'running').toSorted((a, b) => a.at - b.at);
  const behind = all.filter((task) => !ahead.includes(task)).toSorted((a, b) => b.at - a.at);
  return html`<h2 id="h-tasks">Next</h2>${list(view, ahead, 'Nothing is planned.')}${
    behind.length === 0 ? EMPTY : html`<h3>Last</h3>${list(view, behind, '')}`
  }`;
}

function list({ snapshot }: View, tasks: readonly ShownTask[], empty: string): Html {
  if (tasks.length === 0) return html`<p class="empty">${empty}</p>`;
  return html`<ul class="rows">${tasks
    .slice(0, SHOWN)
    .map(
      (task) =>
        html`<li data-key="${task.name}-${task.at}"><span class="when">${timeOfDay(task.at, snapshot.at)}</span>${icon(SIGNS[task.state])}<span>${task.title} <small>${task.state}${
          task.note === '' ? '' : `: ${task.note}`
        }</small></span></li>`,
    )}</ul>`;
}
