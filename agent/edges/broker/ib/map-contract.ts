import type { ComboLeg as VendorLeg } from '@stoqey/ib/dist/api/contract/comboLeg.js';
import type { Contract } from '@stoqey/ib/dist/api/contract/contract.js';
import type { ContractDetails } from '@stoqey/ib/dist/api/contract/contractDetails.js';
import type { ComboLeg, Instrument, ListedInstrument, Right, Side } from '../../../core/market/contract.ts';
import { dollars, type Money } from '../../../core/market/money.ts';
import type { ComboInstrument } from '../../../core/orders/intent.ts';
import { amount, dateIn } from './map-number.ts';

/** Why something the broker sent cannot be used. */
export interface Nonsense {
  readonly nonsense: string;
  /** Of a kind of security that this program never trades, so that it cannot be ours. */
  readonly foreign?: true;
}

/** Every kind that the broker documents and the core cannot express. A word that is not here may be a garbled one of ours. */
const FOREIGN: ReadonlySet<string> = new Set(
  'BILL BOND BSK CASH CFD CMDTY CONTFUT CRYPTO EC FIXED FOP FUND FWD ICS ICU IND IOPT NEWS SLB WAR'.split(' '),
);

export function isNonsense(value: object): value is Nonsense {
  return 'nonsense' in value;
}

export function toSide(action: string | undefined): Side | null {
  if (action === 'BUY' || action === 'BOT') return 'buy';
  return action === 'SELL' || action === 'SLD' ? 'sell' : null;
}

/** The contract as it goes out: complete, so that whoever reads the frame on its way knows what is meant. */
export function vendorContract(instrument: Instrument | ComboInstrument, conId: number): Contract {
  const common = { symbol: instrument.symbol, currency: 'USD', ...(conId > 0 ? { conId } : {}) };
  switch (instrument.kind) {
    case 'stock':
      return { ...common, secType: 'STK' as Contract['secType'] & string, exchange: 'SMART' };
    case 'future':
      return {
        ...common,
        secType: 'FUT' as Contract['secType'] & string,
        lastTradeDateOrContractMonth: instrument.contractMonth,
        ...(instrument.multiplier > 0 ? { multiplier: instrument.multiplier } : {}),
      };
    case 'option':
      return {
        ...common,
        secType: 'OPT' as Contract['secType'] & string,
        exchange: 'SMART',
        lastTradeDateOrContractMonth: instrument.expiration.replaceAll('-', ''),
        strike: dollars(instrument.strike),
        right: instrument.right as Contract['right'] & string,
        multiplier: instrument.multiplier,
        tradingClass: instrument.tradingClass,
      };
    case 'combo':
      return {
        symbol: instrument.symbol,
        currency: 'USD',
        secType: 'BAG' as Contract['secType'] & string,
        exchange: 'SMART',
        comboLegs: instrument.legs.map(vendorLeg),
      };
  }
}

export function toInstrument(contract: Contract): Instrument | Nonsense {
  const symbol = contract.symbol ?? '';
  const kind = (contract.secType as string | undefined) ?? '';
  if (FOREIGN.has(kind)) return { nonsense: `security type ${kind} of ${symbol}`, foreign: true };
  if (symbol === '') return { nonsense: 'a contract without a symbol' };
  switch (kind) {
    case 'STK':
      return { kind: 'stock', symbol };
    case 'OPT':
      return toOption(symbol, contract);
    case 'FUT':
      return toFuture(symbol, contract);
    default:
      return { nonsense: `security type "${kind}" of ${symbol}` };
  }
}

export function toListed(details: ContractDetails): ListedInstrument | Nonsense {
  const instrument = toInstrument(details.contract);
  if (isNonsense(instrument)) return instrument;
  const conId = details.contract.conId ?? 0;
  const minTick = amount(details.minTick);
  if (conId <= 0) return { nonsense: `${instrument.symbol} without a contract id` };
  if (minTick === null || minTick <= 0) return { nonsense: `a tick of ${details.minTick} for ${instrument.symbol}` };
  const month = details.contractMonth ?? '';
  const named = instrument.kind === 'future' && month !== '' ? { ...instrument, contractMonth: month } : instrument;
  return { instrument: named, conId, minTick };
}

/** @param legOf what is known of a contract id */
export function toCombo(contract: Contract, legOf: (conId: number) => Instrument | null): ComboInstrument | Nonsense {
  const legs: ComboLeg[] = [];
  for (const leg of contract.comboLegs ?? []) {
    const conId = leg.conId ?? 0;
    const instrument = legOf(conId);
    const side = toSide(leg.action);
    if (instrument === null || instrument.kind === 'future' || side === null || !((leg.ratio ?? 0) > 0)) {
      return { nonsense: `a combo of ${contract.symbol} with an unknown leg ${conId}` };
    }
    legs.push({ instrument, conId, side, ratio: leg.ratio as number });
  }
  if (legs.length === 0) return { nonsense: `a combo of ${contract.symbol} without legs` };
  return { kind: 'combo', symbol: contract.symbol ?? '', legs };
}

function vendorLeg(leg: ComboLeg): VendorLeg {
  return {
    conId: leg.conId,
    ratio: leg.ratio,
    action: (leg.side === 'buy' ? 'BUY' : 'SELL') as VendorLeg['action'] & string,
    exchange: 'SMART',
    openClose: 0,
    shortSaleSlot: 0,
    designatedLocation: '',
    exemptCode: -1,
  };
}

function toOption(symbol: string, contract: Contract): Instrument | Nonsense {
  const expiration = dateIn(contract.lastTradeDateOrContractMonth);
  const strike = amount(contract.strike);
  const right = contract.right as Right | undefined;
  const multiplier = contract.multiplier ?? 0;
  if (expiration === null) {
    return { nonsense: `an option of ${symbol} that expires on "${contract.lastTradeDateOrContractMonth}"` };
  }
  if (strike === null || strike <= 0) return { nonsense: `an option of ${symbol} with a strike of ${contract.strike}` };
  if (right !== 'C' && right !== 'P') return { nonsense: `an option of ${symbol} that is neither call nor put` };
  if (!(Number.isSafeInteger(multiplier) && multiplier > 0)) {
    return { nonsense: `an option of ${symbol} with a multiplier of ${contract.multiplier}` };
  }
  const tradingClass = contract.tradingClass || symbol;
  return { kind: 'option', symbol, tradingClass, expiration, strike: strike as Money, right, multiplier };
}

function toFuture(symbol: string, contract: Contract): Instrument | Nonsense {
  const contractMonth = (contract.lastTradeDateOrContractMonth ?? '').slice(0, 6);
  const multiplier = contract.multiplier ?? 0;
  if (!/^\d{6}$/.test(contractMonth)) return { nonsense: `a future of ${symbol} without a month` };
  if (!(multiplier > 0)) return { nonsense: `a future of ${symbol} with a multiplier of ${contract.multiplier}` };
  return { kind: 'future', symbol, contractMonth, multiplier };
}
