import { DAY_MS } from '../../core/calendar/time.ts';
import { type Store, type TableName, timeKey, type Write } from '../../edges/store/store.ts';
import { count, type Workflow } from './occasion.ts';

/** Days for which records that only grow are kept. Orders, fills, decisions and reports stay for ever. */
const KEPT_DAYS = {
  occurrences: 60,
  scheduleEvents: 365,
  futures: 365,
  windowUses: 730,
  research: 365,
} as const satisfies Partial<Record<TableName, number>>;
const BATCH = 500;

/** Removes what nobody will ask for any more, a small batch at a time. */
export function cleanUp({ store }: { readonly store: Pick<Store, 'commit' | 'list'> }): Workflow {
  return async ({ now, signal }) => {
    let removed = 0;
    for (const [table, days] of Object.entries(KEPT_DAYS) as [keyof typeof KEPT_DAYS, number][]) {
      for (;;) {
        signal.throwIfAborted();
        const old = await store.list(table, { before: timeKey(now - days * DAY_MS), most: BATCH });
        if (old.length === 0) break;
        await store.commit(
          old.map(([key]) => ({ table, key, remove: true }) as Write),
          'lazy',
        );
        removed += old.length;
      }
    }
    return `${count(removed, 'record')} removed`;
  };
}
