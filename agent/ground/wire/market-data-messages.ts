import {
  type DeltaNeutralContract,
  readContract,
  readDeltaNeutralContract,
  readLeg,
  type WireContract,
  type WireLeg,
} from './contract-fields.ts';
import type { FieldReader } from './field-reader.ts';
import { encodeFrame } from './frame.ts';
import { REPLY } from './message-ids.ts';

export interface MarketDataRequest {
  readonly requestId: number;
  readonly contract: WireContract;
  readonly legs: readonly WireLeg[];
  readonly deltaNeutral: DeltaNeutralContract | null;
  readonly genericTicks: readonly string[];
  readonly snapshot: boolean;
  readonly regulatorySnapshot: boolean;
}

export function decodeMarketDataRequest(fields: FieldReader): MarketDataRequest {
  fields.passOver(2);
  const requestId = fields.integer();
  const contract = readContract(fields);
  const legs = contract.secType === 'BAG' ? fields.list(() => readLeg(fields)) : [];
  return {
    requestId,
    contract,
    legs,
    deltaNeutral: readDeltaNeutralContract(fields),
    genericTicks: fields.text().split(',').filter(Boolean),
    snapshot: fields.flag(),
    regulatorySnapshot: fields.flag(),
  };
}

export function decodeMarketDataType(fields: FieldReader): number {
  fields.passOver(2);
  return fields.integer();
}

export function encodeMarketDataType(requestId: number, type: number): Buffer {
  return encodeFrame([REPLY.marketDataType, 1, requestId, type]);
}

export function encodeTickRequestParameters(requestId: number, minTick: number): Buffer {
  const bboExchange = '9c0001';
  const snapshotPermissions = 3;
  return encodeFrame([REPLY.tickRequestParameters, requestId, minTick, bboExchange, snapshotPermissions]);
}

const TICK_VERSION = 6;

export interface PriceTick {
  readonly requestId: number;
  readonly tickType: number;
  /** -1 with size 0 = there is none. */
  readonly price: number;
  readonly size: number;
  /** Bit 0 automatic execution, bit 1 past limit, bit 2 pre-open. */
  readonly attributes: number;
}

export function encodeTickPrice(tick: PriceTick): Buffer {
  const { requestId, tickType, price, size, attributes } = tick;
  return encodeFrame([REPLY.tickPrice, TICK_VERSION, requestId, tickType, price, size, attributes]);
}

export function encodeTickSize(requestId: number, tickType: number, size: number): Buffer {
  return encodeFrame([REPLY.tickSize, TICK_VERSION, requestId, tickType, size]);
}

export function encodeTickGeneric(requestId: number, tickType: number, value: number): Buffer {
  return encodeFrame([REPLY.tickGeneric, TICK_VERSION, requestId, tickType, value]);
}

export function encodeTickString(requestId: number, tickType: number, value: string): Buffer {
  return encodeFrame([REPLY.tickString, TICK_VERSION, requestId, tickType, value]);
}

/** `null` = not computed. Theta per calendar day, vega per point. */
export interface OptionComputation {
  readonly impliedVolatility: number | null;
  readonly delta: number | null;
  readonly price: number | null;
  readonly presentDividend: number | null;
  readonly gamma: number | null;
  readonly vega: number | null;
  readonly theta: number | null;
  readonly underlying: number | null;
}

export function encodeOptionComputation(requestId: number, tickType: number, values: OptionComputation): Buffer {
  const priceBased = 1;
  return encodeFrame([
    REPLY.tickOptionComputation,
    requestId,
    tickType,
    priceBased,
    values.impliedVolatility ?? -1,
    values.delta ?? -2,
    values.price ?? -1,
    values.presentDividend ?? -1,
    values.gamma ?? -2,
    values.vega ?? -2,
    values.theta ?? -2,
    values.underlying ?? -1,
  ]);
}

export function encodeSnapshotEnd(requestId: number): Buffer {
  return encodeFrame([REPLY.tickSnapshotEnd, 1, requestId]);
}
