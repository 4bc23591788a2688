import { knob } from './knob.ts';
import { choice, millis, real, whole, words, written, yesNo } from './parameter.ts';

const ref = words('');
const STEPS = /^(?:\d+(?:@-?\d+(?:\.\d+)?)?(?:\+\d+)?(?:;(?=\d)|$))*$/;

/** Faults of orders, fills and positions. An empty `ref` = any order. */
export const ORDER_KNOBS = {
  nextValidIdRollback: knob({
    about: 'order ids go back by so many: they are told again and taken again',
    takes: { by: whole(1, 1_000_000, 1) },
    times: 1,
  }),
  fillPlan: knob({
    about:
      'an order fills as planned and not by the market: quantity@price+ms;… (no price = its limit, ms after the step before)',
    takes: { ref, steps: written(STEPS, 'steps such as 2@1.05+500;1+1000, or nothing', '') },
    keys: ['ref'],
  }),
  rejectPlan: knob({
    about: 'an order is rejected, at once or `ms` after it was accepted, with error and status in this order',
    takes: {
      ref,
      code: whole(0, 100_000, 201),
      text: words('Order rejected - reason:as planned'),
      form: choice(['error', 'errorThenInactive', 'inactiveThenError', 'inactive'], 'error'),
      ms: millis(0),
    },
    keys: ['ref'],
  }),
  fillAfterCancel: knob({
    about: 'an order that was told cancelled fills `ms` later; quantity 0 = all that was left',
    takes: { ms: millis(500), quantity: whole(0, 1_000_000, 0), ref },
  }),
  cancelAck: knob({
    about: 'a cancel does nothing: ever, for `ms`, or until the next open. Meanwhile the order works and may fill',
    takes: { mode: choice(['none', 'delay', 'atOpen']), ms: millis(30_000), pending: yesNo(true), ref },
    keys: ['ref'],
  }),
  cancelRefused: knob({
    about: 'a cancel of a single order is answered with this code, and the order goes on',
    takes: { code: whole(1, 100_000, 10148), text: words('OrderId that needs to be cancelled cannot be'), ref },
    keys: ['ref'],
  }),
  execCorrection: knob({
    about: 'an execution is corrected `ms` after it happened: revision .02, the price moved by `by` dollars',
    takes: { ms: millis(1000), by: real(-1000, 1000, 0.01), ref },
  }),
  assignment: knob({
    about:
      'a short option is assigned at once, its shares `sharesMs` later; conId 0 = the first one held, quantity 0 = all of it',
    takes: { conId: whole(0, 2_147_483_647, 0), quantity: whole(0, 1_000_000, 0), sharesMs: millis(0) },
    times: 1,
  }),
  manualOrder: knob({
    about: 'somebody enters an order by hand, which belongs to client 0 and has no orderRef',
    takes: {
      conId: whole(1, 2_147_483_647),
      side: choice(['buy', 'sell'], 'buy'),
      quantity: whole(1, 1_000_000, 1),
      limit: real(0, 1_000_000),
    },
    times: 1,
  }),
  manualCancel: knob({ about: 'somebody cancels working orders by hand', takes: { ref }, times: 1 }),
} as const;
