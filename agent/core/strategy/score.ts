import { normalCumulative } from '../pricing/normal.ts';
import type { ScorePart } from './decision.ts';

/** What the score of one short put is made of. Prices in dollars per share; docs/score.md has the formulas and a worked example. */
export interface ScoreInput {
  readonly spot: number;
  readonly strike: number;
  readonly daysToExpiration: number;
  /** Credit per share at the limit price. */
  readonly credit: number;
  /** Half of ask − bid, per share: what crossing the spread would cost. */
  readonly halfSpread: number;
  /** Fees of the order, per share. */
  readonly fees: number;
  /** Of the put: −1 to 0. */
  readonly delta: number;
  readonly impliedVolatility: number;
  /** 0–100; `null` = unknown. */
  readonly ivRank: number | null;
}

/** A value at or below `zero` earns 0, at or above `full` 100, straight in between. */
export interface Ramp {
  readonly zero: number;
  readonly full: number;
}

type PartName = ScorePart['name'];

export interface ScoreModel {
  readonly weights: Readonly<Record<PartName, number>>;
  readonly ramps: Readonly<Record<PartName, Ramp>>;
  /** What volatility is assumed to turn out to be, as a share of what the option implies. */
  readonly realizedShare: number;
}

export const SCORE_MODEL: ScoreModel = {
  weights: { credit: 0.25, riskReward: 0.15, probability: 0.2, expectedReturn: 0.3, ivRank: 0.1 },
  ramps: {
    credit: { zero: 0.03, full: 0.2 },
    riskReward: { zero: 0.04, full: 0.14 },
    probability: { zero: 0.5, full: 0.85 },
    expectedReturn: { zero: 0, full: 0.03 },
    ivRank: { zero: 10, full: 60 },
  },
  realizedShare: 0.9,
};

const TAIL = 0.05;
/** Of the standard normal distribution, at `TAIL`. */
const TAIL_QUANTILE = -1.6448536269514722;

export interface ScoreFigures {
  /** Per year, of strike − credit. */
  readonly creditYield: number;
  /** Credit ÷ what the put costs on average in the worst 5 % of outcomes (CVaR 95 % before the credit); at most 1. */
  readonly riskReward: number;
  /** That the put expires worthless, read from its delta. */
  readonly probability: number;
  /** Expected profit after half spread and fees, per year, of strike − credit. */
  readonly expectedReturn: number;
  /** What the implied volatility says the put is worth, dollars per share, without interest and dividends. */
  readonly fairPrice: number;
}

export interface Score {
  /** 0–100, one decimal. */
  readonly total: number;
  readonly parts: readonly ScorePart[];
  readonly figures: ScoreFigures;
}

/** Weighted mean of five parts. An unknown IV rank takes no credit and keeps its weight. Inputs must be finite and positive. */
export function scorePut(input: ScoreInput, model: ScoreModel = SCORE_MODEL): Score {
  const figures = figuresOf(input, model);
  const { creditYield, riskReward, probability, expectedReturn } = figures;
  const parts = [
    part(model, 'credit', creditYield, `credit is ${percent(creditYield)} a year on the cash at risk`),
    part(model, 'riskReward', riskReward, `credit is ${percent(riskReward)} of what the worst 5 % of outcomes cost`),
    part(model, 'probability', probability, `${percent(probability)} chance to expire worthless`),
    part(model, 'expectedReturn', expectedReturn, `expects ${percent(expectedReturn)} a year after costs`),
    part(
      model,
      'ivRank',
      input.ivRank,
      input.ivRank === null ? 'IV rank is unknown: no credit for it' : `IV rank is ${input.ivRank.toFixed(0)}`,
    ),
  ];
  let sum = 0;
  let weights = 0;
  for (const { weight, value } of parts) {
    sum += weight * (value ?? 0);
    weights += weight;
  }
  return { total: Math.round((sum / weights) * 10) / 10, parts, figures };
}

function figuresOf(input: ScoreInput, model: ScoreModel): ScoreFigures {
  const { spot, strike, credit, impliedVolatility } = input;
  const days = Math.max(input.daysToExpiration, 1);
  const deviation = impliedVolatility * Math.sqrt(days / 365);
  const atRisk = strike - credit;
  const perYear = 365 / days;
  const worst = tailPayoff(spot, strike, deviation);
  const profit = credit - input.halfSpread - input.fees - expectedPayoff(spot, strike, deviation * model.realizedShare);
  return {
    creditYield: (credit / atRisk) * perYear,
    riskReward: credit / Math.max(worst, credit),
    probability: 1 + input.delta,
    expectedReturn: (profit / atRisk) * perYear,
    fairPrice: expectedPayoff(spot, strike, deviation),
  };
}

/**
 * Mean of max(strike − S, 0) for a lognormal S without drift; `deviation` = volatility × √years. Black (1976) with the
 * spot as forward and no discount.
 */
function expectedPayoff(spot: number, strike: number, deviation: number): number {
  const d1 = Math.log(spot / strike) / deviation + deviation / 2;
  return strike * normalCumulative(deviation - d1) - spot * normalCumulative(-d1);
}

/** Mean of max(strike − S, 0) over the lowest 5 % of the same distribution. */
function tailPayoff(spot: number, strike: number, deviation: number): number {
  const lowest = spot * Math.exp(TAIL_QUANTILE * deviation - (deviation * deviation) / 2);
  if (strike <= lowest) return expectedPayoff(spot, strike, deviation) / TAIL;
  return strike - (spot * normalCumulative(TAIL_QUANTILE - deviation)) / TAIL;
}

function part(model: ScoreModel, name: PartName, value: number | null, note: string): ScorePart {
  const { zero, full } = model.ramps[name];
  const weight = model.weights[name];
  if (value === null) return { name, weight, value: null, note };
  const share = Math.min(Math.max((value - zero) / (full - zero), 0), 1);
  return { name, weight, value: Math.round(share * 1000) / 10, note };
}

function percent(share: number): string {
  return `${(share * 100).toFixed(1)} %`;
}
