import { newYorkText } from '../../core/calendar/new-york.ts';
import type { EpochMs } from '../../core/calendar/time.ts';
import { describeInstrument } from '../../core/market/contract.ts';
import { formatMoney } from '../../core/market/money.ts';
import type { Order } from '../../core/orders/order.ts';
import type { TradingState } from '../../core/risk/trading-state.ts';
import type { Decision } from '../../core/strategy/decision.ts';
import type { Alert, Occurrence } from '../../edges/store/records.ts';
import type { JournalEntry } from './journal.ts';

/** Tasks that run every few minutes are only worth a line when they fail. */
const QUIET = new Set(['collect-chains', 'collect-futures', 'monitor', 'health']);

/** One line a person can follow for each thing that matters, `null` for the rest. */
export class RunningAccount {
  readonly #titles: ReadonlyMap<string, string>;
  readonly #orders = new Map<string, string>();

  /** @param titles of the tasks, by name */
  constructor(titles: ReadonlyMap<string, string>) {
    this.#titles = titles;
  }

  line(entry: JournalEntry): string | null {
    if (!('write' in entry) || !('put' in entry.write)) return null;
    const said = this.#said(entry.write);
    return said === null ? null : `${clock(entry.at)}  ${said}`;
  }

  #said(write: Extract<JournalEntry, { write: unknown }>['write']): string | null {
    if (!('put' in write)) return null;
    switch (write.table) {
      case 'occurrences':
        return this.#task(write.put);
      case 'decisions':
        return decision(write.put);
      case 'orders':
        return this.#order(write.put);
      case 'tradingState':
        return state(write.put);
      case 'alerts':
        return alert(write.put);
      default:
        return null;
    }
  }

  #task({ task, state, note }: Occurrence): string | null {
    if (state === 'running' || (state === 'done' && QUIET.has(task))) return null;
    const title = this.#titles.get(task) ?? task;
    return state === 'done' ? `${title}: ${note}` : `${title} ${state}: ${note}`;
  }

  /** A line for each new state or part filled. */
  #order(order: Order): string | null {
    const { intent, state, filled, averagePrice, reason } = order;
    const now = `${state} ${filled}`;
    if (this.#orders.get(intent.id) === now || state === 'intended' || state === 'sent') return null;
    this.#orders.set(intent.id, now);
    const what = `${intent.side.toUpperCase()} ${intent.quantity} ${describeInstrument(intent.instrument)}`;
    if (state === 'working') return `${what} at ${formatMoney(intent.limit)}: working`;
    if (averagePrice !== null && filled > 0)
      return `${what}: ${filled} filled at ${formatMoney(averagePrice)}, ${state}`;
    return `${what}: ${state} (${reason})`;
  }
}

function decision({ task, symbol, outcome, chosen, reasons }: Decision): string {
  const why = reasons[0]?.text ?? '';
  if (outcome === 'noTrade' || chosen === null) return `${task} ${symbol}: no trade, ${why}`;
  return `${task} ${symbol}: ${why}`;
}

function state({ state, reason }: TradingState): string {
  return `Trading is ${state}: ${reason}`;
}

function alert({ severity, text, resolvedAt }: Alert): string {
  return resolvedAt === null ? `Alert (${severity}): ${text}` : `Resolved: ${text}`;
}

function clock(at: EpochMs): string {
  return newYorkText(at).slice(11, 19);
}
