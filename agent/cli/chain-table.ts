import { newYorkDay, newYorkText } from '../core/calendar/new-york.ts';
import { type EpochDay, type IsoDate, isoDate } from '../core/calendar/time.ts';
import { atTheMoneyVolatility } from '../core/market/atm.ts';
import { MISSING, PUT } from '../core/market/chain.ts';
import { describeFlags } from '../core/market/chain-flags.ts';
import { ivPercentile } from '../core/market/iv-percentile.ts';
import { ivRank } from '../core/market/iv-rank.ts';
import { formatMoney, type Money } from '../core/market/money.ts';
import { type ExpirationVolatility, volatilityByExpiration } from '../core/market/volatility-by-expiration.ts';
import {
  CHAIN_ENGINES,
  type ChainGreeks,
  DERIVED_DELTA,
  DERIVED_GREEKS,
  DERIVED_VOLATILITY,
} from '../core/pricing/chain-greeks.ts';

export interface ShownChain extends ChainGreeks {
  readonly flags: Uint16Array;
  /** Only this one; `null` = all. */
  readonly expiration: EpochDay | null;
  /** Interest rate and the day since when it holds; `null` = none is known, and zero was taken. */
  readonly rate: { readonly rate: number; readonly since: IsoDate } | null;
  /** Daily implied volatility of the year before the chain's day. */
  readonly history: readonly number[];
}

const HEADS = [
  'expires',
  'days',
  'strike',
  '',
  'bid',
  'ask',
  'last',
  'volume',
  'open int',
  'IV',
  'delta',
  'gamma',
  'theta',
  'vega',
  'engine',
];
const DOLLAR = 10_000;

/** The chain for people. A star marks what is not the vendor's but derived. */
export function chainTable(shown: ShownChain): string {
  const { chain } = shown;
  const rows = rowsOf(shown);
  const cells = rows.map((row) => [...rowCells(shown, row), describeFlags(shown.flags[row] as number)]);
  const widths = HEADS.map((head, i) => Math.max(head.length, ...cells.map((row) => (row[i] as string).length)));
  const line = (row: readonly string[]): string =>
    row
      .map((cell, i) => cell.padStart(widths[i] ?? 0))
      .join('  ')
      .trimEnd();
  const flagged = rows.filter((row) => shown.flags[row] !== 0).length;
  const spot = chain.spot === null ? 'unknown' : `${formatMoney(chain.spot)} of ${newYorkText(chain.spotAt)}`;
  const head = [
    `${chain.symbol}  taken ${newYorkText(chain.takenAt)}, ${chain.complete ? 'complete' : 'INCOMPLETE'}`,
    `spot ${spot}`,
    `${rows.length} contracts, ${flagged} flagged; a star marks what was derived, ${rateText(shown.rate)}`,
    standing(shown),
    '',
  ];
  return [...head, line([...HEADS, 'flags']), ...cells.map(line), '', ...termLines(shown), ''].join('\n');
}

/** The same for programs: prices in dollars, `null` where unknown. */
export function chainJson(shown: ShownChain): object {
  const { chain, derived, engine, flags, rate } = shown;
  const { symbol, complete } = chain;
  const instant = (at: number): string => Temporal.Instant.fromEpochMilliseconds(at).toString();
  return {
    symbol,
    takenAt: instant(chain.takenAt),
    complete,
    spot: chain.spot === null ? null : chain.spot / DOLLAR,
    spotAt: chain.spot === null ? null : instant(chain.spotAt),
    rate: rate?.rate ?? null,
    rateSince: rate?.since ?? null,
    ivRank: ivRank(shown.history, atTheMoneyVolatility(chain, chain.takenAt)),
    ivPercentile: ivPercentile(shown.history, atTheMoneyVolatility(chain, chain.takenAt)),
    expirations: termOf(shown).map((term) => ({ ...term, expiration: isoDate(term.expiration) })),
    rows: rowsOf(shown).map((row) => ({
      expiration: isoDate(chain.expiration[row] as number),
      strike: (chain.strike[row] as number) / DOLLAR,
      right: chain.right[row] === PUT ? 'P' : 'C',
      bid: dollarsAt(chain.bid, row),
      ask: dollarsAt(chain.ask, row),
      last: dollarsAt(chain.last, row),
      volume: wholeAt(chain.volume, row),
      openInterest: wholeAt(chain.openInterest, row),
      impliedVolatility: realAt(chain.impliedVolatility, row),
      delta: realAt(chain.delta, row),
      gamma: realAt(chain.gamma, row),
      theta: realAt(chain.theta, row),
      vega: realAt(chain.vega, row),
      derived: derived[row] !== 0,
      engine: CHAIN_ENGINES[engine[row] as number] ?? null,
      flags: describeFlags(flags[row] as number),
    })),
  };
}

