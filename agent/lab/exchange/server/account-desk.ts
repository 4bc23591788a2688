import type { EpochMs } from '../../../core/calendar/time.ts';
import {
  type AccountSummaryRequest,
  type AccountUpdatesMultiRequest,
  type AccountValue,
  decodeAccountSummaryRequest,
  decodeAccountUpdatesMultiRequest,
  decodeAccountUpdatesRequest,
  encodeAccountDownloadEnd,
  encodeAccountSummary,
  encodeAccountSummaryEnd,
  encodeAccountTime,
  encodeAccountUpdateMulti,
  encodeAccountUpdateMultiEnd,
  encodeAccountValue,
  encodePortfolioValue,
} from '../../../ground/wire/account-messages.ts';
import { FieldReader } from '../../../ground/wire/field-reader.ts';
import { REQUEST } from '../../../ground/wire/message-ids.ts';
import { decodeRequestId } from '../../../ground/wire/session-messages.ts';
import type { ExchangeView } from '../exchange-view.ts';
import { accountValues, summaryOf, unknownTag } from './account-values.ts';
import { Changes } from './changes.ts';
import { clockText } from './exchange-time.ts';
import { portfolioValue } from './holdings.ts';
import type { Peer, Route } from './peer.ts';

/** The broker sends accounts anew every three minutes, and at once when a position changes. */
const PERIOD_MS = 180_000;
const MOST_SUMMARIES = 2;

type Subscription<Request> = Request & { readonly accounts: readonly string[]; readonly sent: Changes };

/** Account values, portfolio and summaries, told and kept up to date. */
export class AccountDesk {
  readonly #peer: Peer;
  readonly #exchange: ExchangeView;
  readonly #summaries = new Map<number, Subscription<AccountSummaryRequest>>();
  readonly #multis = new Map<number, Subscription<AccountUpdatesMultiRequest>>();
  #updates: { readonly account: string; readonly sent: Changes } | null = null;
  #toldAt: EpochMs = Number.NEGATIVE_INFINITY;

  constructor(peer: Peer, exchange: ExchangeView) {
    this.#peer = peer;
    this.#exchange = exchange;
  }

  routes(): Route[] {
    const id = (body: Buffer) => decodeRequestId(new FieldReader(body), true);
    return [
      [REQUEST.accountUpdates, (body) => this.#subscribe(decodeAccountUpdatesRequest(new FieldReader(body)))],
      [REQUEST.accountSummary, (body) => this.#summary(decodeAccountSummaryRequest(new FieldReader(body)))],
      [REQUEST.cancelAccountSummary, (body) => void this.#summaries.delete(id(body))],
      [REQUEST.accountUpdatesMulti, (body) => this.#multi(decodeAccountUpdatesMultiRequest(new FieldReader(body)))],
      [REQUEST.cancelAccountUpdatesMulti, (body) => void this.#multis.delete(id(body))],
    ];
  }

  step(at: EpochMs): void {
    if (at - this.#toldAt >= PERIOD_MS) this.tellChanges(at);
  }

  /** Sends what differs from what was sent. */
  tellChanges(at: EpochMs): void {
    this.#toldAt = at;
    if (this.#updates !== null) this.#tellUpdates(this.#updates.account, this.#updates.sent);
    for (const summary of this.#summaries.values()) this.#tellSummary(summary);
    for (const multi of this.#multis.values()) this.#tellMulti(multi);
  }

  #subscribe({ subscribe, account: asked }: { subscribe: boolean; account: string }): void {
    if (!subscribe) {
      this.#updates = null;
      return;
    }
    const account = this.#accounts(asked)[0];
    if (account === undefined) {
      this.#noAccount(-1, asked);
      return;
    }
    this.#updates = { account, sent: new Changes() };
    this.#tellUpdates(account, this.#updates.sent);
    this.#peer.send(encodeAccountDownloadEnd(account));
  }

  #tellUpdates(account: string, sent: Changes): void {
    const { book, market, clock } = this.#exchange;
    for (const value of sent.of(accountValues(book.figures(account)), valueKey)) {
      this.#peer.send(encodeAccountValue(account, value));
    }
    const portfolio = book.positions(account).map((position) => portfolioValue(market, position));
    for (const value of sent.of(portfolio, ({ contract }) => `position ${contract.conId}`)) {
      this.#peer.send(encodePortfolioValue(value));
    }
    this.#peer.send(encodeAccountTime(clockText(clock.now())));
  }

  #summary(request: AccountSummaryRequest): void {
    const { requestId, group, tags } = request;
    const unknown = unknownTag(tags);
    if (unknown !== null) {
      this.#peer.error(requestId, 321, `Error validating request: no tag "${unknown}"`);
      return;
    }
    const accounts = this.#accounts(group === 'All' ? '' : group);
    if (accounts.length === 0) {
      this.#noAccount(requestId, group);
      return;
    }
    if (!this.#summaries.has(requestId) && this.#summaries.size >= MOST_SUMMARIES) {
      this.#peer.error(requestId, 322, 'Maximum number of account summary requests exceeded');
      return;
    }
    const subscription = { ...request, accounts, sent: new Changes() };
    this.#summaries.set(requestId, subscription);
    this.#tellSummary(subscription);
    this.#peer.send(encodeAccountSummaryEnd(requestId));
  }

  #tellSummary({ requestId, accounts, tags, sent }: Subscription<AccountSummaryRequest>): void {
    for (const account of accounts) {
      const values = summaryOf(this.#exchange.book.figures(account), tags);
      for (const value of sent.of(values, (one) => `${account} ${valueKey(one)}`)) {
        this.#peer.send(encodeAccountSummary(requestId, account, value));
      }
    }
  }

  #multi(request: AccountUpdatesMultiRequest): void {
    const accounts = this.#accounts(request.account);
    if (accounts.length === 0) {
      this.#noAccount(request.requestId, request.account);
      return;
    }
    const subscription = { ...request, accounts, sent: new Changes() };
    this.#multis.set(request.requestId, subscription);
    this.#tellMulti(subscription);
    this.#peer.send(encodeAccountUpdateMultiEnd(request.requestId));
  }

  #tellMulti(subscription: Subscription<AccountUpdatesMultiRequest>): void {
    for (const account of subscription.accounts) {
      const values = accountValues(this.#exchange.book.figures(account));
      for (const value of subscription.sent.of(values, (one) => `${account} ${valueKey(one)}`)) {
        this.#peer.send(encodeAccountUpdateMulti(subscription, account, value));
      }
    }
  }

  #accounts(asked: string): readonly string[] {
    const { accounts } = this.#exchange.book;
    return asked === '' ? accounts : accounts.filter((account) => account === asked);
  }

  #noAccount(requestId: number, asked: string): void {
    this.#peer.error(requestId, 321, `Error validating request: there is no account ${asked}`);
  }
}

function valueKey({ key, currency }: AccountValue): string {
  return `${key} ${currency}`;
}
