import { existsSync } from 'node:fs';
import { DAY_MS, type EpochMs, epochDay, MINUTE_MS } from '../../agent/core/calendar/time.ts';
import { CALL, type Chain, type ChainBuilder, emptyChain, MISSING, PUT } from '../../agent/core/market/chain.ts';
import { type Money, money } from '../../agent/core/market/money.ts';
import { priceEuropeanColumns } from '../../agent/core/pricing/european.ts';
import { optionColumns, valueColumns } from '../../agent/core/pricing/option-columns.ts';
import { recordedDay } from './recorded-day.ts';
import type { Contract, Row, SymbolDay } from './symbol-day.ts';

export const SYMBOLS: readonly string[] = ['SPY', ...Array.from({ length: 9 }, (_, n) => `SYM${n + 1}`)];
export const CONTRACTS = 400;
export const SNAPSHOTS = 78;

const RECORDED = `${import.meta.dirname}/../../../shared/data/intraday_2026/SPY.csv.gz`;
const OPEN = Temporal.Instant.from('2026-03-16T13:30:00Z').epochMilliseconds;
const DAYS_OUT = [4, 18, 32, 60];
const RATE = 0.04;

/**
 * All chains of a day in the order in which they are taken. SPY's own quotes where the recorded market is beside the
 * repository, the other symbols with its prices scaled; otherwise a seeded market for each.
 */
export async function dayOfChains(): Promise<Chain[]> {
  const recorded = existsSync(RECORDED)
    ? await recordedDay(RECORDED, { contracts: CONTRACTS, snapshots: SNAPSHOTS })
    : null;
  const days = SYMBOLS.map((_, n) => (recorded === null ? seededDay(n + 1) : scaled(recorded, 1 - n / 11)));
  return Array.from({ length: SNAPSHOTS }, (_, snapshot) =>
    SYMBOLS.map((symbol, n) => chainOf(symbol, days[n] as SymbolDay, snapshot)),
  ).flat();
}

function chainOf(symbol: string, day: SymbolDay, snapshot: number): Chain {
  const takenAt = OPEN + snapshot * 5 * MINUTE_MS + symbol.length * 250;
  const chain = emptyChain(symbol, day.contracts.length);
  const spot = day.spots[snapshot] as number;
  const whole = (dollars: number | null): number => (dollars === null ? MISSING : money(dollars));
  (day.rows[snapshot] as Row[]).forEach((row, n) => {
    const contract = day.contracts[n] as Contract;
    chain.conId[n] = 650_000_000 + n * 37;
    chain.expiration[n] = contract.expiration;
    chain.strike[n] = money(contract.strike);
    chain.right[n] = contract.right;
    chain.bid[n] = whole(row.bid);
    chain.ask[n] = whole(row.ask);
    chain.last[n] = whole(row.last);
    chain.volume[n] = row.volume ?? MISSING;
    chain.openInterest[n] = row.openInterest ?? MISSING;
    chain.impliedVolatility[n] = row.impliedVolatility;
    // A hundred lines at a time: the first rows are some seconds older than the last.
    chain.quotedAt[n] = takenAt - Math.floor((chain.size - n) / 100) * 2500;
  });
  Object.assign(chain, { takenAt, complete: true, spot: money(spot) as Money, spotAt: takenAt - 400 });
  fillDelta(chain, spot, takenAt);
  return chain;
}

function fillDelta(chain: ChainBuilder, spot: number, takenAt: EpochMs): void {
  const options = optionColumns(chain.size);
  const values = valueColumns(chain.size);
  options.right.set(chain.right);
  options.spot.fill(spot);
  options.rate.fill(RATE);
  options.volatility.set(chain.impliedVolatility);
  for (let row = 0; row < chain.size; row += 1) {
    options.strike[row] = (chain.strike[row] as number) / 10_000;
    options.years[row] = ((chain.expiration[row] as number) + 0.83 - takenAt / DAY_MS) / 365;
  }
  priceEuropeanColumns(options, values);
  chain.delta.set(values.delta);
}

