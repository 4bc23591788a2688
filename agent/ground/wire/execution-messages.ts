import { contractFields, type WireContract } from './contract-fields.ts';
import type { FieldReader } from './field-reader.ts';
import { encodeFrame, type Field } from './frame.ts';
import { REPLY } from './message-ids.ts';
import { UNSET_DOUBLE } from './unset.ts';
import { SINCE } from './versions.ts';

/** Empty text and 0 = any. */
export interface ExecutionsRequest {
  readonly requestId: number;
  readonly clientId: number;
  readonly account: string;
  /** Only those at or after it. */
  readonly time: string;
  readonly symbol: string;
  readonly secType: string;
  readonly exchange: string;
  /** `BUY` or `SELL`. */
  readonly side: string;
}

export function decodeExecutionsRequest(fields: FieldReader): ExecutionsRequest {
  fields.passOver(2);
  return {
    requestId: fields.integer(),
    clientId: fields.integer(),
    account: fields.text(),
    time: fields.text(),
    symbol: fields.text(),
    secType: fields.text().toUpperCase(),
    exchange: fields.text(),
    side: fields.text().toUpperCase(),
  };
}

export interface WireExecution {
  readonly orderId: number;
  readonly contract: WireContract;
  readonly execId: string;
  /** `20261120 10:00:05 US/Eastern`. */
  readonly time: string;
  readonly account: string;
  readonly exchange: string;
  readonly side: 'BOT' | 'SLD';
  readonly shares: number;
  readonly price: number;
  readonly permId: number;
  readonly clientId: number;
  readonly cumulative: number;
  readonly averagePrice: number;
  readonly orderRef: string;
}

/** `requestId` -1 = not asked for. */
export function encodeExecution(requestId: number, execution: WireExecution, version: number): Buffer {
  const liquidation = 0;
  const evRule = '';
  const evMultiplier = '';
  const modelCode = '';
  const addedLiquidity = 1;
  const fields: Field[] = [
    REPLY.execution,
    requestId,
    execution.orderId,
    ...contractFields(execution.contract),
    execution.execId,
    execution.time,
    execution.account,
    execution.exchange,
    execution.side,
    execution.shares,
    execution.price,
    execution.permId,
    execution.clientId,
    liquidation,
    execution.cumulative,
    execution.averagePrice,
    execution.orderRef,
    evRule,
    evMultiplier,
    modelCode,
    addedLiquidity,
  ];
  if (version >= SINCE.pendingPriceRevision) fields.push(false);
  return encodeFrame(fields);
}

export function encodeExecutionsEnd(requestId: number): Buffer {
  return encodeFrame([REPLY.executionsEnd, 1, requestId]);
}

export interface Commission {
  readonly execId: string;
  readonly commission: number;
  /** `null` = it opened a position. */
  readonly realized: number | null;
}

export function encodeCommission(report: Commission): Buffer {
  const yieldToMaturity = UNSET_DOUBLE;
  const yieldRedemptionDate = '';
  const realized = report.realized ?? UNSET_DOUBLE;
  return encodeFrame([
    REPLY.commission,
    1,
    report.execId,
    report.commission,
    'USD',
    realized,
    yieldToMaturity,
    yieldRedemptionDate,
  ]);
}
