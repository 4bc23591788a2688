import type { EpochMs } from '../../core/calendar/time.ts';
import type { ShownConnection, ShownPosition, StatusSnapshot } from '../status/snapshot.ts';
import { ageText, clockText, count, dollars, ROWS, row } from './text-rows.ts';

/** In the order in which they are turned. */
export const PAGES = ['market', 'trading', 'positions', 'system', 'research'] as const;
export type Page = (typeof PAGES)[number];

/** What the pages are made from. */
export type PageFacts = Pick<
  StatusSnapshot,
  | 'mode'
  | 'phase'
  | 'trading'
  | 'breakers'
  | 'guard'
  | 'lights'
  | 'profit'
  | 'positions'
  | 'orders'
  | 'schedule'
  | 'connections'
  | 'data'
>;

export interface Screen {
  readonly page: Page | 'alert';
  /** As many as the display has, each as long as it is. */
  readonly rows: readonly string[];
}

/** What is shown while nobody turns. */
export function homePage(mode: StatusSnapshot['mode']): Page {
  return mode === 'prep' ? 'market' : mode;
}

/** All pages in order. A page with more rows than the display has goes on on the next screen. */
export function pagesOf(facts: PageFacts, now: EpochMs): readonly Screen[] {
  return PAGES.flatMap((page) => screensOf(page, BODIES[page](facts, now), now));
}

const BODY_ROWS = ROWS - 1;
const MOST_ROWS = 15;
const ENDED = new Set(['filled', 'cancelled', 'rejected']);

function screensOf(page: Page, rows: readonly string[], now: EpochMs): Screen[] {
  const more = rows.length - MOST_ROWS;
  const shown = more > 0 ? [...rows.slice(0, MOST_ROWS - 1), row(`and ${more + 1} more`)] : rows;
  const screens = Math.max(1, Math.ceil(shown.length / BODY_ROWS));
  return Array.from({ length: screens }, (_, index) => {
    const title = page.toUpperCase();
    const header = row(screens === 1 ? title : `${title} ${index + 1}/${screens}`, clockText(now));
    const body = Array.from({ length: BODY_ROWS }, (_, line) => shown[index * BODY_ROWS + line] ?? row(''));
    return { page, rows: [header, ...body] };
  });
}

const BODIES: Readonly<Record<Page, (facts: PageFacts, now: EpochMs) => readonly string[]>> = {
  market: ({ phase, mode, data }, now) => [
    row(phase, mode),
    ...data.map(({ symbol, spot, quotedAt, complete }) =>
      row(symbol, `${dollars(spot)} ${ageText(quotedAt, now)}${complete ? '' : '!'}`),
    ),
  ],

  trading: ({ trading, breakers, orders, profit }) => [
    row(
      breakers[0] === undefined ? trading.state : `${trading.state}: ${breakers[0].title}`,
      `${orders.filter(({ state }) => !ENDED.has(state)).length} work`,
    ),
    row('Day', dollars(profit.day, 'signed')),
    row('Equity', dollars(profit.equity)),
    row('Open', dollars(profit.open, 'signed')),
    row('Cash', dollars(profit.cash)),
    row('Secured', dollars(profit.secured)),
  ],

  positions: ({ positions }) => (positions.length === 0 ? [row('none')] : positions.map(positionRow)),

  system: ({ lights, guard, connections }) => [
    row(lights.system.meaning),
    ...(guard === null ? [] : [row(`Guard ${guard.state}`, guard.open ? 'open' : 'closed')]),
    ...[...connections]
      .filter(({ name, state }) => state !== 'off' && name !== 'Guard')
      .sort((one, other) => URGENCY[one.state] - URGENCY[other.state])
      .map(({ name, state }) => row(name, state)),
  ],

  research: ({ lights, schedule: { budget, running, plan } }) => [
    row(lights.research.meaning, `${hours(budget.usedHours)} of ${hours(budget.researchHours)}h`),
    ...running.map(({ title, progress }) =>
      row(title, progress === null ? 'runs' : `${count(progress.done)}/${count(progress.of)}`),
    ),
    ...plan.map(({ title, start }) => row(`${clockText(start)} ${title}`)),
  ],
};

const URGENCY: Readonly<Record<ShownConnection['state'], number>> = { failed: 0, warning: 1, ok: 2, off: 3 };

/** Not ours: with a star. */
function positionRow({ name, quantity, daysToExpiration, unrealized, foreign }: ShownPosition): string {
  const days = daysToExpiration === null ? '' : ` ${count(daysToExpiration)}d`;
  return row(`${foreign ? '*' : ''}${count(quantity)} ${short(name)}${days}`, dollars(unrealized, 'signed', 0));
}

/** `SPY 635 put 2026-04-17` as `SPY 635P`. */
function short(name: string): string {
  return name.replace(/ (put|call) \d{4}-\d\d-\d\d$/, (_, right: string) => (right === 'put' ? 'P' : 'C'));
}

function hours(value: number): string {
  return Number.isFinite(value) ? value.toFixed(value < 10 ? 1 : 0) : '--';
}