function scaled(day: SymbolDay, factor: number): SymbolDay {
  const price = (dollars: number | null): number | null =>
    dollars === null ? null : Math.round(dollars * factor * 100) / 100;
  return {
    contracts: day.contracts.map((contract) => ({ ...contract, strike: contract.strike * factor })),
    spots: day.spots.map((spot) => spot * factor),
    rows: day.rows.map((rows) =>
      rows.map((row) => ({ ...row, bid: price(row.bid), ask: price(row.ask), last: price(row.last) })),
    ),
  };
}

/** A walking spot, a smile that breathes, spreads in cents, trades here and there. */
function seededDay(seed: number): SymbolDay {
  const next = uniform(seed);
  const normal = (): number => Math.sqrt(-2 * Math.log(1 - next())) * Math.cos(2 * Math.PI * next());
  const today = epochDay('2026-03-16');
  const start = 40 + next() * 600;
  const spacing = start > 250 ? 2.5 : start > 100 ? 1 : 0.5;
  const contracts = DAYS_OUT.flatMap((days) =>
    Array.from({ length: CONTRACTS / DAYS_OUT.length }, (_, n) => ({
      expiration: today + days,
      strike: Math.round(start / spacing + Math.floor(n / 2) - 25) * spacing,
      right: n % 2 === 0 ? CALL : PUT,
    })),
  );
  let level = 0.15 + next() * 0.3;
  let spot = start;
  const spots: number[] = [];
  const rows: Row[][] = [];
  for (let snapshot = 0; snapshot < SNAPSHOTS; snapshot += 1) {
    spot *= Math.exp(level * Math.sqrt(1 / 252 / 78) * normal());
    level *= Math.exp(0.004 * normal());
    spots.push(Math.round(spot * 100) / 100);
    rows.push(contracts.map((contract, n) => quoted({ contract, spot, level, today, before: rows.at(-1)?.[n], next })));
  }
  return { contracts, spots, rows };
}

interface Moment {
  readonly contract: Contract;
  readonly spot: number;
  readonly level: number;
  readonly today: number;
  readonly before: Row | undefined;
  readonly next: () => number;
}

function quoted({ contract, spot, level, today, before, next }: Moment): Row {
  const years = (contract.expiration - today) / 365;
  const moneyness = Math.log(contract.strike / spot) / Math.sqrt(years);
  const volatility = Math.max(0.05, level - 0.08 * moneyness + 0.15 * moneyness ** 2) + (next() - 0.5) * 0.002;
  const options = optionColumns(1);
  const values = valueColumns(1);
  options.right[0] = contract.right;
  options.spot[0] = spot;
  options.strike[0] = contract.strike;
  options.years[0] = years;
  options.rate[0] = RATE;
  options.volatility[0] = volatility;
  priceEuropeanColumns(options, values);
  const price = values.price[0] as number;
  const half = 0.01 + price * 0.005 + next() * 0.01;
  const traded = next() < 0.3 ? Math.floor(next() * 40) : 0;
  const cents = (dollars: number): number => Math.max(0, Math.round(dollars * 100) / 100);
  return {
    bid: cents(price - half),
    ask: cents(price + half),
    last: traded > 0 || before === undefined ? cents(price) : before.last,
    volume: (before?.volume ?? 0) + traded,
    openInterest: before?.openInterest ?? Math.floor(next() * 5000),
    impliedVolatility: Math.round(volatility * 1e5) / 1e5,
  };
}

/** Numbers in [0, 1), the same for the same seed. Source: Marsaglia, xorshift32. */
function uniform(seed: number): () => number {
  let state = Math.imul(seed, 0x9e3779b9) | 1;
  return () => {
    state ^= state << 13;
    state ^= state >>> 17;
    state ^= state << 5;
    return (state >>> 0) / 2 ** 32;
  };
}
