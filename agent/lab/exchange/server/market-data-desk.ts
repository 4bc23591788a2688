import { dollars } from '../../../core/market/money.ts';
import { FieldReader } from '../../../ground/wire/field-reader.ts';
import {
  decodeMarketDataRequest,
  decodeMarketDataType,
  encodeMarketDataType,
  encodeSnapshotEnd,
  encodeTickRequestParameters,
  type MarketDataRequest,
} from '../../../ground/wire/market-data-messages.ts';
import { REQUEST } from '../../../ground/wire/message-ids.ts';
import { decodeRequestId } from '../../../ground/wire/session-messages.ts';
import type { OrderLeg } from '../book.ts';
import type { ExchangeView } from '../exchange-view.ts';
import type { Listing, MarketQuote } from '../market.ts';
import { type Catalogue, isRefusal, NO_SUCH_CONTRACT } from './catalogue.ts';
import { comboQuote } from './combo-quote.ts';
import { genericTicks, illegalList, onceTicks } from './generic-ticks.ts';
import type { Lines } from './lines.ts';
import type { Peer, Route } from './peer.ts';
import { isDelayed, optionTicks, quoteTicks } from './quote-ticks.ts';

const TYPE_NUMBERS = { live: 1, frozen: 2, delayed: 3, delayedFrozen: 4 } as const;
const DELAYED_TYPE = 3;

interface Subscription {
  readonly requestId: number;
  /** Of a combination: the first leg's. */
  readonly listing: Listing;
  /** Empty unless a combination. */
  readonly legs: readonly OrderLeg[];
  readonly lists: ReadonlySet<string>;
  sent: MarketQuote | null;
}

export interface MarketDataContext {
  readonly exchange: ExchangeView;
  readonly catalogue: Catalogue;
  readonly lines: Lines;
}

/** Streams and snapshots of quotes. */
export class MarketDataDesk {
  readonly #peer: Peer;
  readonly #context: MarketDataContext;
  readonly #subscriptions = new Map<number, Subscription>();
  #askedType: number = TYPE_NUMBERS.live;

  constructor(peer: Peer, context: MarketDataContext) {
    this.#peer = peer;
    this.#context = context;
  }

  routes(): Route[] {
    return [
      [REQUEST.marketData, (body) => this.#subscribe(decodeMarketDataRequest(new FieldReader(body)))],
      [REQUEST.cancelMarketData, (body) => this.#cancel(decodeRequestId(new FieldReader(body), true))],
      [REQUEST.marketDataType, (body) => this.#chooseType(decodeMarketDataType(new FieldReader(body)))],
    ];
  }

  step(changed: ReadonlySet<number>): void {
    for (const subscription of this.#subscriptions.values()) {
      const { listing, legs } = subscription;
      if (changed.has(listing.conId) || legs.some((leg) => changed.has(leg.conId))) this.#update(subscription);
    }
  }

  close(): void {
    this.#context.lines.release(this.#subscriptions.size);
    this.#subscriptions.clear();
  }

  #subscribe(request: MarketDataRequest): void {
    const { requestId, snapshot, genericTicks: lists } = request;
    const refuse = (code: number, text: string) => this.#peer.error(requestId, code, text);
    if (this.#subscriptions.has(requestId)) {
      refuse(322, 'Error processing request: duplicate ticker id');
      return;
    }
    const illegal = illegalList(lists);
    if (illegal !== null) {
      refuse(321, `Error validating request: incorrect generic tick list of ${illegal}`);
      return;
    }
    if (snapshot && lists.length > 0) {
      refuse(321, 'Error validating request: snapshot market data is not applicable to generic ticks');
      return;
    }
    const found = this.#resolve(request);
    if ('code' in found) {
      refuse(found.code, found.text);
      return;
    }
    const quote = this.#quote(found);
    if (quote !== null && isDelayed(quote) && this.#askedType < DELAYED_TYPE) {
      refuse(354, 'Requested market data is not subscribed. Delayed market data is available.');
      return;
    }
    if (!this.#context.lines.take()) {
      refuse(101, 'Max number of tickers has been reached');
      return;
    }
    this.#open(found, quote);
    if (!snapshot) return void this.#subscriptions.set(requestId, found);
    this.#context.lines.release(1);
    this.#peer.send(encodeSnapshotEnd(requestId));
  }

  #open(subscription: Subscription, quote: MarketQuote | null): void {
    const { requestId, listing } = subscription;
    const type = quote === null ? TYPE_NUMBERS.live : TYPE_NUMBERS[quote.data];
    if (type >= DELAYED_TYPE) {
      this.#peer.error(requestId, 10167, 'Requested market data is not subscribed. Displaying delayed market data.');
    }
    this.#peer.send(encodeMarketDataType(requestId, type));
    const minTick = Math.min(...listing.ticks.map((band) => dollars(band.increment)));
    this.#peer.send(encodeTickRequestParameters(requestId, minTick));
    this.#update(subscription);
    for (const frame of onceTicks(subscription, this.#context.exchange.market)) this.#peer.send(frame);
  }

  #update(subscription: Subscription): void {
    const { requestId, listing, legs, sent: before } = subscription;
    const now = this.#quote(subscription);
    if (now === null || now === before) return;
    if (before !== null && before.data !== now.data) {
      this.#peer.send(encodeMarketDataType(requestId, TYPE_NUMBERS[now.data]));
    }
    const frames = quoteTicks(requestId, before, now);
    const isOption = legs.length === 0 && listing.instrument.kind === 'option';
    if (isOption) frames.push(...optionTicks(requestId, before, now));
    frames.push(...genericTicks(subscription, before, now));
    for (const frame of frames) this.#peer.send(frame);
    subscription.sent = now;
  }

  #quote({ legs, listing }: Subscription): MarketQuote | null {
    const { market } = this.#context.exchange;
    return legs.length > 0 ? comboQuote(market, legs) : market.quote(listing.conId);
  }

  #resolve(request: MarketDataRequest): Subscription | { code: number; text: string } {
    const { requestId, contract, legs } = request;
    const lists = new Set(request.genericTicks.map((list) => list.split(':')[0] as string));
    if (contract.secType !== 'BAG') {
      const listing = this.#context.catalogue.one(contract);
      return isRefusal(listing) ? listing : { requestId, listing, legs: [], lists, sent: null };
    }
    const { market } = this.#context.exchange;
    const listing = market.listing(legs[0]?.conId ?? 0);
    if (listing === null || legs.some((leg) => market.listing(leg.conId) === null)) return NO_SUCH_CONTRACT;
    const sided = legs.map(({ conId, ratio, action }) => ({
      conId,
      ratio,
      side: action.toUpperCase() === 'BUY' ? ('buy' as const) : ('sell' as const),
    }));
    return { requestId, listing, legs: sided, lists, sent: null };
  }

  #cancel(requestId: number): void {
    if (!this.#subscriptions.delete(requestId)) {
      this.#peer.error(requestId, 300, `Can't find EId with tickerId:${requestId}`);
      return;
    }
    this.#context.lines.release(1);
  }

  #chooseType(type: number): void {
    if (type < 1 || type > 4) {
      this.#peer.error(-1, 321, `Error validating request: no market data type ${type}`);
      return;
    }
    this.#askedType = type;
  }
}
