import type { BookEvent } from './book.ts';
import type { BookRecord } from './book-record.ts';
import { type BookState, positionKey } from './ledger.ts';

/** What clients hear of a record once it has been applied, in order. */
export function eventsOf(state: BookState, record: BookRecord): readonly BookEvent[] {
  switch (record.kind) {
    case 'accepted':
      return orderEvents(state, record.order.permId);
    case 'modified':
    case 'status':
      return orderEvents(state, record.permId);
    case 'filled':
      return [
        ...record.legs.map(({ execution }): BookEvent => ({ kind: 'execution', execution })),
        ...orderEvents(state, record.permId),
        ...record.legs.flatMap(({ execution, multiplier }) =>
          multiplier > 0 ? positionEvents(state, execution.account, execution.conId) : [],
        ),
      ];
    case 'corrected': {
      const { execution } = record;
      return [{ kind: 'execution', execution }, ...positionEvents(state, execution.account, execution.conId)];
    }
    case 'settled':
      return [
        ...positionEvents(state, record.account, record.conId),
        ...(record.shares === 0 ? [] : positionEvents(state, record.account, record.sharesConId)),
      ];
    default:
      return [];
  }
}

function orderEvents(state: BookState, permId: number): BookEvent[] {
  const order = state.orders.get(permId);
  return order === undefined ? [] : [{ kind: 'order', order }];
}

function positionEvents(state: BookState, account: string, conId: number): BookEvent[] {
  const position = state.positions.get(positionKey(account, conId));
  return position === undefined ? [] : [{ kind: 'position', position }];
}
