/** What the market says of one contract at one moment; prices in dollars, `null` = nothing. */
export interface Row {
  readonly bid: number | null;
  readonly ask: number | null;
  readonly last: number | null;
  readonly volume: number | null;
  readonly openInterest: number | null;
  readonly impliedVolatility: number;
}

export interface Contract {
  /** Days since 1970-01-01. */
  readonly expiration: number;
  readonly strike: number;
  readonly right: number;
}

/** A day of one symbol: `rows[s][c]` is contract c in snapshot s. */
export interface SymbolDay {
  readonly contracts: readonly Contract[];
  readonly spots: readonly number[];
  readonly rows: readonly (readonly Row[])[];
}
