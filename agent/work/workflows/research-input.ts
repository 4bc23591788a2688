import type { IsoDate } from '../../core/calendar/time.ts';
import type { Chain } from '../../core/market/chain.ts';
import type { FeeTable } from '../../core/market/fees.ts';
import type { Money } from '../../core/market/money.ts';
import type { PutWriteOptions } from '../../core/strategy/put-write.ts';
import type { ScoreModel } from '../../core/strategy/score.ts';
import type { ResearchScore } from '../../edges/store/schedule-records.ts';

/** The work that a research child knows. */
export type ResearchWork = 'search' | 'validate';

/** A new position each week is enough: neighbouring days say nearly the same. */
const EVERY = 5;

/** The days of a history on which a put may be sold. */
export function decisionDates(closes: ResearchSymbol['closes']): readonly IsoDate[] {
  return closes.filter((_, index) => index % EVERY === 0).map(([date]) => date);
}

/** What may differ from one setting to another. */
export type PutWriteSettings = Pick<
  PutWriteOptions,
  'minDelta' | 'maxDelta' | 'minDaysToExpiration' | 'maxDaysToExpiration' | 'minScore'
>;

export interface ResearchSymbol {
  readonly symbol: string;
  readonly inPennyProgram: boolean;
  /** Oldest first. */
  readonly closes: readonly (readonly [IsoDate, Money])[];
  readonly impliedVolatility: readonly (readonly [IsoDate, number])[];
  /** One for each day that has been collected: it takes the place of the modelled one. */
  readonly chains: readonly Chain[];
}

/** Plain values and columns only: it goes to another process. */
export interface ResearchInput {
  readonly symbols: readonly ResearchSymbol[];
  readonly options: PutWriteOptions;
  readonly model: ScoreModel;
  readonly fees: FeeTable;
  /** Days on which a put may be sold: [from, before). */
  readonly from: IsoDate;
  readonly before: IsoDate;
  /** search: settings number `first` to `first + count - 1` of the sequence that belongs to the seed. */
  readonly seed: number;
  readonly first: number;
  readonly count: number;
  /** validate: these, and what is configured beside them. */
  readonly candidates: readonly PutWriteSettings[];
}

export interface ResearchOutput {
  readonly done: number;
  readonly of: number;
  /** Best first. */
  readonly best: readonly ScoredSettings[];
  /** Of what is configured now, on the same days; `null` = it would not have traded often enough to say. */
  readonly configured: ResearchScore | null;
  /** Days on which a decision could be made. */
  readonly days: number;
}

export interface ScoredSettings extends ResearchScore {
  readonly settings: PutWriteSettings;
}
