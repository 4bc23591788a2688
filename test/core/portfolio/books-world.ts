import { instantInNewYork } from '../../../agent/core/calendar/new-york.ts';
import {
  type Instrument,
  instrumentKey,
  multiplierOf,
  type OptionContract,
  type StockContract,
} from '../../../agent/core/market/contract.ts';
import { type Money, money, ZERO } from '../../../agent/core/market/money.ts';
import type { Fill } from '../../../agent/core/orders/fill.ts';
import type { Finding } from '../../../agent/core/portfolio/finding.ts';
import type { ForeignHolding } from '../../../agent/core/portfolio/foreign-holding.ts';
import { positionFromFills } from '../../../agent/core/portfolio/ledger.ts';
import type { Position, ReportedPosition } from '../../../agent/core/portfolio/position.ts';
import { type BooksRequest, type BooksVerdict, compareBooks } from '../../../agent/core/portfolio/reconcile.ts';

export const OPEN = instantInNewYork('2026-03-25', '11:00');
/** The expiration is a Friday. */
export const AFTER_CLOSE = instantInNewYork('2026-03-27', '17:35');
export const MONDAY = instantInNewYork('2026-03-30', '08:00');

export const STOCK: StockContract = { kind: 'stock', symbol: 'TSLA' };

export function option(changes: Partial<OptionContract> = {}): OptionContract {
  const strike = money(350);
  return {
    kind: 'option',
    symbol: 'TSLA',
    tradingClass: 'TSLA',
    expiration: '2026-03-27',
    strike,
    right: 'P',
    multiplier: 100,
    ...changes,
  };
}

export const PUT = option();
export const CALL = option({ right: 'C', strike: money(400) });

/** Held by us, opened at this price. */
export function held(instrument: Instrument, quantity: number, price: Money = money(2)): Position {
  const credit = (-quantity * multiplierOf(instrument) * price || 0) as Money;
  const money_ = { averagePrice: quantity === 0 ? ZERO : price, credit, realized: ZERO, commission: ZERO };
  return { instrument, conId: conIdOf(instrument), quantity, ...money_, openedAt: 0, updatedAt: 0 };
}

export function reported(instrument: Instrument, quantity: number, price: Money = money(2)): ReportedPosition {
  return { instrument, conId: conIdOf(instrument), quantity, averagePrice: price };
}

export function foreign(instrument: Instrument, quantity: number, seen: readonly string[] = []): ForeignHolding {
  return { instrument, conId: conIdOf(instrument), quantity, seen };
}

export function stranger(instrument: Instrument, signed: number, changes: Partial<Fill> = {}): Fill {
  const side = signed > 0 ? 'buy' : 'sell';
  const trade = { instrument, conId: conIdOf(instrument), side, quantity: Math.abs(signed), price: money(3) } as const;
  return {
    execId: `x.${instrumentKey(instrument)}.${signed}.01`,
    orderRef: '',
    permId: 77,
    ...trade,
    at: OPEN,
    ...changes,
  };
}

export function compare(changes: Partial<BooksRequest>): BooksVerdict {
  const nothing = { ours: [], reported: [], traded: new Set<string>(), foreign: [], strangers: [], pending: new Map() };
  return compareBooks({ ...nothing, now: OPEN, accept: false, ...changes });
}

/** What our positions are once the findings are booked. */
export function booked(ours: readonly Position[], findings: readonly Finding[]): readonly Position[] {
  const after = new Map(ours.map((position) => [instrumentKey(position.instrument), position]));
  for (const fill of findings.flatMap(({ fills }) => fills)) {
    const key = instrumentKey(fill.instrument);
    const before = after.get(key);
    const opening = before === undefined ? [] : openingOf(before);
    const position = positionFromFills([...opening, fill], () => ZERO);
    if (position !== null) after.set(key, position);
  }
  return [...after.values()];
}

function openingOf({ instrument, conId, quantity, averagePrice }: Position): Fill[] {
  if (quantity === 0) return [];
  const side = quantity > 0 ? 'buy' : 'sell';
  const fill = { execId: `o.${instrumentKey(instrument)}.${quantity}.01`, orderRef: '', permId: 0, instrument, conId };
  return [{ ...fill, side, quantity: Math.abs(quantity), price: averagePrice, at: 0 }];
}

function conIdOf(instrument: Instrument): number {
  return [...instrumentKey(instrument)].reduce((sum, letter) => (sum * 31 + letter.charCodeAt(0)) % 1_000_003, 7) + 1;
}
