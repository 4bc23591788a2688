import type { EpochMs, IsoDate } from '../calendar/time.ts';
import type { OptionContract } from '../market/contract.ts';
import type { Money } from '../market/money.ts';

/** A rule that spoke, and what it said in a sentence that a person can read. */
export interface Reason {
  /** Stable name: `quote-age`, `delta`, `spread`, `cash-secured` … */
  readonly rule: string;
  readonly text: string;
}

export interface ScorePart {
  readonly name: 'credit' | 'riskReward' | 'probability' | 'expectedReturn' | 'ivRank';
  readonly weight: number;
  /** 0–100, or `null` when it could not be known: it then takes no credit, but keeps its weight. */
  readonly value: number | null;
  readonly note: string;
}

/** One contract that was looked at, with its figures, its score and what speaks against it. */
export interface Candidate {
  readonly key: string;
  readonly instrument: OptionContract;
  readonly conId: number;
  readonly daysToExpiration: number;
  readonly bid: Money;
  readonly ask: Money;
  readonly delta: number;
  readonly impliedVolatility: number;
  readonly openInterest: number;
  readonly volume: number;
  readonly quotedAt: EpochMs;
  /** Mid rounded to the tick in the safe direction, per share. */
  readonly limit: Money;
  /** Strike × multiplier − credit, for one contract. */
  readonly capitalAtRisk: Money;
  /** 0–100. */
  readonly score: number;
  readonly parts: readonly ScorePart[];
  /** Empty = nothing speaks against it. */
  readonly against: readonly Reason[];
}

/** What a strategy answered for one symbol at one moment. "No trade" is an answer like any other. */
export interface Decision {
  readonly id: string;
  readonly at: EpochMs;
  readonly tradingDay: IsoDate;
  readonly task: string;
  readonly strategy: string;
  readonly symbol: string;
  readonly outcome: 'trade' | 'noTrade';
  /** The one to be ordered; `null` for no trade. */
  readonly chosen: Candidate | null;
  /** Why, in the order in which the rules spoke. */
  readonly reasons: readonly Reason[];
  /** Everything that was scored, in full, best first. */
  readonly candidates: readonly Candidate[];
  /** How many contracts each rule ruled out. */
  readonly ruledOut: Readonly<Record<string, number>>;
  /** The same by name: the keys of the contracts that each rule ruled out. Empty where nobody will ask. */
  readonly outByRule: Readonly<Record<string, readonly string[]>>;
  readonly considered: number;
}
