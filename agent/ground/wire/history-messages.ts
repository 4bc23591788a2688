import { readContract, readLeg, type WireContract, type WireLeg } from './contract-fields.ts';
import type { FieldReader } from './field-reader.ts';
import { encodeFrame, type Field } from './frame.ts';
import { REPLY } from './message-ids.ts';

export interface HistoricalDataRequest {
  readonly requestId: number;
  readonly contract: WireContract;
  readonly legs: readonly WireLeg[];
  readonly includeExpired: boolean;
  /** Empty = now. */
  readonly end: string;
  /** `1 day`. */
  readonly barSize: string;
  /** `6 M`. */
  readonly duration: string;
  readonly regularHours: boolean;
  readonly whatToShow: string;
  /** 1 text, 2 epoch seconds. */
  readonly formatDate: number;
  readonly keepUpToDate: boolean;
}

export function decodeHistoricalDataRequest(fields: FieldReader): HistoricalDataRequest {
  fields.passOver(1);
  const head = {
    requestId: fields.integer(),
    contract: readContract(fields),
    includeExpired: fields.flag(),
    end: fields.text(),
    barSize: fields.text(),
    duration: fields.text(),
    regularHours: fields.flag(),
    whatToShow: fields.text().toUpperCase(),
    formatDate: fields.integer(),
  };
  const legs = head.contract.secType === 'BAG' ? fields.list(() => readLeg(fields)) : [];
  return { ...head, legs, keepUpToDate: fields.flag() };
}

export interface HeadTimestampRequest {
  readonly requestId: number;
  readonly contract: WireContract;
  readonly whatToShow: string;
  readonly formatDate: number;
}

export function decodeHeadTimestampRequest(fields: FieldReader): HeadTimestampRequest {
  fields.passOver(1);
  const requestId = fields.integer();
  const contract = readContract(fields);
  fields.passOver(2);
  return { requestId, contract, whatToShow: fields.text().toUpperCase(), formatDate: fields.integer() };
}

export interface WireBar {
  /** `YYYYMMDD` for days. */
  readonly date: string;
  readonly open: number;
  readonly high: number;
  readonly low: number;
  readonly close: number;
  readonly volume: number;
  readonly average: number;
  readonly count: number;
}

export interface BarSeries {
  readonly requestId: number;
  readonly start: string;
  readonly end: string;
  readonly bars: readonly WireBar[];
}

export function encodeHistoricalData(series: BarSeries): Buffer {
  const fields: Field[] = [REPLY.historicalData, series.requestId, series.start, series.end, series.bars.length];
  for (const bar of series.bars) {
    fields.push(bar.date, bar.open, bar.high, bar.low, bar.close, bar.volume, bar.average, bar.count);
  }
  return encodeFrame(fields);
}

/** The order of prices differs from that of `encodeHistoricalData`. */
export function encodeHistoricalDataUpdate(requestId: number, bar: WireBar): Buffer {
  const prices = [bar.open, bar.close, bar.high, bar.low];
  return encodeFrame([REPLY.historicalDataUpdate, requestId, bar.count, bar.date, ...prices, bar.average, bar.volume]);
}

export function encodeHeadTimestamp(requestId: number, timestamp: string): Buffer {
  return encodeFrame([REPLY.headTimestamp, requestId, timestamp]);
}
