import { newYorkText } from '../../core/calendar/new-york.ts';
import type { IsoDate } from '../../core/calendar/time.ts';
import { describeInstrument } from '../../core/market/contract.ts';
import { dollars } from '../../core/market/money.ts';
import type { ShownPosition, StatusSnapshot } from '../../edges/status/snapshot.ts';
import type { Store } from '../../edges/store/store.ts';

export interface NoTrade {
  readonly at: string;
  readonly task: string;
  readonly symbol: string;
  readonly reasons: readonly string[];
}

/** A strategy's answer to sell; whether an order came of it is told by `orders`. */
export interface OrderedTrade {
  readonly at: string;
  readonly task: string;
  readonly symbol: string;
  readonly contract: string;
  readonly score: number;
  readonly limit: number;
}

export interface ReplaySummary {
  readonly date: IsoDate;
  /** By outcome: done, failed, missed … */
  readonly tasks: Readonly<Record<string, number>>;
  readonly decisions: number;
  readonly trades: readonly OrderedTrade[];
  readonly noTrade: readonly NoTrade[];
  readonly orders: number;
  readonly fills: number;
  readonly positions: readonly ShownPosition[];
  /** Dollars; `null` = not known. */
  readonly pnl: {
    readonly day: number | null;
    readonly open: number | null;
    readonly realized: number | null;
    readonly equity: number | null;
  };
}

/** What a day came to, from what was stored. */
export async function summarise(
  store: Pick<Store, 'list'>,
  about: { readonly date: IsoDate; readonly snapshot: StatusSnapshot },
): Promise<ReplaySummary> {
  const decisions = (await store.list('decisions')).map(([, decision]) => decision);
  const { day, open, realized, equity } = about.snapshot.profit;
  return {
    date: about.date,
    tasks: await taskCounts(store),
    decisions: decisions.length,
    trades: decisions.flatMap(({ at, task, symbol, chosen, outcome }) =>
      outcome === 'trade' && chosen !== null
        ? [
            {
              at: newYorkText(at),
              task,
              symbol,
              contract: describeInstrument(chosen.instrument),
              score: chosen.score,
              limit: dollars(chosen.limit),
            },
          ]
        : [],
    ),
    noTrade: decisions
      .filter((decision) => decision.outcome === 'noTrade')
      .map(({ at, task, symbol, reasons }) => ({
        at: newYorkText(at),
        task,
        symbol,
        reasons: reasons.map((each) => each.text),
      })),
    orders: (await store.list('orders')).length,
    fills: (await store.list('fills')).length,
    positions: about.snapshot.positions,
    pnl: { day, open, realized, equity },
  };
}

async function taskCounts(store: Pick<Store, 'list'>): Promise<Record<string, number>> {
  const counts: Record<string, number> = {};
  for (const [, { state }] of await store.list('occurrences')) counts[state] = (counts[state] ?? 0) + 1;
  return counts;
}
