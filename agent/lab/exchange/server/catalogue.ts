import type { Instrument } from '../../../core/market/contract.ts';
import { dollars } from '../../../core/market/money.ts';
import type { WireContract } from '../../../ground/wire/contract-fields.ts';
import type { Refusal } from '../book.ts';
import type { Listing, Market } from '../market.ts';
import { compactDate } from './exchange-time.ts';

type Bands = Listing['ticks'];

const KINDS: Readonly<Record<string, Instrument['kind']>> = { STK: 'stock', OPT: 'option', FUT: 'future' };
const ROUTES = new Set(['', 'SMART', 'BEST', 'CBOE', 'AMEX', 'NYSE', 'NASDAQ', 'ISLAND', 'ARCA', 'ISE', 'PHLX', 'BOX']);

const PENNY_RULE = 26;
const FIRST_RULE = 1000;
const RULES = 9000;

export const NO_SUCH_CONTRACT: Refusal = {
  code: 200,
  text: 'No security definition has been found for the request',
};

/** Finds listings by what clients write, and numbers the tick tables. */
export class Catalogue {
  readonly #market: Market;
  readonly #rules = new Map<number, Bands>();

  constructor(market: Market) {
    this.#market = market;
  }

  /** Every listing that fits; a conId alone is enough. */
  find(contract: WireContract): readonly Listing[] {
    if (contract.conId > 0) {
      const listing = this.#market.listing(contract.conId);
      return listing !== null && fitsLoosely(listing, contract) ? [listing] : [];
    }
    if (KINDS[contract.secType] === undefined) return [];
    return this.#symbols(contract)
      .flatMap((symbol) => this.#market.listings(symbol))
      .filter((listing) => fits(listing, contract));
  }

  /** The one listing that is meant, or why there is none. */
  one(contract: WireContract): Listing | Refusal {
    const found = this.find(contract);
    const first = found[0];
    if (first === undefined) return NO_SUCH_CONTRACT;
    if (found.length === 1) return first;
    return { code: 200, text: `The contract description specified for ${contract.symbol} is ambiguous.` };
  }

  ruleOf(listing: Listing): number {
    const rule = ruleNumber(listing.ticks);
    this.#rules.set(rule, listing.ticks);
    return rule;
  }

  /** Known once a contract with it has been shown. */
  rule(id: number): Bands | null {
    return this.#rules.get(id) ?? null;
  }

  #symbols(contract: WireContract): readonly string[] {
    if (contract.symbol !== '') return this.#market.symbols().includes(contract.symbol) ? [contract.symbol] : [];
    if (contract.localSymbol === '') return [];
    return this.#market.symbols().filter((symbol) => contract.localSymbol.startsWith(symbol));
  }
}

export function isRefusal(answer: Listing | Refusal): answer is Refusal {
  return 'code' in answer;
}

function fitsLoosely({ instrument }: Listing, contract: WireContract): boolean {
  const kind = KINDS[contract.secType];
  return (
    (contract.secType === '' || kind === instrument.kind) &&
    (contract.symbol === '' || contract.symbol === instrument.symbol)
  );
}

function fits(listing: Listing, contract: WireContract): boolean {
  const { instrument } = listing;
  if (instrument.kind !== KINDS[contract.secType]) return false;
  if (contract.currency !== '' && contract.currency !== 'USD') return false;
  if (!ROUTES.has(contract.exchange) && contract.exchange !== listing.primaryExchange) return false;
  if (contract.localSymbol !== '' && contract.localSymbol !== listing.localSymbol) return false;
  if (instrument.kind === 'stock') return true;
  if (contract.multiplier !== '' && Number(contract.multiplier) !== instrument.multiplier) return false;
  if (instrument.kind === 'future') return fitsMonth(instrument.contractMonth, contract.lastTradeDate);
  return (
    compactDate(instrument.expiration).startsWith(contract.lastTradeDate) &&
    (contract.strike === 0 || contract.strike === dollars(instrument.strike)) &&
    (contract.right === '' || contract.right === instrument.right) &&
    (contract.tradingClass === '' || contract.tradingClass === instrument.tradingClass)
  );
}

function fitsMonth(month: string, asked: string): boolean {
  return month === '' || month.startsWith(asked) || asked.startsWith(month);
}

/** The broker's number for the penny table; others get one that depends on nothing but the table. */
function ruleNumber(bands: Bands): number {
  const text = bands.map((band) => `${band.from}:${band.increment}`).join(',');
  if (text === '0:100') return PENNY_RULE;
  let hash = 0;
  for (let i = 0; i < text.length; i += 1) hash = (hash * 31 + text.charCodeAt(i)) % RULES;
  return FIRST_RULE + hash;
}
