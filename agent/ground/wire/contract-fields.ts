import type { FieldReader } from './field-reader.ts';
import type { Field } from './frame.ts';

/** A contract as it is on the wire. Empty text and 0 mean "not given". */
export interface WireContract {
  readonly conId: number;
  readonly symbol: string;
  /** `STK`, `OPT`, `FUT`, `BAG` … */
  readonly secType: string;
  /** `YYYYMMDD` or `YYYYMM`. */
  readonly lastTradeDate: string;
  readonly strike: number;
  readonly right: 'C' | 'P' | '';
  readonly multiplier: string;
  readonly exchange: string;
  readonly primaryExchange: string;
  readonly currency: string;
  readonly localSymbol: string;
  readonly tradingClass: string;
}

export interface WireLeg {
  readonly conId: number;
  readonly ratio: number;
  readonly action: string;
  readonly exchange: string;
}

export interface DeltaNeutralContract {
  readonly conId: number;
  readonly delta: number;
  readonly price: number;
}

/** The twelve fields of a contract in a request. */
export function readContract(fields: FieldReader): WireContract {
  return {
    conId: fields.integer(),
    symbol: fields.text(),
    secType: fields.text().toUpperCase(),
    lastTradeDate: fields.text(),
    strike: fields.number(),
    right: readRight(fields),
    multiplier: fields.text(),
    exchange: fields.text(),
    primaryExchange: fields.text(),
    currency: fields.text(),
    localSymbol: fields.text(),
    tradingClass: fields.text(),
  };
}

export function readRight(fields: FieldReader): 'C' | 'P' | '' {
  const right = fields.oneOf('C', 'P', 'CALL', 'PUT', '0', '?');
  if (right === 'C' || right === 'CALL') return 'C';
  return right === 'P' || right === 'PUT' ? 'P' : '';
}

/** The four fields of a leg in a request for data. */
export function readLeg(fields: FieldReader): WireLeg {
  return { conId: fields.integer(), ratio: fields.integer(), action: fields.text(), exchange: fields.text() };
}

export function readDeltaNeutralContract(fields: FieldReader): DeltaNeutralContract | null {
  if (!fields.flag()) return null;
  return { conId: fields.integer(), delta: fields.number(), price: fields.number() };
}

/** The eleven fields of a contract in an order, an execution or a position; `noRight` stands where there is no right. */
export function contractFields(contract: WireContract, noRight: '' | '?' | '0' = ''): Field[] {
  return [...contractHead(contract, noRight), contract.exchange, ...contractTail(contract)];
}

/** As `contractFields`, with the primary exchange: what portfolio values carry. */
export function portfolioContractFields(contract: WireContract): Field[] {
  return [...contractHead(contract, '0'), contract.primaryExchange, ...contractTail(contract)];
}

function contractHead(contract: WireContract, noRight: string): Field[] {
  return [
    contract.conId,
    contract.symbol,
    contract.secType,
    contract.lastTradeDate,
    contract.strike,
    contract.right === '' ? noRight : contract.right,
    contract.multiplier,
  ];
}

function contractTail(contract: WireContract): Field[] {
  return [contract.currency, contract.localSymbol, contract.tradingClass];
}
