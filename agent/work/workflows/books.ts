import type { IsoDate } from '../../core/calendar/time.ts';
import { purposeOf } from '../../core/orders/attempts.ts';
import type { Intent } from '../../core/orders/intent.ts';
import { type Holding, type WorkingOrder, workingOrders } from '../../core/risk/exposure.ts';
import type { Blotter } from './blotter.ts';
import type { Reconciler } from './reconcile.ts';

/** What is held and what is working, ours and foreign together: what limits and cash are counted on. */
export class Books {
  readonly #blotter: Blotter;
  readonly #reconciler: Reconciler;

  constructor(blotter: Blotter, reconciler: Reconciler) {
    this.#blotter = blotter;
    this.#reconciler = reconciler;
  }

  get holdings(): readonly Holding[] {
    return [...this.#blotter.openPositions, ...this.#reconciler.current.foreignPositions];
  }

  get working(): readonly WorkingOrder[] {
    const foreign: WorkingOrder[] = [];
    for (const { instrument, side, quantity, filled } of this.#reconciler.current.foreignOrders) {
      // A foreign combo is counted by its legs.
      if (instrument.kind !== 'combo') foreign.push({ id: '', instrument, side, remaining: quantity - filled });
      else {
        for (const leg of instrument.legs) {
          const legSide = side === 'buy' ? leg.side : opposite(leg.side);
          foreign.push({
            id: '',
            instrument: leg.instrument,
            side: legSide,
            remaining: (quantity - filled) * leg.ratio,
          });
        }
      }
    }
    return [...workingOrders(this.#blotter.orders), ...foreign];
  }

  /** Ours of one trading day that were sent, without one; all attempts of an order at its price count as one. */
  ordersOn(tradingDay: IsoDate, except: Intent): number {
    const sent = this.#blotter.orders.filter((order) => order.intent.tradingDay === tradingDay && order.facts.sent);
    const purposes = new Set(sent.map(({ intent }) => purposeOf(intent) ?? intent.id));
    purposes.delete(purposeOf(except) ?? except.id);
    return purposes.size;
  }
}

function opposite(side: 'buy' | 'sell'): 'buy' | 'sell' {
  return side === 'buy' ? 'sell' : 'buy';
}
