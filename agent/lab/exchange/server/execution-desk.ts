import { newYorkDate } from '../../../core/calendar/new-york.ts';
import { dollars } from '../../../core/market/money.ts';
import {
  decodeExecutionsRequest,
  type ExecutionsRequest,
  encodeCommission,
  encodeExecution,
  encodeExecutionsEnd,
} from '../../../ground/wire/execution-messages.ts';
import { FieldReader } from '../../../ground/wire/field-reader.ts';
import { REQUEST } from '../../../ground/wire/message-ids.ts';
import type { BookExecution } from '../book.ts';
import type { ExchangeView } from '../exchange-view.ts';
import { parseTime } from './exchange-time.ts';
import { wireExecution } from './order-report.ts';
import type { Peer, Route } from './peer.ts';

/** Executions of the day, with their commissions. */
export class ExecutionDesk {
  readonly #peer: Peer;
  readonly #exchange: ExchangeView;

  constructor(peer: Peer, exchange: ExchangeView) {
    this.#peer = peer;
    this.#exchange = exchange;
  }

  routes(): Route[] {
    return [[REQUEST.executions, (body) => this.#executions(decodeExecutionsRequest(new FieldReader(body)))]];
  }

  #executions(filter: ExecutionsRequest): void {
    const { requestId } = filter;
    const since = filter.time === '' ? Number.NEGATIVE_INFINITY : parseTime(filter.time);
    if (since === null) {
      this.#peer.error(requestId, 321, `Error validating request: "${filter.time}" is no time`);
      return;
    }
    const { book, market, clock } = this.#exchange;
    const today = newYorkDate(clock.now());
    for (const execution of book.executions()) {
      if (execution.at < since || newYorkDate(execution.at) !== today || !this.#mayShow(execution, filter)) continue;
      const wire = wireExecution(market, execution);
      if (!fits(wire.contract.secType, execution, filter)) continue;
      this.#peer.send(encodeExecution(requestId, wire, this.#peer.version));
      const { execId, commission, realized } = execution;
      if (commission === null) continue;
      const inDollars = realized === null ? null : dollars(realized);
      this.#peer.send(encodeCommission({ execId, commission: dollars(commission), realized: inDollars }));
    }
    this.#peer.send(encodeExecutionsEnd(requestId));
  }

  /** Its own, those of the client it names, or all for the master. */
  #mayShow({ clientId }: BookExecution, filter: ExecutionsRequest): boolean {
    if (filter.clientId !== 0) return clientId === filter.clientId;
    return this.#peer.isMaster || clientId === this.#peer.clientId;
  }
}

function fits(secType: string, execution: BookExecution, filter: ExecutionsRequest): boolean {
  const side = filter.side.startsWith('B') ? 'buy' : 'sell';
  return (
    (filter.account === '' || filter.account === execution.account) &&
    (filter.symbol === '' || filter.symbol === execution.symbol) &&
    (filter.secType === '' || filter.secType === secType) &&
    (filter.side === '' || side === execution.side)
  );
}
