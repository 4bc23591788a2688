import { addDays, newYorkDate } from '../../../core/calendar/new-york.ts';
import { sessions } from '../../../core/calendar/sessions.ts';
import { type IsoDate, MINUTE_MS } from '../../../core/calendar/time.ts';
import { dollars } from '../../../core/market/money.ts';
import { FieldReader } from '../../../ground/wire/field-reader.ts';
import {
  decodeHeadTimestampRequest,
  decodeHistoricalDataRequest,
  encodeHeadTimestamp,
  encodeHistoricalData,
  encodeHistoricalDataUpdate,
  type HeadTimestampRequest,
  type HistoricalDataRequest,
  type WireBar,
} from '../../../ground/wire/history-messages.ts';
import { REQUEST } from '../../../ground/wire/message-ids.ts';
import { decodeRequestId } from '../../../ground/wire/session-messages.ts';
import type { ExchangeView } from '../exchange-view.ts';
import type { Bar, Listing } from '../market.ts';
import { type Catalogue, isRefusal } from './catalogue.ts';
import { compactDate, parseTime, zonedTimeText } from './exchange-time.ts';
import type { Peer, Route } from './peer.ts';

const SERIES = {
  TRADES: 'trades',
  ADJUSTED_LAST: 'trades',
  OPTION_IMPLIED_VOLATILITY: 'impliedVolatility',
} as const;
const SESSIONS_OF = { D: 1, W: 5, M: 21, Y: 252 } as const;
const MOST_DAYS = 2000;
const WHOLE_HISTORY = 20_000;
const OPEN_MINUTES = 390;

/** Daily bars, and the bar of today while it grows. */
export class HistoryDesk {
  readonly #peer: Peer;
  readonly #exchange: ExchangeView;
  readonly #catalogue: Catalogue;
  readonly #growing = new Map<number, Listing>();

  constructor(peer: Peer, exchange: ExchangeView, catalogue: Catalogue) {
    this.#peer = peer;
    this.#exchange = exchange;
    this.#catalogue = catalogue;
  }

