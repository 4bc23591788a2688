import { knob } from './knob.ts';
import { choice, millis, whole, words, yesNo } from './parameter.ts';

/** Faults of the gateway, its line to the broker, its quotas and its data. */
export const LINK_KNOBS = {
  connectivity: knob({
    about: 'the gateway loses the broker for `ms`: nothing is answered and nothing told, then 1101 or 1102',
    takes: {
      ms: millis(20_000),
      code: choice(['1100', '2110'], '1100'),
      restored: choice(['1102', '1101'], '1102'),
    },
    lasts: true,
  }),
  farm: knob({
    about: 'a farm is lost for `ms` and its data with it; quotes do not go on afterwards unless `resume`',
    takes: { farm: choice(['market', 'history', 'secdef'], 'market'), ms: millis(10_000), resume: yesNo(true) },
    keys: ['farm'],
    lasts: true,
  }),
  restart: knob({
    about: 'the gateway restarts: all connections end, orders it holds are gone, nobody gets in for `ms`',
    takes: { ms: millis(90_000) },
    lasts: true,
  }),
  lingeringSession: knob({
    about: 'for `ms` the id of a client that left counts as in use (326)',
    takes: { ms: millis(10_000) },
    lasts: true,
  }),
  competingSession: knob({
    about: 'the user is logged in elsewhere for `ms`: no live data (10197), and no connection either if `kick`',
    takes: { ms: millis(60_000), kick: yesNo(false) },
    lasts: true,
  }),
  readOnly: knob({ about: 'the API is in read-only mode: orders and cancels are refused (321)', takes: {} }),
  rateLimit: knob({
    about: 'more than `perSecond` messages of a client are dropped with 100; the `strikes`th time it is disconnected',
    takes: { perSecond: whole(1, 100_000, 50), strikes: whole(1, 1000, 3) },
  }),
  lines: knob({ about: 'so many market data lines in all', takes: { count: whole(0, 100_000) } }),
  historicalPacing: knob({
    about: 'more than `requests` requests for bars within `ms`, or the same one within `sameMs`, get 162',
    takes: { requests: whole(1, 10_000, 60), ms: millis(600_000), sameMs: millis(15_000) },
  }),
  marketDataType: knob({
    about: 'this type of data is delivered, whatever was asked; `code` is told with it (354 and 10197 end the stream)',
    takes: {
      type: choice(['1', '2', '3', '4'], '3'),
      code: choice(['none', '354', '10089', '10090', '10167', '10168', '10197'], 'none'),
    },
  }),
  quotes: knob({
    about: 'quotes stand still, are crossed, -1 or NaN, or come without greeks',
    takes: { how: choice(['frozen', 'crossed', 'none', 'nan', 'noGreeks']), symbol: words('') },
    keys: ['how', 'symbol'],
  }),
} as const;
