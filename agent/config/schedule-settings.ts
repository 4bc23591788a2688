import * as v from 'valibot';
import { TIME, whole } from './fields.ts';

const daily = (times: string[], why: string) =>
  v.optional(
    v.strictObject({
      enabled: v.optional(v.pipe(v.boolean(), v.description('whether it runs')), true),
      times: v.optional(
        v.pipe(
          v.array(
            v.pipe(
              v.string('must be a time in quotes, like "09:45"'),
              v.regex(TIME, 'must be a time from "00:00" to "23:59"'),
            ),
          ),
          v.minLength(1, 'must name at least one time'),
          v.description(why),
        ),
        times,
      ),
    }),
    {},
  );

const repeated = (everyMinutes: number, why: string) =>
  v.optional(
    v.strictObject({
      enabled: v.optional(v.pipe(v.boolean(), v.description('whether it runs')), true),
      everyMinutes: v.optional(whole(1, 720, why), everyMinutes),
    }),
    {},
  );

const switchable = (why: string) =>
  v.optional(v.strictObject({ enabled: v.optional(v.pipe(v.boolean(), v.description(why)), true) }), {});

/** Of the tasks in agent/compose/task-table.ts: when they run, and whether. */
export const schedule = v.strictObject({
  'load-history': daily(['08:00'], 'daily prices and volatility'),
  'sync-positions': daily(['08:00', '16:15'], 'compare the books with the broker'),
  'cancel-stale-orders': daily(['08:00'], 'orders left over from earlier days'),
  'overnight-review': daily(['08:00'], 'what is held, before the day begins'),
  'check-broker': daily(['08:45'], 'session, clock, account, and whether an order would be taken'),
  analyse: daily(['09:45'], 'look for something to sell'),
  execute: daily(['10:00'], 'one time: order what was found; never run late'),
  'collect-chains': repeated(5, 'while the market is open'),
  'collect-futures': repeated(5, 'while the market is open'),
  monitor: repeated(5, 'while the market is open'),
  statistics: daily(['16:30'], 'figures of the day'),
  'data-quality': daily(['18:00'], 'quality of the data of the day'),
  'readiness-check': daily(['07:30'], 'whether the next trading day can begin'),
  health: repeated(60, 'day and night'),
  'nightly-research': switchable('search for better settings in evenings and nights'),
  'weekend-research': switchable('search for better settings on weekends and holidays'),
  'validate-candidates': switchable('hold the best of them against days they were not chosen on'),
  'validate-weekend': switchable('the same for what the weekend found'),
  'weekly-report': switchable('the report of the week'),
  'back-up': switchable('copy the store without its chains to a folder beside it'),
});
