import { dollars } from '../../../core/market/money.ts';
import {
  decodeContractDetailsRequest,
  decodeMarketRuleRequest,
  decodeMatchingSymbolsRequest,
  decodeOptionParametersRequest,
  encodeContractDetails,
  encodeContractDetailsEnd,
  encodeMarketRule,
  encodeOptionParameters,
  encodeOptionParametersEnd,
  encodeSymbolSamples,
  type SymbolSample,
} from '../../../ground/wire/contract-messages.ts';
import { FieldReader } from '../../../ground/wire/field-reader.ts';
import { REQUEST } from '../../../ground/wire/message-ids.ts';
import type { ExchangeView } from '../exchange-view.ts';
import type { Listing } from '../market.ts';
import { type Catalogue, NO_SUCH_CONTRACT } from './catalogue.ts';
import { compactDate } from './exchange-time.ts';
import type { Peer, Route } from './peer.ts';
import { tradingHours } from './trading-hours.ts';
import { contractDetails, wireContract } from './wire-contract.ts';

const CHAIN_EXCHANGES = ['SMART', 'CBOE'];
const MOST_SAMPLES = 16;

/** Contract details, option chains, symbol search, market rules. */
export class ContractDesk {
  readonly #peer: Peer;
  readonly #exchange: ExchangeView;
  readonly #catalogue: Catalogue;

  constructor(peer: Peer, exchange: ExchangeView, catalogue: Catalogue) {
    this.#peer = peer;
    this.#exchange = exchange;
    this.#catalogue = catalogue;
  }

  routes(): Route[] {
    return [
      [REQUEST.contractDetails, (body) => this.#details(body)],
      [REQUEST.optionParameters, (body) => this.#chains(body)],
      [REQUEST.matchingSymbols, (body) => this.#samples(body)],
      [REQUEST.marketRule, (body) => this.#rule(body)],
    ];
  }

  #details(body: Buffer): void {
    const { requestId, contract } = decodeContractDetailsRequest(new FieldReader(body));
    const found = this.#catalogue.find(contract);
    if (found.length === 0) {
      this.#peer.error(requestId, NO_SUCH_CONTRACT.code, NO_SUCH_CONTRACT.text);
      return;
    }
    const hours = tradingHours(this.#exchange.clock.now());
    for (const listing of found) {
      const details = contractDetails(listing, this.#catalogue.ruleOf(listing), hours);
      this.#peer.send(encodeContractDetails(requestId, details, this.#peer.version));
    }
    this.#peer.send(encodeContractDetailsEnd(requestId));
  }

  #chains(body: Buffer): void {
    const { requestId, symbol, secType, exchange, conId } = decodeOptionParametersRequest(new FieldReader(body));
    const underlying = this.#exchange.market.listing(conId);
    const known = underlying?.instrument.kind === 'stock' && underlying.instrument.symbol === symbol;
    if (!known || secType !== 'STK' || exchange !== '') {
      this.#peer.error(requestId, 321, 'Error validating request: no such underlying of options');
      return;
    }
    for (const [tradingClass, options] of chainsOf(this.#exchange.market.listings(symbol))) {
      for (const at of CHAIN_EXCHANGES) {
        const chain = { exchange: at, underlyingConId: conId, tradingClass, ...options };
        this.#peer.send(encodeOptionParameters(requestId, chain));
      }
    }
    this.#peer.send(encodeOptionParametersEnd(requestId));
  }

  #samples(body: Buffer): void {
    const { requestId, pattern } = decodeMatchingSymbolsRequest(new FieldReader(body));
    const wanted = pattern.toUpperCase();
    const samples: SymbolSample[] = [];
    for (const symbol of this.#exchange.market.symbols()) {
      const listings = this.#exchange.market.listings(symbol);
      const first = listings[0];
      if (first === undefined || wanted === '') continue;
      if (!symbol.startsWith(wanted) && !first.longName.toUpperCase().includes(wanted)) continue;
      const derivatives = listings.some(({ instrument }) => instrument.kind === 'option') ? ['OPT'] : [];
      samples.push({ contract: wireContract(first), derivatives, description: first.longName });
    }
    this.#peer.send(encodeSymbolSamples(requestId, samples.slice(0, MOST_SAMPLES)));
  }

  #rule(body: Buffer): void {
    const id = decodeMarketRuleRequest(new FieldReader(body));
    const bands = this.#catalogue.rule(id);
    if (bands === null) {
      this.#peer.error(-1, 321, `Error validating request: there is no market rule ${id}`);
      return;
    }
    const inDollars = bands.map((band) => ({ from: dollars(band.from), increment: dollars(band.increment) }));
    this.#peer.send(encodeMarketRule(id, inDollars));
  }
}

interface ChainTerms {
  readonly multiplier: string;
  readonly expirations: readonly string[];
  readonly strikes: readonly number[];
}

function chainsOf(listings: readonly Listing[]): [tradingClass: string, terms: ChainTerms][] {
  const chains = new Map<string, { multiplier: string; expirations: Set<string>; strikes: Set<number> }>();
  for (const { instrument } of listings) {
    if (instrument.kind !== 'option') continue;
    const { tradingClass, expiration, strike, multiplier } = instrument;
    let chain = chains.get(tradingClass);
    if (chain === undefined) {
      chain = { multiplier: String(multiplier), expirations: new Set(), strikes: new Set() };
      chains.set(tradingClass, chain);
    }
    chain.expirations.add(compactDate(expiration));
    chain.strikes.add(dollars(strike));
  }
  return [...chains].map(([tradingClass, chain]) => [
    tradingClass,
    {
      multiplier: chain.multiplier,
      expirations: [...chain.expirations].sort(),
      strikes: [...chain.strikes].sort((a, b) => a - b),
    },
  ]);
}
