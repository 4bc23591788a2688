import { instantInNewYork } from '../calendar/new-york.ts';
import { nextSession } from '../calendar/sessions.ts';
import type { EpochMs } from '../calendar/time.ts';
import { instrumentKey, multiplierOf, type OptionContract, type StockContract } from '../market/contract.ts';
import type { Money } from '../market/money.ts';
import { lastTradeAt } from '../market/settlement.ts';
import type { Fill } from '../orders/fill.ts';
import type { Position, ReportedPosition } from './position.ts';

/**
 * What became of an option of ours that has expired and that the broker does not show any more.
 * waiting    assignments are booked overnight: nothing can be concluded before the next session's morning
 * settled    worthless, or assigned: the fills that move option and shares together
 * unclear    shares moved, but not by what an assignment moves
 */
export type Settlement =
  | { readonly kind: 'waiting' }
  | { readonly kind: 'settled'; readonly outcome: 'worthless' | 'assigned'; readonly fills: readonly Fill[] }
  | { readonly kind: 'unclear'; readonly text: string };

export interface SettlementRequest {
  readonly position: Position;
  /** Our books. */
  readonly ours: readonly Position[];
  /** A complete answer of the broker. */
  readonly reported: readonly ReportedPosition[];
  readonly now: EpochMs;
}

const MORNING = '08:00';

/**
 * `null` = this is no expired option. Assignment and expiry produce no order event at the broker: they are read from
 * what is gone and what has come. Shares of the underlying changed at the strike by multiplier × contracts = assigned;
 * not at all = worthless, but only the morning after.
 */
export function settlementOf({ position, ours, reported, now }: SettlementRequest): Settlement | null {
  const { instrument } = position;
  if (instrument.kind !== 'option' || position.quantity === 0) return null;
  const last = lastTradeAt(instrument.expiration);
  if (last === null || now < last) return null;
  const stock: StockContract = { kind: 'stock', symbol: instrument.symbol };
  const shares = reported.find((each) => each.instrument.kind === 'stock' && each.instrument.symbol === stock.symbol);
  const moved = held(reported, stock) - held(ours, stock);
  const delivered = sharesOf(instrument, position.quantity);
  if (moved === delivered)
    return {
      kind: 'settled',
      outcome: 'assigned',
      fills: assigned(position, { stock, conId: shares?.conId ?? -1 }, last),
    };
  if (moved !== 0) return { kind: 'unclear', text: `${moved} shares moved where an assignment moves ${delivered}` };
  if (now < instantInNewYork(nextSession(instrument.expiration).date, MORNING)) return { kind: 'waiting' };
  return { kind: 'settled', outcome: 'worthless', fills: [closing(position, last)] };
}

/** A short put brings shares, a short call takes them; a long one the other way round. */
function sharesOf(option: OptionContract, quantity: number): number {
  return (option.right === 'P' ? -1 : 1) * quantity * multiplierOf(option);
}

function assigned(position: Position, into: { stock: StockContract; conId: number }, at: EpochMs): Fill[] {
  const option = position.instrument as OptionContract;
  const shares = sharesOf(option, position.quantity);
  const key = instrumentKey(option).replaceAll(' ', '');
  const delivery: Fill = {
    ...settlementFill(`assigned.${key}.01`, at),
    instrument: into.stock,
    conId: into.conId,
    side: shares > 0 ? 'buy' : 'sell',
    quantity: Math.abs(shares),
    price: option.strike,
  };
  return [closing(position, at), delivery];
}

/** The option ends at nothing: the premium is earned, or lost. */
function closing(position: Position, at: EpochMs): Fill {
  const { instrument, conId, quantity } = position;
  const key = instrumentKey(instrument).replaceAll(' ', '');
  return {
    ...settlementFill(`expired.${key}.01`, at),
    instrument,
    conId,
    side: quantity < 0 ? 'buy' : 'sell',
    quantity: Math.abs(quantity),
    price: 0 as Money,
  };
}

function settlementFill(execId: string, at: EpochMs): Pick<Fill, 'execId' | 'orderRef' | 'permId' | 'at'> {
  return { execId, orderRef: '', permId: 0, at };
}

function held(positions: readonly (Position | ReportedPosition)[], stock: StockContract): number {
  let sum = 0;
  for (const { instrument, quantity } of positions) {
    if (instrument.kind === 'stock' && instrument.symbol === stock.symbol) sum += quantity;
  }
  return sum;
}
