/** What a column of a file may mean. */
export type Field =
  | 'time'
  | 'symbol'
  | 'expiration'
  | 'strike'
  | 'right'
  | 'bid'
  | 'ask'
  | 'last'
  | 'volume'
  | 'openInterest'
  | 'volatility'
  | 'delta'
  | 'gamma'
  | 'theta'
  | 'vega'
  | 'spot'
  | 'tradedAt';

/** How the rows of a file with chains are to be read. */
export interface ChainLayout {
  /**
   * `seconds`: since 1970, a snapshot each. `session`: a date, meaning its close. `pre-open`: a date whose session was over;
   * the newest trade in the file tells when it really was. `file name`: the date in the name, meaning the session before.
   */
  readonly time: 'seconds' | 'session' | 'pre-open' | 'file name';
  readonly fields: Readonly<Partial<Record<Field, string>>>;
  /** Further columns that must be there for the file to be of this format. */
  readonly also: readonly string[];
  readonly volatilityInPercent?: true;
  /** Splits are not told of and have to be read off the strikes. */
  readonly findSplits?: true;
}

/** How most files name a quoted contract. */
const QUOTED = {
  expiration: 'expiration',
  strike: 'strike',
  right: 'type',
  bid: 'bid',
  ask: 'ask',
  last: 'last',
  volume: 'volume',
  openInterest: 'open_interest',
} as const;

const GREEKS = { delta: 'delta', gamma: 'gamma', theta: 'theta', vega: 'vega' } as const;

export const CHAIN_LAYOUTS: Readonly<Record<string, ChainLayout>> = {
  'intraday-snapshots': {
    time: 'seconds',
    fields: {
      time: 'ts_utc',
      ...QUOTED,
      volatility: 'iv',
      spot: 'spot',
    },
    also: [],
  },
  'eod-trades': {
    time: 'session',
    fields: {
      time: 'date',
      expiration: 'expiration',
      strike: 'strike',
      right: 'type',
      last: 'last',
      delta: 'delta',
      volatility: 'iv_pct',
      volume: 'volume',
      openInterest: 'open_interest',
    },
    also: [],
    volatilityInPercent: true,
    findSplits: true,
  },
  'eod-quotes': {
    time: 'session',
    fields: {
      time: 'quotedate',
      symbol: 'underlying',
      expiration: 'expiration',
      strike: 'strike',
      right: 'type',
      bid: 'bid',
      ask: 'ask',
      last: 'last',
      volume: 'volume',
      openInterest: 'openinterest',
      volatility: 'impliedvol',
      ...GREEKS,
      spot: 'underlying_last',
    },
    also: ['optionroot'],
  },
  'pre-open': {
    time: 'pre-open',
    fields: {
      time: 'session',
      expiration: 'expiry',
      strike: 'strike',
      right: 'type',
      bid: 'bid',
      ask: 'ask',
      last: 'lastprice',
      volume: 'volume',
      openInterest: 'openinterest',
      volatility: 'impliedvolatility',
      spot: 'spot',
      tradedAt: 'lasttradedate',
    },
    also: ['contractsymbol'],
  },
  'public-eod': {
    time: 'session',
    fields: {
      time: 'date',
      ...QUOTED,
      volatility: 'implied_volatility',
      ...GREEKS,
    },
    also: ['rho'],
    findSplits: true,
  },
  'lean-universe': {
    time: 'file name',
    fields: {
      expiration: 'expiry',
      strike: 'strike',
      right: 'right',
      last: 'close',
      volume: 'volume',
      openInterest: 'open_interest',
      volatility: 'implied_volatility',
      ...GREEKS,
    },
    also: ['open', 'high', 'low', 'rho'],
  },
};

/** Every column a file of this layout must have. */
export function columnsOf({ fields, also }: ChainLayout): string[] {
  return [...Object.values(fields), ...also];
}
