import { inQuietWindow, type QuietWindow } from '../../core/calendar/quiet-window.ts';
import { isClosing, type Trade } from '../../core/risk/closing.ts';
import type { Reason } from '../../core/strategy/decision.ts';
import type { Broker } from '../../edges/broker/broker.ts';
import type { Clock } from '../../edges/system/clock.ts';
import type { Books } from './books.ts';
import type { TradingSwitch } from './trading-switch.ts';

export interface OrderGateParts {
  readonly broker: Pick<Broker, 'link'>;
  readonly clock: Pick<Clock, 'now'>;
  readonly tradingSwitch: Pick<TradingSwitch, 'state'>;
  readonly books: Pick<Books, 'holdings' | 'working'>;
  /** Why no order would pass the guard, or `null`. */
  readonly guardClosed: () => string | null;
  /** `null` = books agree with the broker's; else why not. */
  readonly unreconciled: () => string | null;
  readonly quietWindow: QuietWindow;
}

/** Why this order may not leave at this moment, or `null`. While trading is reducing, what only closes may. Cancels pass at any time. */
export function orderGate(parts: OrderGateParts, order: Trade): Reason | null {
  const { broker, books, clock, quietWindow } = parts;
  const { state, reason } = parts.tradingSwitch.state;
  const passes = state === 'active' || (state === 'reducing' && isClosing(order, books));
  if (!passes) return { rule: 'halted', text: `trading is ${state}: ${reason}` };
  const closed = parts.guardClosed();
  if (closed !== null) return { rule: 'guard', text: closed };
  const { link } = broker;
  if (link.state !== 'ready') {
    return { rule: 'link', text: `the link to the broker is ${link.state}: ${link.reason}` };
  }
  if (link.dataLost !== null) return { rule: 'market-data', text: `prices do not flow: ${link.dataLost}` };
  if (inQuietWindow(clock.now(), quietWindow)) {
    return { rule: 'quiet-window', text: 'the gateway restarts itself about now, and orders could vanish' };
  }
  const unreconciled = parts.unreconciled();
  return unreconciled === null ? null : { rule: 'books', text: unreconciled };
}
