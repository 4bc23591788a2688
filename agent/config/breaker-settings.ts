import * as v from 'valibot';
import { number, whole } from './fields.ts';

const action = (value: 'reducing' | 'halted') =>
  v.optional(
    v.pipe(
      v.picklist(['reducing', 'halted']),
      v.description('while it is open; reducing = positions may only be closed, halted = no order at all'),
    ),
    value,
  );

const share = (value: number, why: string) => v.optional(number(0.001, 1, why), value);

/** When each breaker opens and what it does; see docs/risk.md. */
export const BREAKERS = v.strictObject({
  dailyLoss: v.optional(
    v.strictObject({ maxFraction: share(0.03, 'lost since 8:00, of the value then'), action: action('reducing') }),
    {},
  ),
  drawdown: v.optional(
    v.strictObject({ maxFraction: share(0.2, 'below the highest value there was'), action: action('reducing') }),
    {},
  ),
  lossStreak: v.optional(
    v.strictObject({
      trades: v.optional(whole(1, 100, 'closed trades in a row that lost money'), 4),
      action: action('reducing'),
    }),
    {},
  ),
  rejectedOrders: v.optional(
    v.strictObject({
      orders: v.optional(whole(1, 100, 'in a row that the broker rejected'), 3),
      action: action('halted'),
    }),
    {},
  ),
  failedCalls: v.optional(
    v.strictObject({
      failures: v.optional(whole(1, 100, 'questions to the broker that failed within the window'), 5),
      maxFraction: share(0.5, 'of all questions within the window'),
      windowMinutes: v.optional(number(1, 120, 'how far back failures count'), 10),
      quietMinutes: v.optional(number(1, 120, 'without a failure before one answer decides'), 10),
      action: action('halted'),
    }),
    {},
  ),
  dataQuality: v.optional(
    v.strictObject({
      looks: v.optional(whole(1, 20, 'faulty looks in a row at the chain of one symbol'), 3),
      action: action('reducing'),
    }),
    {},
  ),
  excessLiquidity: v.optional(
    v.strictObject({ minFraction: share(0.1, 'of the net liquidation value'), action: action('reducing') }),
    {},
  ),
  maxFigureAgeMinutes: v.optional(number(1, 120, 'older figures of the account are none while the market is open'), 15),
});
