/** Everything that can be wrong with a row or a value, in the words of the report. */
export const REJECTED = {
  columns: 'wrong number of columns',
  broken: 'broken value',
  holiday: 'no session on that date',
  expired: 'expiration before the date',
  backward: 'time goes backward',
  repeated: 'same contract or date again',
  nothing: 'nothing in it',
  splitDay: 'split day: already in the new shares',
  close: 'empty close',
  listing: 'an earlier holder of the ticker',
  openInterest: 'open interest without a quote or trade',
  entry: 'name of the archived file not understood',
} as const;

export const BLANKED = {
  bothZero: 'bid and ask both zero',
  unquotedVolatility: 'implied volatility of a quote of zero',
  zeroVolatility: 'implied volatility of zero',
  failedVolatility: 'implied volatility of 0.00001 or less',
  oddVolatility: 'implied volatility below 0.1 % or above 1,000 %',
  delta: 'delta that its right cannot have',
  negative: 'negative price or size',
  last: 'last price of zero',
  spot: 'close outside its own day',
  splitDay: 'split day: last price may be in the old shares',
} as const;

export const FLAGGED = {
  crossed: 'bid above ask',
  locked: 'bid equals ask',
  outside: 'taken outside the session',
  saturday: 'expiration on a closed day, moved to the session before',
  range: 'open or close outside the range of its day',
  split: 'split read off the strikes',
  later: 'later than its name says',
} as const;

export type Reject = keyof typeof REJECTED;
export type Blank = keyof typeof BLANKED;
export type Flag = keyof typeof FLAGGED;
