import { FieldReader } from '../../../ground/wire/field-reader.ts';
import { REQUEST } from '../../../ground/wire/message-ids.ts';
import {
  decodeRequestId,
  encodeCurrentTime,
  encodeManagedAccounts,
  encodeNextValidId,
  encodeUserInfo,
} from '../../../ground/wire/session-messages.ts';
import type { ExchangeView } from '../exchange-view.ts';
import type { Peer, Route } from './peer.ts';

const FARMS = [
  [2104, 'Market data farm connection is OK:usfarm'],
  [2106, 'HMDS data farm connection is OK:ushmds'],
  [2158, 'Sec-def data farm connection is OK:secdefil'],
] as const;

/** What concerns the connection itself. */
export class GeneralDesk {
  readonly #peer: Peer;
  readonly #exchange: ExchangeView;

  constructor(peer: Peer, exchange: ExchangeView) {
    this.#peer = peer;
    this.#exchange = exchange;
  }

  routes(): Route[] {
    return [
      [REQUEST.ids, () => this.tellNextId()],
      [REQUEST.managedAccounts, () => this.tellAccounts()],
      [REQUEST.currentTime, () => this.#tellTime()],
      [REQUEST.serverLogLevel, () => {}],
      [REQUEST.userInfo, (body) => this.#tellUser(decodeRequestId(new FieldReader(body), false))],
    ];
  }

  tellAccounts(): void {
    this.#peer.send(encodeManagedAccounts(this.#exchange.book.accounts));
  }

  tellNextId(): void {
    this.#peer.send(encodeNextValidId(this.#exchange.book.nextOrderId(this.#peer.clientId)));
  }

  tellFarms(): void {
    for (const [code, text] of FARMS) this.#peer.error(-1, code, text);
  }

  #tellTime(): void {
    this.#peer.send(encodeCurrentTime(Math.floor(this.#exchange.clock.now() / 1000)));
  }

  #tellUser(requestId: number): void {
    this.#peer.send(encodeUserInfo(requestId, ''));
  }
}
