import { newYorkText } from '../../../core/calendar/new-york.ts';
import { type EpochMs, epochDay, MINUTE_MS } from '../../../core/calendar/time.ts';
import type { ShownMoney, StatusSnapshot } from '../snapshot.ts';
import { type Html, html } from './html.ts';

/** What a panel is drawn from. */
export interface View {
  readonly snapshot: StatusSnapshot;
  /** The market's time as far as ages are written out; `null` leaves them to the browser, which counts on. */
  readonly now: EpochMs | null;
}

/** Earlier is not a time but a zero that nobody filled in. */
const FIRST_TIME = 631_152_000_000;

const MONTHS = ['Jan', 'Feb', 'Mar', 'Apr', 'May', 'Jun', 'Jul', 'Aug', 'Sep', 'Oct', 'Nov', 'Dec'];
const WEEKDAYS = ['Thu', 'Fri', 'Sat', 'Sun', 'Mon', 'Tue', 'Wed'];

/** Dollars; a real minus sign, and a dash for what is not known. */
export function amount(value: ShownMoney): Html {
  return value === null ? unknown() : html`<span class="v">${sign(value, false)}${digits(value)}</span>`;
}

/** As `amount`, with a plus sign: gain and loss are told by sign, the colour only repeats it. */
export function gain(value: ShownMoney): Html {
  if (value === null) return unknown();
  const exact = round(value);
  const kind = exact > 0 ? 'up' : exact < 0 ? 'down' : 'even';
  return html`<span class="v ${kind}">${sign(value, true)}${digits(value)}</span>`;
}

export function count(value: number): Html {
  return html`<span class="v">${sign(value, false)}${Math.abs(value).toLocaleString('en-US')}</span>`;
}

export function gainText(value: number): string {
  return `${sign(value, true)}${digits(value)}`;
}

/** `14:05`, with the day in front when it is another day than the snapshot's; a dash for a time that never was. */
export function timeOfDay(at: EpochMs, today: EpochMs): Html {
  if (!(at > FIRST_TIME)) return unknown();
  const text = newYorkText(at);
  const day = text.slice(0, 10) === newYorkText(today).slice(0, 10) ? '' : `${shortDate(text.slice(0, 10))} `;
  return html`<time datetime="${isoInstant(at)}">${day}${text.slice(11, 16)}</time>`;
}

/** `Fri 20 Mar 2026, 10:36 ET` */
export function dayAndTime(at: EpochMs): Html {
  const text = newYorkText(at);
  const date = text.slice(0, 10);
  const weekday = WEEKDAYS[((epochDay(date) % 7) + 7) % 7];
  const day = `${weekday} ${shortDate(date)} ${date.slice(0, 4)}`;
  // Whole minutes in the attribute too, or this would be another text with every millisecond.
  return html`<time datetime="${isoInstant(Math.floor(at / MINUTE_MS) * MINUTE_MS)}">${day}, <b>${text.slice(11, 16)}</b> ET</time>`;
}

/** `2026-03-20` → `20 Mar` */
export function shortDate(date: string): string {
  return `${Number(date.slice(8, 10))} ${MONTHS[Number(date.slice(5, 7)) - 1]}`;
}

/** How long ago something was, marked in a word as well as in looks once it is older than `staleMs`. */
export function age(view: View, at: EpochMs, staleMs: number | null): Html {
  const passed = view.now === null ? null : view.now - at;
  const stale = staleMs !== null && passed !== null && passed > staleMs;
  return html`<time class="age${stale ? ' stale' : ''}" data-age="${at}" data-stale="${staleMs ?? ''}" datetime="${isoInstant(at)}">${
    passed === null ? '' : ageText(passed, stale)
  }</time>`;
}

/**
 * Also put, as it stands, in front of the script that the browser gets: server and browser must count alike. So it may use
 * nothing from outside itself.
 */
export function ageText(passedMs: number, stale: boolean): string {
  const seconds = Math.max(0, Math.floor(passedMs / 1000));
  const minutes = Math.floor(seconds / 60);
  const hours = Math.floor(minutes / 60);
  const word = stale ? 'stale, ' : '';
  if (seconds < 60) return `${word}${seconds} s old`;
  if (minutes < 60) return `${word}${minutes} min old`;
  if (hours < 48) return `${word}${hours} h ${minutes % 60} min old`;
  return `${word}${Math.floor(hours / 24)} days old`;
}

/** `Mode` → `mode`, `noTrade` → `no trade`: the words of the record as they are read. */
export function words(name: string): string {
  return name
    .replace(/([a-z])([A-Z])/g, '$1 $2')
    .replace(/[-_]/g, ' ')
    .toLowerCase();
}

export function capital(text: string): string {
  return text.slice(0, 1).toUpperCase() + text.slice(1);
}

function isoInstant(at: EpochMs): string {
  return Temporal.Instant.fromEpochMilliseconds(Math.round(at)).toString();
}

function unknown(): Html {
  return html`<span class="v none"><span aria-hidden="true">–</span><span class="sr">unknown</span></span>`;
}

function sign(value: number, plus: boolean): string {
  const exact = round(value);
  return exact < 0 ? '−' : exact > 0 && plus ? '+' : '';
}

function digits(value: number): string {
  const exact = Math.abs(round(value));
  const decimals = Number.isInteger(round(exact * 100)) ? 2 : 4;
  return exact.toLocaleString('en-US', { minimumFractionDigits: 2, maximumFractionDigits: decimals });
}

/** To the four decimals that money has. */
function round(value: number): number {
  return Math.round(value * 10_000) / 10_000;
}
