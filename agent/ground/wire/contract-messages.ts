import { readContract, type WireContract } from './contract-fields.ts';
import type { FieldReader } from './field-reader.ts';
import { encodeFrame, type Field } from './frame.ts';
import { REPLY } from './message-ids.ts';
import { SINCE } from './versions.ts';

export interface ContractDetailsRequest {
  readonly requestId: number;
  readonly contract: WireContract;
  readonly includeExpired: boolean;
  readonly secIdType: string;
  readonly secId: string;
  readonly issuerId: string;
}

export function decodeContractDetailsRequest(fields: FieldReader): ContractDetailsRequest {
  fields.passOver(2);
  return {
    requestId: fields.integer(),
    contract: readContract(fields),
    includeExpired: fields.flag(),
    secIdType: fields.text(),
    secId: fields.text(),
    issuerId: fields.text(),
  };
}

export interface ContractDetails {
  readonly contract: WireContract;
  readonly marketName: string;
  readonly minTick: number;
  readonly orderTypes: string;
  readonly validExchanges: string;
  readonly underlyingConId: number;
  readonly longName: string;
  readonly contractMonth: string;
  readonly industry: string;
  readonly category: string;
  readonly subcategory: string;
  readonly timeZone: string;
  readonly tradingHours: string;
  readonly liquidHours: string;
  readonly underlyingSymbol: string;
  readonly underlyingSecType: string;
  readonly marketRuleIds: string;
  readonly realExpiration: string;
  readonly stockType: string;
}

const FUND_FIELDS = 17;

export function encodeContractDetails(requestId: number, details: ContractDetails, version: number): Buffer {
  const { contract } = details;
  const fields: Field[] = [REPLY.contractDetails, requestId, contract.symbol, contract.secType, contract.lastTradeDate];
  if (version >= SINCE.secondLastTradeDate) fields.push(contract.lastTradeDate);
  fields.push(contract.strike, contract.right, contract.exchange, contract.currency, contract.localSymbol);
  fields.push(details.marketName, contract.tradingClass, contract.conId, details.minTick, contract.multiplier);
  fields.push(details.orderTypes, details.validExchanges, 1, details.underlyingConId, details.longName);
  fields.push(contract.primaryExchange, details.contractMonth, details.industry, details.category, details.subcategory);
  fields.push(details.timeZone, details.tradingHours, details.liquidHours);
  const evRule = '';
  const evMultiplier = '';
  const securityIds = 0;
  const aggregatedGroup = 1;
  fields.push(evRule, evMultiplier, securityIds, aggregatedGroup);
  fields.push(details.underlyingSymbol, details.underlyingSecType, details.marketRuleIds, details.realExpiration);
  const sizes = ['1', '1', '100'];
  fields.push(details.stockType, ...sizes);
  if (version >= SINCE.fundFields && contract.secType === 'FUND')
    fields.push(...new Array<Field>(FUND_FIELDS).fill(''));
  if (version >= SINCE.ineligibilityReasons) fields.push(0);
  return encodeFrame(fields);
}

export function encodeContractDetailsEnd(requestId: number): Buffer {
  return encodeFrame([REPLY.contractDetailsEnd, 1, requestId]);
}

export interface OptionParametersRequest {
  readonly requestId: number;
  readonly symbol: string;
  /** Of options on futures; empty for stocks. */
  readonly exchange: string;
  readonly secType: string;
  readonly conId: number;
}

export function decodeOptionParametersRequest(fields: FieldReader): OptionParametersRequest {
  fields.passOver(1);
  return {
    requestId: fields.integer(),
    symbol: fields.text(),
    exchange: fields.text(),
    secType: fields.text().toUpperCase(),
    conId: fields.integer(),
  };
}

export interface OptionParameters {
  readonly exchange: string;
  readonly underlyingConId: number;
  readonly tradingClass: string;
  readonly multiplier: string;
  /** `YYYYMMDD`. */
  readonly expirations: readonly string[];
  readonly strikes: readonly number[];
}

export function encodeOptionParameters(requestId: number, chain: OptionParameters): Buffer {
  return encodeFrame([
    REPLY.optionParameters,
    requestId,
    chain.exchange,
    chain.underlyingConId,
    chain.tradingClass,
    chain.multiplier,
    chain.expirations.length,
    ...chain.expirations,
    chain.strikes.length,
    ...chain.strikes,
  ]);
}

export function encodeOptionParametersEnd(requestId: number): Buffer {
  return encodeFrame([REPLY.optionParametersEnd, requestId]);
}

export function decodeMatchingSymbolsRequest(fields: FieldReader): { requestId: number; pattern: string } {
  fields.passOver(1);
  return { requestId: fields.integer(), pattern: fields.text() };
}

export interface SymbolSample {
  readonly contract: WireContract;
  readonly derivatives: readonly string[];
  readonly description: string;
}

export function encodeSymbolSamples(requestId: number, samples: readonly SymbolSample[]): Buffer {
  const fields: Field[] = [REPLY.symbolSamples, requestId, samples.length];
  for (const { contract, derivatives, description } of samples) {
    fields.push(contract.conId, contract.symbol, contract.secType, contract.primaryExchange, contract.currency);
    fields.push(derivatives.length, ...derivatives, description, '');
  }
  return encodeFrame(fields);
}

export function decodeMarketRuleRequest(fields: FieldReader): number {
  fields.passOver(1);
  return fields.integer();
}

export interface PriceBand {
  readonly from: number;
  readonly increment: number;
}

export function encodeMarketRule(ruleId: number, bands: readonly PriceBand[]): Buffer {
  return encodeFrame([REPLY.marketRule, ruleId, bands.length, ...bands.flatMap((band) => [band.from, band.increment])]);
}
