import { knob } from './knob.ts';
import { choice, millis, whole, words, written, yesNo } from './parameter.ts';

const LONGEST_FRAME = 1 << 24;
const anyClient = whole(-1, 2_147_483_647, -1);
const message = whole(0, 1000, 0);
const way = choice(['out', 'in'], 'out');
const ref = words('');

/** Faults of the connection and of the frames on it. Message 0 = any, client -1 = all, an empty `ref` = any order. */
export const WIRE_KNOBS = {
  forceServerVersion: knob({
    about: 'every client is told this server version instead of the one both sides speak',
    takes: { version: whole(1, 100_000) },
  }),
  greetingDelay: knob({ about: 'the greeting is answered so much later', takes: { ms: millis() } }),
  noGreeting: knob({ about: 'connections are accepted and their greeting never answered', takes: {} }),
  noNextValidId: knob({ about: 'nextValidId is never sent', takes: {} }),
  dropAfterBytes: knob({
    about: 'a connection ends when so many bytes have gone to its client, in the middle of a frame if need be',
    takes: { bytes: whole(0, 1_000_000_000), end: choice(['rst', 'fin'], 'rst'), client: anyClient },
    times: 1,
  }),
  rst: knob({
    about: 'connections are reset: at once, or when request `on` arrives, which is still obeyed if `handled`',
    takes: { on: message, handled: yesNo(true), client: anyClient },
    times: 1,
  }),
  fin: knob({
    about: 'connections are closed in order: at once, or when request `on` arrives, which is still obeyed if `handled`',
    takes: { on: message, handled: yesNo(true), client: anyClient },
    times: 1,
  }),
  freeze: knob({
    about: 'nothing is read, nothing is written, or neither, for `ms`; the connection stays open',
    takes: { ms: millis(0), side: choice(['both', 'read', 'write'], 'both'), client: anyClient },
    lasts: true,
  }),
  chunking: knob({
    about: 'what is sent goes out in pieces of 1 to `bytes` bytes',
    takes: { bytes: whole(1, 65_536, 1) },
  }),
  mergeFrames: knob({
    about: 'so many frames are kept back and sent in one piece, after `ms` at the latest',
    takes: { frames: whole(2, 10_000, 10), ms: millis(50) },
  }),
  rawBytes: knob({
    about: 'clients are sent a frame that is no message, or the bytes of `hex`',
    takes: {
      kind: choice([
        'negativeLength',
        'zeroLength',
        'longLength',
        'noNul',
        'unknownId',
        'short',
        'long',
        'badJson',
        'sixteenMegabytes',
        'hex',
      ]),
      hex: written(/^(?:[0-9a-fA-F]{2})*$/, 'hexadecimal digits, two for each byte', ''),
      client: anyClient,
    },
    times: 1,
  }),
  latency: knob({
    about: 'a message arrives later: `ms`, and up to or on average `spread` more; other messages overtake it',
    takes: {
      message,
      ms: millis(),
      spread: millis(0),
      dist: choice(['fixed', 'uniform', 'exponential'], 'fixed'),
      way,
    },
    keys: ['message', 'way'],
  }),
  reorder: knob({
    about: 'up to `window` messages within `ms` go out in any order',
    takes: { window: whole(2, 1000, 5), ms: millis(10) },
  }),
  duplicate: knob({ about: 'a message is sent twice', takes: { message, ref }, keys: ['message', 'ref'] }),
  swallow: knob({
    about: 'a message never arrives: of the exchange (way out) or of the client (way in)',
    takes: { message, way, ref },
    keys: ['message', 'way', 'ref'],
  }),
  error: knob({
    about:
      'an error at once, or with request `on`: before, after or instead of its answer. Id -2 = the id of the request',
    takes: {
      id: whole(-2, 2_147_483_647, -2),
      code: whole(0, 100_000),
      text: words('an error that was asked for'),
      on: message,
      when: choice(['after', 'before', 'instead'], 'after'),
      ref,
    },
    keys: ['on', 'code', 'ref'],
    times: 1,
  }),
  commissionFirst: knob({
    about: 'the commission of an execution comes before the execution; its amounts are unset first if `unset`',
    takes: { unset: yesNo(false), ms: millis(1000) },
  }),
  legOnlyFill: knob({
    about: 'of a combination only leg `leg` is reported as executed, the rest `ms` later; 0 = never, only when asked',
    takes: { leg: whole(1, 6, 1), ms: millis(0), ref },
  }),
  whatIfUnset: knob({
    about: 'a margin preview comes with nothing set, the real one `ms` later; 0 = never',
    takes: { ms: millis(1000) },
  }),
  hugeReply: knob({
    about: 'a reply with daily bars has so many of them',
    takes: { bars: whole(1, Math.floor(LONGEST_FRAME / 64)) },
  }),
  clockSkew: knob({
    about: "the gateway's clock is so much ahead (or behind) in its greeting and when it is asked for the time",
    takes: { ms: whole(-864_000_000, 864_000_000) },
  }),
} as const;
