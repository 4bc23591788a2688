import { newYorkDate } from '../../core/calendar/new-york.ts';
import { type EpochMs, epochDay, type IsoDate, isoDate } from '../../core/calendar/time.ts';
import type { Chain } from '../../core/market/chain.ts';
import type { FeeTable } from '../../core/market/fees.ts';
import { orderFees } from '../../core/market/fees.ts';
import { ivRank } from '../../core/market/iv-rank.ts';
import { dollars, money } from '../../core/market/money.ts';
import { optionTicks, type Ticks } from '../../core/market/ticks.ts';
import type { Candidate } from '../../core/strategy/decision.ts';
import { type PutWriteOptions, proposePutWrite } from '../../core/strategy/put-write.ts';
import type { ScoreModel } from '../../core/strategy/score.ts';
import { decisionDates, type ResearchInput, type ResearchSymbol } from '../../work/workflows/research-input.ts';
import { modelledChain } from './modelled-chain.ts';

/** A day on which the strategy may be asked, and the closes that tell what became of its answer. */
export interface DecisionDay {
  readonly date: IsoDate;
  readonly now: EpochMs;
  readonly chain: Chain;
  readonly ticks: Ticks;
  readonly ivRank: number | null;
  readonly closes: ReadonlyMap<IsoDate, number>;
  readonly lastClose: IsoDate;
}

/** One put that was sold and held to its expiration. Returns are on the cash that secured it. */
export interface Trade {
  readonly days: number;
  readonly result: number;
}

/** So that cash never decides in research. */
const ANY_CASH = money(10_000_000);

/** The days of an input, oldest first: collected chains where there are some, modelled ones for the rest. */
export function decisionDays(input: ResearchInput): readonly DecisionDay[] {
  return input.symbols.flatMap((symbol) => daysOf(symbol, input));
}

/** What the very decision code would have sold on a day, and what that came to; `null` = nothing, or not known yet. */
export function tradeOn(
  day: DecisionDay,
  about: { readonly options: PutWriteOptions; readonly model: ScoreModel; readonly fees: FeeTable },
): Trade | null {
  const { chain, now, ticks } = day;
  const decision = proposePutWrite({
    ...{ ...about, chain, now, ticks, ivRank: day.ivRank, mostCash: ANY_CASH },
    ...{ id: day.date, task: 'research' },
  });
  return decision.chosen === null ? null : outcomeOf(day, decision.chosen, about.fees);
}

function daysOf(symbol: ResearchSymbol, { from, before }: ResearchInput): DecisionDay[] {
  const closes = new Map(symbol.closes.map(([date, close]) => [date, dollars(close)]));
  const volatility = new Map(symbol.impliedVolatility);
  const known = symbol.impliedVolatility.map(([, value]) => value);
  const collected = new Map(symbol.chains.map((chain) => [newYorkDate(chain.takenAt), chain]));
  const lastClose = symbol.closes.at(-1)?.[0] ?? '';
  const ticks = optionTicks(symbol.symbol, symbol.inPennyProgram);
  const days: DecisionDay[] = [];
  const wanted = new Set(decisionDates(symbol.closes));
  symbol.closes.forEach(([date, close]) => {
    if (date < from || date >= before || !wanted.has(date)) return;
    const today = volatility.get(date);
    const stored = collected.get(date);
    if (stored === undefined && !(today !== undefined && today > 0)) return;
    const chain = stored ?? modelledChain({ symbol: symbol.symbol, date, close, volatility: today as number });
    const past = known.slice(
      0,
      symbol.impliedVolatility.findIndex(([other]) => other >= date),
    );
    const rank = ivRank(past, today ?? null);
    days.push({ date, now: chain.takenAt, chain, ticks, ivRank: rank, closes, lastClose });
  });
  return days;
}

function outcomeOf(day: DecisionDay, chosen: Candidate, fees: FeeTable): Trade | null {
  const { instrument, limit, daysToExpiration } = chosen;
  const close = settlement(day, instrument.expiration);
  if (close === null || daysToExpiration <= 0) return null;
  const strike = dollars(instrument.strike);
  const shares = instrument.multiplier;
  const order = { kind: 'option', side: 'sell', quantity: 1, price: limit, multiplier: shares } as const;
  const cost = dollars(orderFees({ ...order, date: day.date, contractsThisMonth: 0 }, fees).total);
  const profit = (dollars(limit) - Math.max(0, strike - close)) * shares - cost;
  return { days: daysToExpiration, result: profit / (strike * shares) };
}

/** The close on the expiration, or the last one before it when that day has none. */
function settlement({ closes, lastClose }: DecisionDay, expiration: IsoDate): number | null {
  if (expiration > lastClose) return null;
  for (let day = epochDay(expiration), back = 0; back < 5; day -= 1, back += 1) {
    const close = closes.get(isoDate(day));
    if (close !== undefined) return close;
  }
  return null;
}
