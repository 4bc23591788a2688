import { newYorkDay } from '../calendar/new-york.ts';
import { epochDay, type IsoDate } from '../calendar/time.ts';
import { barAtOrBefore, type DailyBars, firstBars } from './bars.ts';
import { type Chain, MISSING } from './chain.ts';
import type { CorporateAction, Split } from './corporate-action.ts';
import type { Money } from './money.ts';

/** How history is looked at. What is stored stays as it was traded. */
export interface View {
  /** Only what had happened by the end of this day is known: no later bar, and no later split or dividend. */
  readonly asOf: IsoDate;
  readonly adjust: 'none' | 'splits' | 'splits and dividends';
}

const CENT = 100;

/**
 * Bars in the shares of `view.asOf`. A split `from` for `to` divides earlier prices by `to / from` and multiplies earlier
 * volumes; a dividend multiplies earlier prices by 1 - amount / (last close before it), so that a holder's return has no
 * jump. Prices are rounded to 1/10,000 dollar. Source: CRSP, Data Descriptions Guide, factors to adjust price.
 */
export function adjustedBars(bars: DailyBars, actions: readonly CorporateAction[], view: View): DailyBars {
  const out = firstBars(bars, barAtOrBefore(bars, epochDay(view.asOf)) + 1);
  if (view.adjust === 'none') return out;
  const pending = actions
    .filter(({ kind, date }) => date <= view.asOf && (kind === 'split' || kind === 'dividend'))
    .filter(({ kind }) => kind === 'split' || view.adjust === 'splits and dividends')
    .sort((a, b) => (a.date < b.date ? -1 : a.date > b.date ? 1 : 0));
  let price = 1;
  let shares = 1;
  for (let row = out.size - 1; row >= 0; row -= 1) {
    for (let next = pending.at(-1); next && epochDay(next.date) > (out.day[row] as number); next = pending.at(-1)) {
      if (next.kind === 'split') {
        price *= next.from / next.to;
        shares *= next.to / next.from;
      } else if (next.kind === 'dividend') {
        price *= Math.max(0, 1 - next.amount / (bars.close[row] as number));
      }
      pending.pop();
    }
    if (price === 1 && shares === 1) continue;
    for (const column of [out.open, out.high, out.low, out.close]) {
      column[row] = Math.round((column[row] as number) * price);
    }
    out.volume[row] = Math.round((out.volume[row] as number) * shares);
  }
  return out;
}

/**
 * A chain in the shares of `view.asOf`. Strikes are rounded to the cent, as the clearing house rounds them; ordinary
 * dividends do not change options. A chain taken after `asOf` is `null`: it cannot be seen then.
 */
export function adjustedChain(chain: Chain, actions: readonly CorporateAction[], view: View): Chain | null {
  const day = newYorkDay(chain.takenAt);
  if (day > epochDay(view.asOf)) return null;
  const splits = actions.filter((action): action is Split => action.kind === 'split' && action.date <= view.asOf);
  let factor = 1;
  for (const { date, from, to } of splits) if (epochDay(date) > day) factor *= to / from;
  return view.adjust === 'none' || factor === 1 ? chain : dividedChain(chain, factor);
}

function dividedChain(chain: Chain, factor: number): Chain {
  const money = (column: Int32Array): Int32Array => whole(column, (value) => value / factor);
  const number = (column: Int32Array): Int32Array => whole(column, (value) => value * factor);
  return {
    ...chain,
    spot: chain.spot === null ? null : (Math.round(chain.spot / factor) as Money),
    strike: whole(chain.strike, (value) => Math.round(value / factor / CENT) * CENT),
    bid: money(chain.bid),
    ask: money(chain.ask),
    last: money(chain.last),
    volume: number(chain.volume),
    openInterest: number(chain.openInterest),
    gamma: chain.gamma.map((value) => value * factor),
    theta: chain.theta.map((value) => value / factor),
    vega: chain.vega.map((value) => value / factor),
  };
}

function whole(column: Int32Array, change: (value: number) => number): Int32Array {
  return column.map((value) => (value === MISSING ? MISSING : Math.round(change(value))));
}
