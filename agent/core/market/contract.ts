import type { IsoDate } from '../calendar/time.ts';
import type { Money } from './money.ts';

export type Right = 'C' | 'P';

export interface StockContract {
  readonly kind: 'stock';
  readonly symbol: string;
}

export interface OptionContract {
  readonly kind: 'option';
  /** Underlying. */
  readonly symbol: string;
  /** OCC root: differs from the symbol for weeklies of some indices and for adjusted contracts. */
  readonly tradingClass: string;
  readonly expiration: IsoDate;
  readonly strike: Money;
  readonly right: Right;
  /** Shares per contract. */
  readonly multiplier: number;
}

export interface FutureContract {
  readonly kind: 'future';
  readonly symbol: string;
  /** `YYYYMM`, or empty for the front month. */
  readonly contractMonth: string;
  readonly multiplier: number;
}

export type Instrument = StockContract | OptionContract | FutureContract;

/** An instrument as the broker knows it. */
export interface ListedInstrument {
  readonly instrument: Instrument;
  readonly conId: number;
  readonly minTick: Money;
}

export interface ComboLeg {
  readonly instrument: OptionContract | StockContract;
  readonly conId: number;
  readonly side: Side;
  readonly ratio: number;
}

export type Side = 'buy' | 'sell';

const STRIKE_DIVISOR = 10;

/**
 * The 21-character OSI symbol of an option (`SPY   260417P00650000`), the ticker of a stock, `ES@202612` of a future.
 * It is the key of an instrument in the store and in maps.
 */
export function instrumentKey(instrument: Instrument): string {
  switch (instrument.kind) {
    case 'stock':
      return instrument.symbol;
    case 'future':
      return `${instrument.symbol}@${instrument.contractMonth}`;
    case 'option': {
      const date = instrument.expiration.slice(2).replaceAll('-', '');
      const strike = String(Math.round(instrument.strike / STRIKE_DIVISOR)).padStart(8, '0');
      return `${instrument.tradingClass.padEnd(6)}${date}${instrument.right}${strike}`;
    }
  }
}

/** What one unit of the quoted price is worth: 1 for stock, the multiplier otherwise. */
export function multiplierOf(instrument: Instrument): number {
  return instrument.kind === 'stock' ? 1 : instrument.multiplier;
}

/** `SPY 650 put 2026-04-17`, as a person reads it. */
export function describeInstrument(instrument: Instrument): string {
  switch (instrument.kind) {
    case 'stock':
      return instrument.symbol;
    case 'future':
      return `${instrument.symbol} ${instrument.contractMonth || 'front'} future`;
    case 'option': {
      const right = instrument.right === 'P' ? 'put' : 'call';
      return `${instrument.symbol} ${instrument.strike / 10_000} ${right} ${instrument.expiration}`;
    }
  }
}
