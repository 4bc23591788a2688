import { REPLY, REQUEST } from '../../../ground/wire/message-ids.ts';
import { SINCE } from '../../../ground/wire/versions.ts';
import type { Book, BookOrder } from '../book.ts';
import type { Message } from './message.ts';

/** Where orderRef stands. */
const REF_IN_PLACE = 26;
const REF_IN_OPEN = 23;
const REF_IN_COMPLETED = 22;
const REF_IN_EXECUTION = 26;
const CLIENT_IN_STATUS = 9;

/** Whether an order is meant: all are by an empty text, several by one that ends in `*`. */
export function isMeant(wanted: string, orderRef: string | null): boolean {
  if (wanted === '') return true;
  if (orderRef === null) return false;
  return wanted.endsWith('*') ? orderRef.startsWith(wanted.slice(0, -1)) : orderRef === wanted;
}

/** Whose words a message is in. */
export interface Speaker {
  readonly book: Book;
  readonly clientId: number;
  readonly version: number;
}

/** Requests that carry a version of their own before their id. */
const VERSIONED = new Set<number>([
  REQUEST.marketData,
  REQUEST.cancelMarketData,
  REQUEST.contractDetails,
  REQUEST.executions,
  REQUEST.accountSummary,
  REQUEST.accountUpdatesMulti,
]);

/** The id of the order or request that a message is about; -1 = none. */
export function idOfRequest(message: Message, version: number): number {
  if (message.id === REQUEST.globalCancel) return -1;
  const isVersioned = message.id === REQUEST.cancelOrder ? version < SINCE.cmeTagging : VERSIONED.has(message.id);
  const id = message.number(isVersioned ? 2 : 1);
  return Number.isSafeInteger(id) ? id : -1;
}

/** The orderRef of the order that a request is about; `null` = about none that is known. */
export function refOfRequest(message: Message, { book, clientId, version }: Speaker): string | null {
  if (message.id === REQUEST.placeOrder) return message.field(REF_IN_PLACE);
  return message.id === REQUEST.cancelOrder ? refOfOrder(book, clientId, idOfRequest(message, version)) : null;
}

/** The orderRef of the order that the exchange tells of. */
export function refOfReply(message: Message, { book, clientId }: Speaker): string | null {
  switch (message.id) {
    case REPLY.orderStatus:
      return refOfOrder(book, message.number(CLIENT_IN_STATUS), message.number(1));
    case REPLY.openOrder:
      return message.field(REF_IN_OPEN);
    case REPLY.completedOrder:
      return message.field(REF_IN_COMPLETED);
    case REPLY.execution:
      return message.field(REF_IN_EXECUTION);
    case REPLY.error:
      return refOfOrder(book, clientId, message.number(2));
    case REPLY.commission:
      return book.executions().find(({ execId }) => execId === message.field(2))?.orderRef ?? null;
    default:
      return null;
  }
}

function refOfOrder(book: Book, clientId: number, orderId: number): string | null {
  const fits = ({ request }: BookOrder) => request.clientId === clientId && request.orderId === orderId;
  const order = book.openOrders().findLast(fits) ?? book.completedOrders().findLast(fits);
  return order?.request.orderRef ?? null;
}
