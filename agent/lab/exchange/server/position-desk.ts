import type { EpochMs } from '../../../core/calendar/time.ts';
import { dollars, type Money } from '../../../core/market/money.ts';
import {
  decodePnlRequest,
  decodePnlSingleRequest,
  encodePnl,
  encodePnlSingle,
  encodePosition,
  encodePositionEnd,
  type PnlRequest,
} from '../../../ground/wire/account-messages.ts';
import { FieldReader } from '../../../ground/wire/field-reader.ts';
import { REQUEST } from '../../../ground/wire/message-ids.ts';
import { decodeRequestId } from '../../../ground/wire/session-messages.ts';
import type { BookPosition } from '../book.ts';
import type { ExchangeView } from '../exchange-view.ts';
import { markOf, multiplierIn, wirePosition } from './holdings.ts';
import type { Peer, Route } from './peer.ts';

const PERIOD_MS = 1000;

interface PnlStream {
  readonly frame: () => Buffer;
  sent: Buffer | null;
}

/** Positions, and profit and loss of the account and of single positions, as streams. */
export class PositionDesk {
  readonly #peer: Peer;
  readonly #exchange: ExchangeView;
  readonly #streams = new Map<number, PnlStream>();
  #positions = false;
  #toldAt: EpochMs = Number.NEGATIVE_INFINITY;

  constructor(peer: Peer, exchange: ExchangeView) {
    this.#peer = peer;
    this.#exchange = exchange;
  }

  routes(): Route[] {
    const cancel = (body: Buffer) => this.#cancel(decodeRequestId(new FieldReader(body), false));
    return [
      [REQUEST.positions, () => this.#subscribe()],
      [REQUEST.cancelPositions, () => this.#unsubscribe()],
      [REQUEST.pnl, (body) => this.#pnl(decodePnlRequest(new FieldReader(body)))],
      [REQUEST.pnlSingle, (body) => this.#pnlSingle(decodePnlSingleRequest(new FieldReader(body)))],
      [REQUEST.cancelPnl, cancel],
      [REQUEST.cancelPnlSingle, cancel],
    ];
  }

  step(at: EpochMs): void {
    if (at - this.#toldAt < PERIOD_MS) return;
    this.#toldAt = at;
    this.tellPnl();
  }

  tellPosition(position: BookPosition): void {
    if (this.#positions) this.#peer.send(encodePosition(wirePosition(this.#exchange.market, position)));
  }

  /** Sends what differs from what was sent. */
  tellPnl(): void {
    for (const stream of this.#streams.values()) {
      const frame = stream.frame();
      if (stream.sent?.equals(frame) === true) continue;
      stream.sent = frame;
      this.#peer.send(frame);
    }
  }

  #subscribe(): void {
    this.#positions = true;
    const { book } = this.#exchange;
    for (const position of book.accounts.flatMap((account) => book.positions(account))) {
      if (position.quantity !== 0) this.tellPosition(position);
    }
    this.#peer.send(encodePositionEnd());
  }

  #unsubscribe(): void {
    this.#positions = false;
  }

  #pnl({ requestId, account }: PnlRequest): void {
    this.#stream({ requestId, account }, () => {
      const { daily, unrealized, realizedToday } = this.#exchange.book.figures(account);
      const amounts = { daily: dollars(daily), unrealized: dollars(unrealized), realized: dollars(realizedToday) };
      return encodePnl(requestId, amounts);
    });
  }

  #pnlSingle({ requestId, account, conId }: PnlRequest & { readonly conId: number }): void {
    this.#stream({ requestId, account }, () => {
      const { book, market } = this.#exchange;
      const position = book.positions(account).find((held) => held.conId === conId);
      if (position === undefined) {
        return encodePnlSingle(requestId, { position: 0, daily: null, unrealized: null, realized: null, value: null });
      }
      const mark = markOf(market, conId);
      const worth = (price: number) => dollars((price * position.quantity * multiplierIn(market, conId)) as Money);
      return encodePnlSingle(requestId, {
        position: position.quantity,
        // How much of it was held overnight is not known here.
        daily: null,
        unrealized: mark === null ? null : worth(mark - position.averagePrice),
        realized: dollars(position.realized),
        value: mark === null ? null : worth(mark),
      });
    });
  }

  #stream({ requestId, account }: { requestId: number; account: string }, frame: () => Buffer): void {
    if (!this.#exchange.book.accounts.includes(account)) {
      this.#peer.error(requestId, 321, `Error validating request: there is no account ${account}`);
      return;
    }
    if (this.#streams.has(requestId)) {
      this.#peer.error(requestId, 322, 'Error processing request: duplicate id');
      return;
    }
    const stream = { frame, sent: frame() };
    this.#streams.set(requestId, stream);
    this.#peer.send(stream.sent);
  }

  #cancel(requestId: number): void {
    if (!this.#streams.delete(requestId)) this.#peer.error(requestId, 300, `Can't find EId with reqId:${requestId}`);
  }
}
