import { type Html, html } from '../html.ts';

/** Shape and word carry the state; the colour only repeats it. */
const SHAPES = {
  good: html`<circle cx="8" cy="8" r="6.5"/><path d="m5 8.2 2.1 2.1L11 6.2"/>`,
  warning: html`<path d="M8 1.8 15 14H1z"/><path d="M8 6.4v3.4M8 11.6v.6"/>`,
  bad: html`<path d="M5.2 1.5h5.6l3.7 3.7v5.6l-3.7 3.7H5.2l-3.7-3.7V5.2z"/><path d="m5.8 5.8 4.4 4.4m0-4.4-4.4 4.4"/>`,
  off: html`<circle cx="8" cy="8" r="6.5"/><path d="M4.8 8h6.4"/>`,
  next: html`<circle cx="8" cy="8" r="6.5"/><path d="M8 4.4V8l2.4 1.6"/>`,
  running: html`<path d="M13.9 5.4A6.5 6.5 0 1 0 14.5 8M14.4 2v3.6h-3.6"/>`,
  info: html`<circle cx="8" cy="8" r="6.5"/><path d="M8 7.2v4M8 4.8v.6"/>`,
} as const;

export type Sign = keyof typeof SHAPES;

export function icon(sign: Sign): Html {
  return html`<svg class="icon ${sign}" viewBox="0 0 16 16" aria-hidden="true">${SHAPES[sign]}</svg>`;
}

/** The sign of a state with its word. */
export function marked(sign: Sign, word: string): Html {
  return html`<span class="mark ${sign}">${icon(sign)}${word}</span>`;
}
