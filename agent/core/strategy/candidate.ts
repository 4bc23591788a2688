import { isPlausibleExpiration } from '../calendar/expirations.ts';
import { newYorkDate, newYorkDay } from '../calendar/new-york.ts';
import { type EpochMs, isoDate } from '../calendar/time.ts';
import { type Chain, MISSING, PUT } from '../market/chain.ts';
import { instrumentKey, type OptionContract } from '../market/contract.ts';
import { type FeeTable, orderFees } from '../market/fees.ts';
import { mid } from '../market/mid.ts';
import { dollars, type Money, subtract, times } from '../market/money.ts';
import { roundToTick, type Ticks } from '../market/ticks.ts';
import type { Candidate, Reason } from './decision.ts';
import { type Score, type ScoreModel, scorePut } from './score.ts';

/** Of the price, and of the spot for interest and dividends: how far a price may lie from what its volatility makes of it. */
const PRICE_TOLERANCE = 0.2;
const SPOT_TOLERANCE = 0.002;

export interface CandidateRequest {
  readonly chain: Chain;
  readonly row: number;
  readonly now: EpochMs;
  readonly ticks: Ticks;
  readonly fees: FeeTable;
  readonly ivRank: number | null;
  readonly model: ScoreModel;
  readonly minScore: number;
}

/** One row of a chain in full. The row must have passed the selection: bid, ask, delta, volatility and spot are there. */
export function putCandidate(request: CandidateRequest): Candidate {
  const { chain, row, now, ticks } = request;
  const bid = chain.bid[row] as Money;
  const ask = chain.ask[row] as Money;
  const middle = mid(bid, ask);
  if (middle === null || chain.spot === null) throw new Error(`row ${row} of ${chain.symbol} has no market`);
  const instrument = optionAt(chain, row);
  const limit = roundToTick(middle, ticks, 'sell');
  const score = scoreAt(request, limit);
  return {
    key: instrumentKey(instrument),
    instrument,
    conId: chain.conId[row] as number,
    daysToExpiration: (chain.expiration[row] as number) - newYorkDay(now),
    bid,
    ask,
    delta: chain.delta[row] as number,
    impliedVolatility: chain.impliedVolatility[row] as number,
    openInterest: known(chain.openInterest[row] as number),
    volume: known(chain.volume[row] as number),
    quotedAt: chain.quotedAt[row] as number,
    limit,
    capitalAtRisk: times(subtract(instrument.strike, limit), chain.multiplier),
    score: score.total,
    parts: score.parts,
    against: [
      ...contractReasons(request, instrument, limit),
      ...priceReasons(request, score),
      ...scoreReasons(request, score),
    ],
  };
}

/** The contract of one row. */
export function optionAt(chain: Chain, row: number): OptionContract {
  return {
    kind: 'option',
    symbol: chain.symbol,
    tradingClass: chain.symbol,
    expiration: isoDate(chain.expiration[row] as number),
    strike: chain.strike[row] as Money,
    right: chain.right[row] === PUT ? 'P' : 'C',
    multiplier: chain.multiplier,
  };
}

function scoreAt({ chain, row, now, fees, ivRank, model }: CandidateRequest, limit: Money): Score {
  const { multiplier } = chain;
  const cost = orderFees(
    {
      kind: 'option',
      side: 'sell',
      quantity: 1,
      price: limit,
      multiplier,
      date: newYorkDate(now),
      contractsThisMonth: 0,
    },
    fees,
  );
  return scorePut(
    {
      spot: dollars(chain.spot as Money),
      strike: dollars(chain.strike[row] as Money),
      daysToExpiration: (chain.expiration[row] as number) - newYorkDay(now),
      credit: dollars(limit),
      halfSpread: dollars(subtract(limit, chain.bid[row] as Money)),
      fees: dollars(cost.total) / multiplier,
      delta: chain.delta[row] as number,
      impliedVolatility: chain.impliedVolatility[row] as number,
      ivRank,
    },
    model,
  );
}

function contractReasons(request: CandidateRequest, instrument: OptionContract, limit: Money): Reason[] {
  const reasons: Reason[] = [];
  if (!isPlausibleExpiration(instrument.expiration)) {
    reasons.push({ rule: 'expiration', text: `the exchange is closed on ${instrument.expiration}` });
  }
  if (instrument.multiplier !== 100) {
    reasons.push({ rule: 'adjusted', text: `a contract delivers ${instrument.multiplier} shares, not 100` });
  }
  if (limit > (request.chain.ask[request.row] as number)) {
    reasons.push({ rule: 'tick', text: 'no price on the tick grid lies between mid and ask' });
  }
  return reasons;
}

/** Price and volatility must tell the same story: one of them is old or wrong when they do not. */
function priceReasons({ chain, row }: CandidateRequest, score: Score): Reason[] {
  const bid = dollars(chain.bid[row] as Money);
  const ask = dollars(chain.ask[row] as Money);
  const { fairPrice } = score.figures;
  const slack = PRICE_TOLERANCE * ask + SPOT_TOLERANCE * dollars(chain.spot as Money);
  if (fairPrice >= bid - slack && fairPrice <= ask + slack) return [];
  const text = `its volatility makes it worth ${fairPrice.toFixed(2)}, but the market is ${bid.toFixed(2)} to ${ask.toFixed(2)}`;
  return [{ rule: 'volatility-mismatch', text }];
}

function scoreReasons({ minScore }: CandidateRequest, score: Score): Reason[] {
  const reasons: Reason[] = [];
  const { expectedReturn } = score.figures;
  if (!(expectedReturn > 0)) {
    const text = `expects ${(expectedReturn * 100).toFixed(1)} % a year: the credit does not cover risk, spread and fees`;
    reasons.push({ rule: 'expected-return', text });
  }
  if (!(score.total >= minScore)) {
    reasons.push({ rule: 'score', text: `scores ${score.total.toFixed(1)}, below ${minScore}` });
  }
  return reasons;
}

function known(value: number): number {
  return value === MISSING ? 0 : value;
}