  routes(): Route[] {
    const id = (body: Buffer, versioned: boolean) => decodeRequestId(new FieldReader(body), versioned);
    return [
      [REQUEST.historicalData, (body) => this.#bars(decodeHistoricalDataRequest(new FieldReader(body)))],
      [REQUEST.cancelHistoricalData, (body) => this.#cancel(id(body, true))],
      [REQUEST.headTimestamp, (body) => this.#head(decodeHeadTimestampRequest(new FieldReader(body)))],
      [REQUEST.cancelHeadTimestamp, (body) => void id(body, false)],
    ];
  }

  step(changed: ReadonlySet<number>): void {
    for (const [requestId, listing] of this.#growing) {
      if (!changed.has(listing.conId)) continue;
      const bar = this.#today(listing);
      if (bar !== null) this.#peer.send(encodeHistoricalDataUpdate(requestId, bar));
    }
  }

  #bars(request: HistoricalDataRequest): void {
    const { requestId, keepUpToDate } = request;
    const listing = this.#listing(requestId, request);
    if (listing === null) return;
    const now = this.#exchange.clock.now();
    const end = request.end === '' ? now : parseTime(request.end);
    const days = daysOf(request.duration);
    if (end === null || days === null) {
      this.#refuse(requestId, `end "${request.end}" or duration "${request.duration}" cannot be read`);
      return;
    }
    if (keepUpToDate && request.end !== '') {
      this.#refuse(requestId, 'what is kept up to date has no end');
      return;
    }
    const last = newYorkDate(Math.min(end, now));
    const skipped = sessionsBetween(last, newYorkDate(now));
    const found = this.#exchange.market.history(listing.conId, days + skipped, SERIES[request.whatToShow as 'TRADES']);
    const bars = (found ?? []).filter((bar) => bar.date <= last).slice(-days);
    if (bars.length === 0) {
      this.#refuse(requestId, `no data: ${listing.localSymbol} ${request.whatToShow}`);
      return;
    }
    const wire = bars.map(wireBar);
    const today = keepUpToDate ? this.#today(listing) : null;
    if (today !== null && today.date !== wire.at(-1)?.date) wire.push(today);
    const start = zonedTimeText(end - days * 24 * 60 * MINUTE_MS);
    this.#peer.send(encodeHistoricalData({ requestId, start, end: zonedTimeText(end), bars: wire }));
    if (keepUpToDate) this.#growing.set(requestId, listing);
  }

  #head(request: HeadTimestampRequest): void {
    const { requestId, formatDate } = request;
    const listing = this.#listing(requestId, { ...request, barSize: '1 day', legs: [] });
    if (listing === null) return;
    const series = SERIES[request.whatToShow as 'TRADES'];
    const first = this.#exchange.market.history(listing.conId, WHOLE_HISTORY, series)?.[0];
    const open = first === undefined ? undefined : sessions(first.date, first.date)[0]?.open;
    if (open === undefined) {
      this.#refuse(requestId, `no data: ${listing.localSymbol} ${request.whatToShow}`);
      return;
    }
    const utc = Temporal.Instant.fromEpochMilliseconds(open).toString();
    const text = `${compactDate(utc.slice(0, 10))}-${utc.slice(11, 19)}`;
    this.#peer.send(encodeHeadTimestamp(requestId, formatDate === 2 ? String(open / 1000) : text));
  }

  #listing(
    requestId: number,
    request: Pick<HistoricalDataRequest, 'barSize' | 'contract' | 'legs' | 'whatToShow'>,
  ): Listing | null {
    const { barSize, whatToShow, contract } = request;
    const refuse = (why: string) => {
      this.#refuse(requestId, why);
      return null;
    };
    if (contract.secType === 'BAG') return refuse('combinations have no history here');
    const listing = this.#catalogue.one(contract);
    if (isRefusal(listing)) {
      this.#peer.error(requestId, listing.code, listing.text);
      return null;
    }
    if (barSize !== '1 day' && barSize !== '1D') return refuse(`only bars of 1 day are kept, not of "${barSize}"`);
    if (!(whatToShow in SERIES)) return refuse(`there is no series ${whatToShow}`);
    return listing;
  }

  #today(listing: Listing): WireBar | null {
    const quote = this.#exchange.market.quote(listing.conId);
    if (quote?.open == null || quote.high === null || quote.low === null || quote.last === null) return null;
    return wireBar({
      date: newYorkDate(this.#exchange.clock.now()),
      open: quote.open,
      high: quote.high,
      low: quote.low,
      close: quote.last,
      volume: quote.volume ?? 0,
    });
  }

  #cancel(requestId: number): void {
    if (this.#growing.delete(requestId)) return;
    this.#peer.error(requestId, 366, `No historical data query found for ticker id:${requestId}`);
  }

  #refuse(requestId: number, why: string): void {
    this.#peer.error(requestId, 162, `Historical Market Data Service error message:${why}`);
  }
}

function wireBar(bar: Bar): WireBar {
  const [open, high, low, close] = [dollars(bar.open), dollars(bar.high), dollars(bar.low), dollars(bar.close)];
  const average = Math.round(((high + low + close) / 3) * 10_000) / 10_000;
  return { date: compactDate(bar.date), open, high, low, close, volume: bar.volume, average, count: OPEN_MINUTES };
}

/** Sessions that a duration such as `6 M` spans; null when it cannot be read. */
function daysOf(duration: string): number | null {
  const [, count, unit] = /^(\d{1,4}) ?([DWMY])$/.exec(duration) ?? [];
  if (unit === undefined || Number(count) < 1) return null;
  return Math.min(MOST_DAYS, Number(count) * SESSIONS_OF[unit as 'D']);
}

function sessionsBetween(after: IsoDate, upTo: IsoDate): number {
  return after >= upTo ? 0 : sessions(addDays(after, 1), upTo).length;
}
