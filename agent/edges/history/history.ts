import type { IsoDate } from '../../core/calendar/time.ts';
import type { DailyBars } from '../../core/market/bars.ts';
import type { Chain } from '../../core/market/chain.ts';
import type { CorporateAction } from '../../core/market/corporate-action.ts';

/** A piece of market history. Prices are as they were traded; adjusting is for whoever reads (core/market/adjustment.ts). */
export type HistoryPart =
  | { readonly kind: 'chain'; readonly chain: Chain }
  | { readonly kind: 'bars'; readonly bars: DailyBars }
  | { readonly kind: 'actions'; readonly symbol: string; readonly actions: readonly CorporateAction[] }
  | { readonly kind: 'earnings'; readonly symbol: string; readonly dates: readonly IsoDate[] }
  | { readonly kind: 'rates'; readonly rates: readonly InterestRate[] };

/** From `date` on; continuously compounded per year. */
export interface InterestRate {
  readonly date: IsoDate;
  readonly rate: number;
}

/** What a source may ask of what was read before it. */
export interface KnownHistory {
  actions(symbol: string): Promise<readonly CorporateAction[]>;
  bars(symbol: string): Promise<DailyBars>;
}

/**
 * Market history from somewhere. The chains of a symbol come in the order of time. Trouble with the data is never thrown:
 * what could be read is yielded, the rest is in the reports, which are final when the reading has ended.
 */
export interface HistorySource {
  /** The files it is made of. */
  readonly paths: readonly string[];
  /** Changes when the data does. */
  fingerprint(): Promise<string>;
  read(known: KnownHistory): AsyncIterable<HistoryPart>;
  /** One per file. */
  reports(): readonly FileReport[];
}

/** What became of one file. `rows` = `kept` + all that was rejected. */
export interface FileReport {
  readonly path: string;
  readonly format: string;
  /** Rows of data, without headers. */
  readonly rows: number;
  readonly kept: number;
  /** Rows left out. */
  readonly rejected: readonly Finding[];
  /** Values left out of rows that were kept. */
  readonly blanked: readonly Finding[];
  /** Rows kept although something is odd about them, and splits read off the strikes. */
  readonly flagged: readonly Finding[];
  /** False when the file breaks off or is damaged: what came before was read. */
  readonly complete: boolean;
  /** Why nothing, or not everything, could be read; `null` = no trouble. */
  readonly trouble: string | null;
}

export interface Finding {
  readonly reason: string;
  readonly count: number;
  /** Where it was seen first: line 1 is the first of the file, or of the file in the archive. */
  readonly line: number;
  readonly entry?: string;
}
