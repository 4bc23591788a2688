import { contractFields, portfolioContractFields, type WireContract } from './contract-fields.ts';
import type { FieldReader } from './field-reader.ts';
import { encodeFrame, type Field } from './frame.ts';
import { REPLY } from './message-ids.ts';
import { UNSET_DOUBLE } from './unset.ts';

export function decodeAccountUpdatesRequest(fields: FieldReader): { subscribe: boolean; account: string } {
  fields.passOver(2);
  return { subscribe: fields.flag(), account: fields.text() };
}

export interface AccountSummaryRequest {
  readonly requestId: number;
  readonly group: string;
  readonly tags: readonly string[];
}

export function decodeAccountSummaryRequest(fields: FieldReader): AccountSummaryRequest {
  fields.passOver(2);
  const requestId = fields.integer();
  const group = fields.text();
  const tags = fields.text().split(',');
  return { requestId, group, tags: tags.map((tag) => tag.trim()).filter(Boolean) };
}

export interface AccountUpdatesMultiRequest {
  readonly requestId: number;
  readonly account: string;
  readonly modelCode: string;
  readonly ledgerAndNetLiquidation: boolean;
}

export function decodeAccountUpdatesMultiRequest(fields: FieldReader): AccountUpdatesMultiRequest {
  fields.passOver(2);
  return {
    requestId: fields.integer(),
    account: fields.text(),
    modelCode: fields.text(),
    ledgerAndNetLiquidation: fields.flag(),
  };
}

export interface PnlRequest {
  readonly requestId: number;
  readonly account: string;
  readonly modelCode: string;
}

export function decodePnlRequest(fields: FieldReader): PnlRequest {
  fields.passOver(1);
  return { requestId: fields.integer(), account: fields.text(), modelCode: fields.text() };
}

export function decodePnlSingleRequest(fields: FieldReader): PnlRequest & { readonly conId: number } {
  return { ...decodePnlRequest(fields), conId: fields.integer() };
}

export interface AccountValue {
  readonly key: string;
  readonly value: string;
  readonly currency: string;
}

export function encodeAccountValue(account: string, { key, value, currency }: AccountValue): Buffer {
  return encodeFrame([REPLY.accountValue, 2, key, value, currency, account]);
}

/** Amounts in dollars; `averageCost` includes the multiplier. */
export interface PortfolioValue {
  readonly account: string;
  readonly contract: WireContract;
  readonly position: number;
  readonly marketPrice: number;
  readonly marketValue: number;
  readonly averageCost: number;
  readonly unrealized: number;
  readonly realized: number;
}

export function encodePortfolioValue(value: PortfolioValue): Buffer {
  return encodeFrame([
    REPLY.portfolioValue,
    8,
    ...portfolioContractFields(value.contract),
    value.position,
    value.marketPrice,
    value.marketValue,
    value.averageCost,
    value.unrealized,
    value.realized,
    value.account,
  ]);
}

/** `HH:MM`. */
export function encodeAccountTime(time: string): Buffer {
  return encodeFrame([REPLY.accountTime, 1, time]);
}

export function encodeAccountDownloadEnd(account: string): Buffer {
  return encodeFrame([REPLY.accountDownloadEnd, 1, account]);
}

export function encodeAccountSummary(
  requestId: number,
  account: string,
  { key, value, currency }: AccountValue,
): Buffer {
  return encodeFrame([REPLY.accountSummary, 1, requestId, account, key, value, currency]);
}

export function encodeAccountSummaryEnd(requestId: number): Buffer {
  return encodeFrame([REPLY.accountSummaryEnd, 1, requestId]);
}

export function encodeAccountUpdateMulti(
  request: { readonly requestId: number; readonly modelCode: string },
  account: string,
  { key, value, currency }: AccountValue,
): Buffer {
  return encodeFrame([
    REPLY.accountUpdateMulti,
    1,
    request.requestId,
    account,
    request.modelCode,
    key,
    value,
    currency,
  ]);
}

export function encodeAccountUpdateMultiEnd(requestId: number): Buffer {
  return encodeFrame([REPLY.accountUpdateMultiEnd, 1, requestId]);
}

export interface WirePosition {
  readonly account: string;
  readonly contract: WireContract;
  readonly quantity: number;
  /** In dollars, multiplier included. */
  readonly averageCost: number;
}

export function encodePosition(position: WirePosition): Buffer {
  const { account, contract, quantity, averageCost } = position;
  return encodeFrame([REPLY.position, 3, account, ...contractFields(contract), quantity, averageCost]);
}

export function encodePositionEnd(): Buffer {
  return encodeFrame([REPLY.positionEnd, 1]);
}

/** `null` = not computed. */
export interface ProfitAndLoss {
  readonly daily: number | null;
  readonly unrealized: number | null;
  readonly realized: number | null;
}

export function encodePnl(requestId: number, amounts: ProfitAndLoss): Buffer {
  return encodeFrame([REPLY.pnl, requestId, ...pnlFields(amounts)]);
}

export function encodePnlSingle(
  requestId: number,
  amounts: ProfitAndLoss & { readonly position: number; readonly value: number | null },
): Buffer {
  const value = amounts.value ?? UNSET_DOUBLE;
  return encodeFrame([REPLY.pnlSingle, requestId, amounts.position, ...pnlFields(amounts), value]);
}

function pnlFields(amounts: ProfitAndLoss): Field[] {
  return [amounts.daily ?? UNSET_DOUBLE, amounts.unrealized ?? UNSET_DOUBLE, amounts.realized ?? UNSET_DOUBLE];
}
