import { type Instrument, instrumentKey, multiplierOf } from '../market/contract.ts';
import type { Intent } from '../orders/intent.ts';
import type { Holding, WorkingOrder } from './exposure.ts';

export type Trade = Pick<Intent, 'id' | 'instrument' | 'side' | 'quantity'>;

export interface KnownBooks {
  /** All holdings at the broker; `null` = not known. */
  readonly holdings: readonly Holding[] | null;
  /** All orders that may still fill, of whomever. */
  readonly working: readonly WorkingOrder[] | null;
}

/**
 * Whether an order only lowers what is held, whichever of the working orders fill before it: a short is bought back, or
 * something held is sold that covers no short of the same symbol. Working orders in the same direction are taken as filled: two
 * orders to close the same contract would open the other way. False when anything is not known.
 */
export function isClosing({ id, instrument, side, quantity }: Trade, { holdings, working }: KnownBooks): boolean {
  if (holdings === null || working === null) return false;
  if (!Number.isSafeInteger(quantity) || quantity <= 0) return false;
  const others = working.filter((order) => id === '' || order.id !== id);
  const left = heldAgainst(instrument, side, holdings) - stillTo(instrument, side, others);
  if (!(quantity <= left)) return false;
  return side === 'buy' || coversNothing(instrument, left - quantity, { holdings, working: others });
}

/** How much of it an order on this side could take away; negative when it would add to what is held. */
function heldAgainst(instrument: Instrument, side: Intent['side'], holdings: readonly Holding[]): number {
  const key = instrumentKey(instrument);
  let held = 0;
  for (const holding of holdings) if (instrumentKey(holding.instrument) === key) held += holding.quantity;
  return side === 'buy' ? -held : held;
}

function stillTo(instrument: Instrument, side: Intent['side'], working: readonly WorkingOrder[]): number {
  const key = instrumentKey(instrument);
  let sum = 0;
  for (const order of working) {
    if (order.side === side && instrumentKey(order.instrument) === key) sum += order.remaining;
  }
  return sum;
}

/**
 * Shares may be sold down to those that short calls of the symbol can call away. An option may be sold while nothing is short of
 * its kind that it could cover: of a spread the short leg goes first. Working sales of options are taken as filled.
 */
function coversNothing(
  sold: Instrument,
  kept: number,
  books: { readonly holdings: readonly Holding[]; readonly working: readonly WorkingOrder[] },
): boolean {
  if (sold.kind === 'future') return true;
  const right = sold.kind === 'stock' ? 'C' : sold.right;
  const short = shortsOf(
    books,
    (other) => other.kind === 'option' && other.symbol === sold.symbol && other.right === right,
  );
  return sold.kind === 'stock' ? kept >= short : short === 0;
}

/** Units of the underlying that short options of a kind can ask for, working sales beyond what is held included. */
function shortsOf(
  { holdings, working }: { readonly holdings: readonly Holding[]; readonly working: readonly WorkingOrder[] },
  isMeant: (instrument: Instrument) => boolean,
): number {
  const net = new Map<string, { units: number; quantity: number }>();
  const count = (instrument: Instrument, quantity: number): void => {
    if (!isMeant(instrument)) return;
    const key = instrumentKey(instrument);
    net.set(key, { units: multiplierOf(instrument), quantity: (net.get(key)?.quantity ?? 0) + quantity });
  };
  for (const { instrument, quantity } of holdings) count(instrument, quantity);
  for (const { instrument, side, remaining } of working) if (side === 'sell') count(instrument, -remaining);
  let short = 0;
  for (const { units, quantity } of net.values()) short += Math.max(-quantity, 0) * units;
  return short;
}
