import { REQUEST } from '../../../ground/wire/message-ids.ts';
import type { Line } from './line.ts';
import type { Message } from './message.ts';
import { idOfRequest, isMeant, refOfRequest } from './order-reference.ts';

/** Returns whether the request goes no further. */
type RequestFault = (request: Message, line: Line) => boolean;

/** What the gateway answers by itself, without the broker. */
const LOCAL = new Set<number>([
  REQUEST.startApi,
  REQUEST.currentTime,
  REQUEST.ids,
  REQUEST.managedAccounts,
  REQUEST.serverLogLevel,
]);
const ORDERS = new Set<number>([
  REQUEST.placeOrder,
  REQUEST.cancelOrder,
  REQUEST.globalCancel,
  REQUEST.exerciseOptions,
]);
const CONTRACTS = new Set<number>([REQUEST.contractDetails, REQUEST.optionParameters, REQUEST.matchingSymbols]);
const NO_ID = -1;
const OWN_ID = -2;

/** Texts of the codes that end a stream before it begins. */
export const NO_DATA: Readonly<Record<string, string>> = {
  354: 'Requested market data is not subscribed.',
  10168: 'Requested market data is not subscribed. Delayed market data is not enabled.',
  10197: 'No market data during competing live session',
};

/** In the order in which they see a request. */
const FAULTS: readonly RequestFault[] = [
  tooMany,
  (request, { board }) => board.has('connectivity') && !LOCAL.has(request.id),
  swallowed,
  readOnly,
  pacing,
  farmLost,
  noData,
  cancelRefused,
  instead,
];

/** Whether a fault keeps a request from the exchange. */
export function isTaken(request: Message, line: Line): boolean {
  return FAULTS.some((fault) => fault(request, line));
}

/** An error that comes with a request, before or after its answer. */
export function tellErrors(request: Message, line: Line, when: 'before' | 'after' | 'instead'): boolean {
  const ref = refOfRequest(request, line);
  const told = line.board.use(
    'error',
    (settings) => settings.on === request.id && settings.when === when && isMeant(settings.ref, ref),
  );
  if (told === null) return false;
  line.error(told.id === OWN_ID ? idOfRequest(request, line.version) : told.id, told.code, told.text);
  return true;
}

function instead(request: Message, line: Line): boolean {
  return line.board.has('error') && tellErrors(request, line, 'instead');
}

function tooMany(_request: Message, line: Line): boolean {
  const { board, clock, quota } = line;
  const limit = board.get('rateLimit');
  if (limit === null) return false;
  const verdict = quota.message(clock.elapsed(), limit);
  if (verdict === 'pass') return false;
  line.error(NO_ID, 100, `Max rate of messages per second has been exceeded:max=${limit.perSecond}`);
  if (verdict === 'close') line.end('fin');
  return true;
}

function swallowed(request: Message, line: Line): boolean {
  if (!line.board.has('swallow')) return false;
  const ref = refOfRequest(request, line);
  const fits = (wanted: { message: number; way: string; ref: string }) =>
    wanted.way === 'in' && (wanted.message === 0 || wanted.message === request.id) && isMeant(wanted.ref, ref);
  return line.board.use('swallow', fits) !== null;
}

function readOnly(request: Message, line: Line): boolean {
  if (!ORDERS.has(request.id) || line.board.use('readOnly') === null) return false;
  line.error(
    idOfRequest(request, line.version),
    321,
    'Error validating request: cause - The API interface is currently in Read-Only mode.',
  );
  return true;
}

function pacing(request: Message, line: Line): boolean {
  const { board, clock, quota } = line;
  const limit = request.id === REQUEST.historicalData ? board.get('historicalPacing') : null;
  if (limit === null || quota.bars(clock.elapsed(), request.fields.slice(2).join(), limit)) return false;
  line.error(idOfRequest(request, line.version), 162, 'Historical Market Data Service error message:pacing violation');
  return true;
}

function farmLost({ id, fields }: Message, line: Line): boolean {
  const isLost = (farm: string) => line.board.get('farm', (settings) => settings.farm === farm) !== null;
  if (id === REQUEST.historicalData && isLost('history')) {
    line.error(Number(fields[1]), 162, 'Historical Market Data Service error message:HMDS connection is broken');
    return true;
  }
  return CONTRACTS.has(id) && isLost('secdef');
}

function noData(request: Message, line: Line): boolean {
  if (request.id !== REQUEST.marketData) return false;
  const { board } = line;
  const told = board.get('marketDataType', ({ code }) => code in NO_DATA)?.code;
  const code = board.has('competingSession') ? '10197' : told;
  if (code === undefined) return false;
  line.error(idOfRequest(request, line.version), Number(code), NO_DATA[code] as string);
  return true;
}

function cancelRefused(request: Message, line: Line): boolean {
  if (request.id !== REQUEST.cancelOrder) return false;
  const ref = refOfRequest(request, line);
  const refusal = line.board.use('cancelRefused', (settings) => isMeant(settings.ref, ref));
  if (refusal === null) return false;
  line.error(idOfRequest(request, line.version), refusal.code, refusal.text);
  return true;
}
