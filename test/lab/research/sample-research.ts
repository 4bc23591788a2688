import { sessions } from '../../../agent/core/calendar/sessions.ts';
import { IBKR_TIERED } from '../../../agent/core/market/fee-tables.ts';
import { type Money, money } from '../../../agent/core/market/money.ts';
import { SCORE_MODEL } from '../../../agent/core/strategy/score.ts';
import { stream } from '../../../agent/lab/exchange/random.ts';
import type { ResearchInput } from '../../../agent/work/workflows/research-input.ts';
import { OPTIONS } from '../../core/strategy/sample-request.ts';

/** A year and more of two made-up underlyings; with a drift given, prices do nothing but drift. */
export function sampleResearch(drift: number | null = null): ResearchInput {
  const days = sessions('2025-02-03', '2026-03-20').map(({ date }) => date);
  const symbols = ['AAA', 'BBB'].map((symbol, n) => {
    const next = stream(n + 1);
    let price = 400;
    const closes = days.map((date): readonly [string, Money] => {
      price *= 1 + (drift ?? (next() - 0.49) * 0.02);
      return [date, money(Math.round(price * 100) / 100)];
    });
    const impliedVolatility = days.map((date, i): readonly [string, number] => [date, 0.22 + 0.06 * Math.sin(i / 25)]);
    return { symbol, inPennyProgram: true, closes, impliedVolatility, chains: [] };
  });
  return {
    ...{ symbols, options: { ...OPTIONS, minScore: 50 }, model: SCORE_MODEL, fees: IBKR_TIERED },
    ...{ from: '2025-02-03', before: '9999-12-31', seed: 1, first: 0, count: 0, candidates: [] },
  };
}
