import type { Listing } from './market.ts';
import { DIME, QUARTER } from './ticks.ts';

/** One underlying of the synthetic market. Rates and volatilities per year, prices in dollars. */
export interface UnderlyingModel {
  readonly symbol: string;
  readonly longName: string;
  /** The level that the walk returns to over some months. */
  readonly level: number;
  readonly volatility: number;
  /** Deviation of the day's change of log volatility. */
  readonly volatilityOfVolatility: number;
  /** With the common factor of the market. */
  readonly correlation: number;
  readonly rate: number;
  readonly dividendYield: number;
  /** Change of implied volatility per standard deviation of moneyness, as a share of the money's volatility. */
  readonly skew: number;
  readonly curvature: number;
  readonly strikeStep: number;
  readonly dailyExpirations: boolean;
  readonly pennyOptions: boolean;
  /** Half the spread of an option at the money, as a share of the square root of its price. */
  readonly halfSpread: number;
  readonly dailyShares: number;
  readonly dailyContracts: number;
}

/** A future whose price follows an underlying of the model: factor × spot × carry. */
export interface FutureModel {
  readonly symbol: string;
  readonly longName: string;
  readonly follows: string;
  readonly factor: number;
  readonly multiplier: number;
  readonly ticks: Listing['ticks'];
}

const INDEX = {
  volatilityOfVolatility: 0.05,
  correlation: 0.95,
  rate: 0.043,
  skew: -0.11,
  curvature: 0.018,
  strikeStep: 1,
  dailyExpirations: true,
  pennyOptions: true,
  halfSpread: 0.006,
};

const SHARE = {
  volatilityOfVolatility: 0.04,
  correlation: 0.55,
  rate: 0.043,
  skew: -0.05,
  curvature: 0.022,
  dailyExpirations: false,
  pennyOptions: false,
  halfSpread: 0.014,
};

export const UNDERLYINGS: readonly UnderlyingModel[] = [
  {
    ...INDEX,
    symbol: 'SPY',
    longName: 'SPDR S&P 500 ETF TRUST',
    level: 652,
    volatility: 0.16,
    dividendYield: 0.012,
    dailyShares: 70e6,
    dailyContracts: 9e6,
  },
  {
    ...INDEX,
    symbol: 'QQQ',
    longName: 'INVESCO QQQ TRUST SERIES 1',
    level: 598,
    volatility: 0.21,
    dividendYield: 0.006,
    dailyShares: 45e6,
    dailyContracts: 4e6,
  },
  {
    ...INDEX,
    symbol: 'IWM',
    longName: 'ISHARES RUSSELL 2000 ETF',
    level: 236,
    volatility: 0.22,
    correlation: 0.85,
    dividendYield: 0.011,
    dailyShares: 32e6,
    dailyContracts: 1e6,
  },
  {
    ...SHARE,
    symbol: 'TSLA',
    longName: 'TESLA INC',
    level: 404,
    volatility: 0.52,
    dividendYield: 0,
    strikeStep: 2.5,
    dailyShares: 85e6,
    dailyContracts: 2.5e6,
  },
  {
    ...SHARE,
    symbol: 'AAPL',
    longName: 'APPLE INC',
    level: 262,
    volatility: 0.26,
    dividendYield: 0.004,
    strikeStep: 2.5,
    dailyShares: 48e6,
    dailyContracts: 1e6,
  },
  {
    ...SHARE,
    symbol: 'KO',
    longName: 'COCA-COLA CO/THE',
    level: 71,
    volatility: 0.15,
    correlation: 0.4,
    dividendYield: 0.028,
    strikeStep: 1,
    dailyShares: 14e6,
    dailyContracts: 60e3,
  },
];

export const FUTURES: readonly FutureModel[] = [
  { symbol: 'ES', longName: 'E-mini S&P 500', follows: 'SPY', factor: 10.03, multiplier: 50, ticks: QUARTER },
  { symbol: 'NQ', longName: 'E-mini NASDAQ 100', follows: 'QQQ', factor: 41.1, multiplier: 20, ticks: QUARTER },
  { symbol: 'RTY', longName: 'E-mini Russell 2000', follows: 'IWM', factor: 10.05, multiplier: 50, ticks: DIME },
];
