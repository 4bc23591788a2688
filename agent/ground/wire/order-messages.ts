import { readRight, type WireContract } from './contract-fields.ts';
import type { FieldReader } from './field-reader.ts';
import { encodeFrame } from './frame.ts';
import { REPLY } from './message-ids.ts';
import { SINCE } from './versions.ts';

/** A cancelOrder; what follows the id carries nothing that the exchange acts on. */
export function decodeCancelOrder(fields: FieldReader, version: number): number {
  fields.passOver(version < SINCE.cmeTagging ? 2 : 1);
  return fields.integer();
}

export function decodeAutoOpenOrders(fields: FieldReader): boolean {
  fields.passOver(2);
  return fields.flag();
}

/** True = only orders that came through this protocol. */
export function decodeCompletedOrdersRequest(fields: FieldReader): boolean {
  fields.passOver(1);
  return fields.flag();
}

export interface ExerciseRequest {
  readonly requestId: number;
  readonly contract: WireContract;
  /** 1 exercise, 2 lapse. */
  readonly action: number;
  readonly quantity: number;
  readonly account: string;
  readonly override: boolean;
}

export function decodeExerciseRequest(fields: FieldReader): ExerciseRequest {
  fields.passOver(2);
  return {
    requestId: fields.integer(),
    contract: {
      conId: fields.integer(),
      symbol: fields.text(),
      secType: fields.text().toUpperCase(),
      lastTradeDate: fields.text(),
      strike: fields.number(),
      right: readRight(fields),
      multiplier: fields.text(),
      exchange: fields.text(),
      primaryExchange: '',
      currency: fields.text(),
      localSymbol: fields.text(),
      tradingClass: fields.text(),
    },
    action: fields.integer(),
    quantity: fields.integer(),
    account: fields.text(),
    override: fields.flag(),
  };
}

export interface OrderStatus {
  readonly orderId: number;
  readonly status: string;
  readonly filled: number;
  readonly remaining: number;
  /** Negative for a combo that brought a credit. */
  readonly averagePrice: number;
  readonly permId: number;
  readonly parentId: number;
  readonly lastPrice: number;
  readonly clientId: number;
}

export function encodeOrderStatus(order: OrderStatus): Buffer {
  const whyHeld = '';
  const marketCapPrice = 0;
  return encodeFrame([
    REPLY.orderStatus,
    order.orderId,
    order.status,
    order.filled,
    order.remaining,
    order.averagePrice,
    order.permId,
    order.parentId,
    order.lastPrice,
    order.clientId,
    whyHeld,
    marketCapPrice,
  ]);
}

export function encodeOpenOrderEnd(): Buffer {
  return encodeFrame([REPLY.openOrderEnd, 1]);
}

export function encodeCompletedOrdersEnd(): Buffer {
  return encodeFrame([REPLY.completedOrdersEnd]);
}

export function encodeOrderBound(permId: number, clientId: number, orderId: number): Buffer {
  return encodeFrame([REPLY.orderBound, permId, clientId, orderId]);
}
