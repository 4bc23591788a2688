import { newYorkDate } from '../calendar/new-york.ts';
import type { EpochMs } from '../calendar/time.ts';
import { describeInstrument, type StockContract } from '../market/contract.ts';
import { formatMoney, type Money } from '../market/money.ts';
import { lastTradeAt } from '../market/settlement.ts';
import type { Fill } from '../orders/fill.ts';
import type { Finding } from './finding.ts';
import type { Leg } from './settlement-outcomes.ts';

export interface SettledRequest {
  readonly leg: Leg;
  /** Contracts of the leg that were assigned; the rest expired worthless. */
  readonly assigned: number;
  readonly sharesConId: number;
  readonly now: EpochMs;
}

/** Option and shares move together: the option ends at nothing, so that its premium is earned, the shares come at the strike. */
export function settledFills(request: SettledRequest): Pick<Finding, 'kind' | 'text' | 'fills'> {
  const { leg, assigned } = request;
  const { option, contracts, sharesEach, held } = leg;
  const fills = [closing(request)];
  const parts: string[] = [];
  if (assigned > 0) {
    fills.push(delivery(request));
    const word = held > 0 ? 'exercised' : 'assigned';
    parts.push(`${assigned} ${word}, ${assigned * sharesEach} shares at ${formatMoney(option.strike)}`);
  }
  if (assigned < contracts) parts.push(`${contracts - assigned} expired worthless`);
  const text = `${describeInstrument(option)}: ${parts.join(', ')}`;
  return { kind: assigned > 0 ? 'assignment' : 'expiry', text, fills };
}

function closing(request: SettledRequest): Fill {
  const { row, held, contracts } = request.leg;
  const { instrument, conId } = row;
  const side = held < 0 ? 'buy' : 'sell';
  return { ...settlementFill('expired', request), instrument, conId, side, quantity: contracts, price: 0 as Money };
}

function delivery(request: SettledRequest): Fill {
  const { leg, assigned, sharesConId } = request;
  const shares = assigned * leg.sharesEach;
  const instrument: StockContract = { kind: 'stock', symbol: leg.option.symbol };
  const side = shares > 0 ? 'buy' : 'sell';
  const price = leg.option.strike;
  const quantity = Math.abs(shares);
  return { ...settlementFill('assigned', request), instrument, conId: sharesConId, side, quantity, price };
}

/** The id repeats when the same change is seen twice, and differs when the rest of a position goes on another night. */
function settlementFill(
  what: 'expired' | 'assigned',
  { leg, now }: SettledRequest,
): Pick<Fill, 'execId' | 'orderRef' | 'permId' | 'at'> {
  const { row, option, held, contracts, expired } = leg;
  const at = expired ? (lastTradeAt(option.expiration) ?? now) : now;
  const key = row.key.replaceAll(' ', '');
  const left = row.here - held * contracts;
  const execId = `${what}.${key}.${newYorkDate(at)}.${row.here}to${left}.01`;
  return { execId, orderRef: '', permId: 0, at };
}
