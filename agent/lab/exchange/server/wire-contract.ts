import { dollars } from '../../../core/market/money.ts';
import type { WireContract, WireLeg } from '../../../ground/wire/contract-fields.ts';
import type { ContractDetails } from '../../../ground/wire/contract-messages.ts';
import type { OrderLeg } from '../book.ts';
import type { Listing, Market } from '../market.ts';
import { compactDate, TIME_ZONE } from './exchange-time.ts';

/** The broker's one id for all combinations. */
const COMBO_CON_ID = 28_812_380;
const STOCK_EXCHANGES = ['SMART', 'NYSE', 'ARCA', 'NASDAQ'];
const OPTION_EXCHANGES = ['SMART', 'CBOE', 'AMEX', 'ISE', 'PHLX'];

const NOTHING: WireContract = {
  conId: 0,
  symbol: '',
  secType: '',
  lastTradeDate: '',
  strike: 0,
  right: '',
  multiplier: '',
  exchange: 'SMART',
  primaryExchange: '',
  currency: 'USD',
  localSymbol: '',
  tradingClass: '',
};

export function wireContract(listing: Listing): WireContract {
  const { instrument } = listing;
  const { conId, localSymbol, primaryExchange } = listing;
  const common = { ...NOTHING, conId, symbol: instrument.symbol, localSymbol, primaryExchange };
  switch (instrument.kind) {
    case 'stock':
      return { ...common, secType: 'STK', tradingClass: instrument.symbol };
    case 'future':
      return {
        ...common,
        secType: 'FUT',
        lastTradeDate: instrument.contractMonth,
        multiplier: String(instrument.multiplier),
        exchange: primaryExchange,
        tradingClass: instrument.symbol,
      };
    case 'option':
      return {
        ...common,
        secType: 'OPT',
        lastTradeDate: compactDate(instrument.expiration),
        strike: dollars(instrument.strike),
        right: instrument.right,
        multiplier: String(instrument.multiplier),
        tradingClass: instrument.tradingClass,
      };
  }
}

/** Of a conId in the book; 0 is a combination. What is not listed any more keeps its id and symbol. */
export function contractOf(market: Market, conId: number, symbol: string): WireContract {
  if (conId === 0) {
    return { ...NOTHING, conId: COMBO_CON_ID, symbol, secType: 'BAG', localSymbol: symbol, tradingClass: 'COMB' };
  }
  const listing = market.listing(conId);
  return listing === null ? { ...NOTHING, conId, symbol } : wireContract(listing);
}

export function wireLegs(legs: readonly OrderLeg[]): WireLeg[] {
  return legs.map(({ conId, ratio, side }) => ({
    conId,
    ratio,
    action: side === 'buy' ? 'BUY' : 'SELL',
    exchange: 'SMART',
  }));
}

function exchangesOf(listing: Listing): readonly string[] {
  if (listing.instrument.kind === 'future') return [listing.primaryExchange];
  return listing.instrument.kind === 'stock' ? STOCK_EXCHANGES : OPTION_EXCHANGES;
}

export function contractDetails(listing: Listing, ruleId: number, hours: string): ContractDetails {
  const contract = wireContract(listing);
  const exchanges = exchangesOf(listing);
  const smallest = Math.min(...listing.ticks.map((band) => dollars(band.increment)));
  const derived = contract.secType === 'STK' ? '' : contract.symbol;
  return {
    contract,
    marketName: contract.tradingClass,
    minTick: smallest,
    orderTypes: 'DAY,GTC,IOC,LMT,MKT,WHATIF',
    validExchanges: exchanges.join(','),
    underlyingConId: listing.underlyingConId,
    longName: listing.longName,
    contractMonth: contract.lastTradeDate.slice(0, 6),
    industry: '',
    category: '',
    subcategory: '',
    timeZone: TIME_ZONE,
    tradingHours: hours,
    liquidHours: hours,
    underlyingSymbol: derived,
    underlyingSecType: derived === '' ? '' : contract.secType === 'OPT' ? 'STK' : 'IND',
    marketRuleIds: exchanges.map(() => ruleId).join(','),
    realExpiration: contract.lastTradeDate,
    stockType: contract.secType === 'STK' ? 'COMMON' : '',
  };
}