function rowsOf({ chain, expiration }: ShownChain): number[] {
  const rows = Array.from({ length: chain.size }, (_, row) => row);
  return expiration === null ? rows : rows.filter((row) => chain.expiration[row] === expiration);
}

function rowCells({ chain, derived, engine }: ShownChain, row: number): string[] {
  const bits = derived[row] as number;
  const star = (value: number, digits: number, bit: number): string =>
    Number.isNaN(value) ? '' : `${value.toFixed(digits)}${bits & bit ? '*' : ''}`;
  const expiration = chain.expiration[row] as number;
  return [
    isoDate(expiration),
    String(expiration - newYorkDay(chain.takenAt)),
    formatMoney(chain.strike[row] as Money),
    chain.right[row] === PUT ? 'P' : 'C',
    priceCell(chain.bid, row),
    priceCell(chain.ask, row),
    priceCell(chain.last, row),
    sizeCell(chain.volume, row),
    sizeCell(chain.openInterest, row),
    star((chain.impliedVolatility[row] as number) * 100, 2, DERIVED_VOLATILITY),
    star(chain.delta[row] as number, 3, DERIVED_DELTA),
    star(chain.gamma[row] as number, 4, DERIVED_GREEKS),
    star(chain.theta[row] as number, 3, DERIVED_GREEKS),
    star(chain.vega[row] as number, 3, DERIVED_GREEKS),
    CHAIN_ENGINES[engine[row] as number] ?? '',
  ];
}

function rateText(known: ShownChain['rate']): string {
  return known === null
    ? 'without interest: the store has no rate'
    : `with the rate of ${percent(known.rate)} since ${known.since}`;
}

function standing({ chain, history }: ShownChain): string {
  const today = atTheMoneyVolatility(chain, chain.takenAt);
  const rank = ivRank(history, today);
  const below = ivPercentile(history, today);
  const text = today === null ? 'unknown' : percent(today);
  const days = `over ${history.length} days`;
  if (rank === null || below === null) return `implied volatility at the money ${text}; rank unknown ${days}`;
  return `implied volatility at the money ${text}; rank ${rank.toFixed(0)}, percentile ${below.toFixed(0)} ${days}`;
}

function termOf({
  chain,
  forwards,
  expiration,
}: ShownChain): (ExpirationVolatility & { forward: number | null; rate: number | null })[] {
  return volatilityByExpiration(chain, forwards)
    .map((term, i) => {
      const { forward = null, rate = null } = forwards[i] ?? {};
      return { ...term, forward: forward === null ? null : forward / DOLLAR, rate };
    })
    .filter((term) => expiration === null || term.expiration === expiration);
}

function termLines(shown: ShownChain): string[] {
  const optional = (value: number | null, show: (value: number) => string): string =>
    value === null ? '-' : show(value);
  return termOf(shown).map(
    (term) =>
      `${isoDate(term.expiration)}  forward ${optional(term.forward, (value) => value.toFixed(2))}` +
      `  parity rate ${optional(term.rate, percent)}  at the money ${optional(term.atTheMoney, percent)}` +
      `  25-delta skew ${optional(term.skew25, percent)}`,
  );
}

function percent(value: number): string {
  return `${(value * 100).toFixed(2)} %`;
}

function priceCell(column: Int32Array, row: number): string {
  return column[row] === MISSING ? '' : formatMoney(column[row] as Money);
}

function sizeCell(column: Int32Array, row: number): string {
  return column[row] === MISSING ? '' : String(column[row]);
}

function dollarsAt(column: Int32Array, row: number): number | null {
  return column[row] === MISSING ? null : (column[row] as number) / DOLLAR;
}

function wholeAt(column: Int32Array, row: number): number | null {
  return column[row] === MISSING ? null : (column[row] as number);
}

function realAt(column: Float64Array, row: number): number | null {
  return Number.isNaN(column[row]) ? null : (column[row] as number);
}
