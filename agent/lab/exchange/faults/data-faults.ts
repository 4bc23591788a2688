import { REPLY } from '../../../ground/wire/message-ids.ts';
import { connectionTime } from '../server/exchange-time.ts';
import type { Line } from './line.ts';
import { Message } from './message.ts';

const SECOND_MS = 1000;
const FIRST_DELAYED_TYPE = 3;
const ID = 2;
const TICK_TYPE = 3;
const TICK_TYPE_OF_OPTION = 2;
/** Of historicalData: how many bars there are, then eight fields for each. */
const BARS = 4;
const BAR_FIELDS = 8;

const TICKS = new Set<number>([
  REPLY.tickPrice,
  REPLY.tickSize,
  REPLY.tickGeneric,
  REPLY.tickString,
  REPLY.tickOptionComputation,
]);
/** Bid and bid size for ask and ask size, of live and of delayed data. */
const CROSSED: Readonly<Record<string, string>> = {
  0: '3',
  3: '0',
  1: '2',
  2: '1',
  66: '67',
  67: '66',
  69: '70',
  70: '69',
};
const PRICES = new Set(['1', '2', '66', '67']);
const SIZES = new Set(['0', '3', '69', '70']);
const DELAYED: Readonly<Record<string, string>> = {
  0: '69',
  1: '66',
  2: '67',
  3: '70',
  4: '68',
  5: '71',
  6: '72',
  7: '73',
  8: '74',
  9: '75',
  10: '80',
  11: '81',
  12: '82',
  13: '83',
  14: '76',
  45: '88',
};

/** What becomes of a message with data: other messages in its place, none, or itself. */
export function changedData(message: Message, line: Line): readonly Message[] {
  if (TICKS.has(message.id)) return ticks(message, line);
  const { board } = line;
  switch (message.id) {
    case REPLY.nextValidId:
      return board.use('noNextValidId') === null ? [message] : [];
    case REPLY.currentTime: {
      const skew = board.get('clockSkew')?.ms ?? 0;
      return [skew === 0 ? message : message.with(2, String(message.number(2) + Math.floor(skew / SECOND_MS)))];
    }
    case REPLY.historicalData:
      return [lengthened(message, board.use('hugeReply')?.bars ?? null)];
    case REPLY.marketDataType:
      return dataType(message, line);
    default:
      return [message];
  }
}

/** The greeting of a gateway whose clock is wrong. */
export function skewedGreeting(message: Message, { board, clock }: Line): Message {
  const skew = board.get('clockSkew');
  return skew === null ? message : message.with(1, connectionTime(clock.now() + skew.ms));
}

/** The codes that come beside the data and do not end it. */
export const BESIDE_DATA: Readonly<Record<string, string>> = {
  10089: 'Requested market data requires additional subscription for API.',
  10090: 'Part of requested market data is not subscribed. Subscription-independent ticks are still active.',
  10167: 'Requested market data is not subscribed. Displaying delayed market data.',
};

function dataType(message: Message, line: Line): readonly Message[] {
  const told = line.board.use('marketDataType');
  if (told === null) return [message];
  const text = BESIDE_DATA[told.code];
  if (text !== undefined) line.error(message.number(ID), Number(told.code), text);
  return [message.with(TICK_TYPE, told.type)];
}

function ticks(message: Message, line: Line): readonly Message[] {
  const isOption = message.id === REPLY.tickOptionComputation;
  const { board } = line;
  const id = message.number(isOption ? 1 : ID);
  if (line.silent.has(id) || board.has('competingSession') || isFarmLost(line)) return [];
  const symbol = line.subscribed.get(id) ?? '';
  const is = (how: string) =>
    board.get('quotes', (wanted) => wanted.how === how && ['', symbol].includes(wanted.symbol)) !== null;
  if (is('frozen') || (isOption && is('noGreeks'))) return [];
  const changed = isOption ? message : nonsense(message, is);
  return [isDelayed(line) ? delayed(changed, isOption ? TICK_TYPE_OF_OPTION : TICK_TYPE) : changed];
}

function nonsense(message: Message, is: (how: string) => boolean): Message {
  const type = message.field(TICK_TYPE);
  const other = CROSSED[type];
  if (other === undefined) return message;
  if (is('crossed')) return message.with(TICK_TYPE, other);
  if (is('nan') && PRICES.has(type)) return message.with(TICK_TYPE + 1, 'NaN');
  if (!is('none')) return message;
  const gone = PRICES.has(type) ? message.with(TICK_TYPE + 1, '-1').with(TICK_TYPE + 2, '0') : message;
  return SIZES.has(type) ? gone.with(TICK_TYPE + 1, '0') : gone;
}

function isFarmLost({ board }: Line): boolean {
  return board.get('farm', ({ farm }) => farm === 'market') !== null;
}

function isDelayed({ board }: Line): boolean {
  return Number(board.get('marketDataType')?.type ?? 0) >= FIRST_DELAYED_TYPE;
}

function delayed(message: Message, at: number): Message {
  const type = DELAYED[message.field(at)];
  return type === undefined ? message : message.with(at, type);
}

/** As many bars as are asked for: those there are, over and over. */
function lengthened(message: Message, bars: number | null): Message {
  const there = message.number(BARS);
  if (bars === null || !(there > 0)) return message;
  const fields: string[] = [...message.fields.slice(0, BARS), String(bars)];
  for (let i = 0; i < bars; i += 1) {
    const from = BARS + 1 + (i % there) * BAR_FIELDS;
    for (let at = from; at < from + BAR_FIELDS; at += 1) fields.push(message.field(at));
  }
  return Message.of(fields);
}
