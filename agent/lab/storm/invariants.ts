import { newYorkDate } from '../../core/calendar/new-york.ts';
import { type EpochMs, MINUTE_MS } from '../../core/calendar/time.ts';
import { mid } from '../../core/market/mid.ts';
import { assignmentCash } from '../../core/risk/secured.ts';
import type { BookOrder } from '../exchange/book.ts';
import type { BookPage, Evidence, FinalBooks, Placing, StormRecord } from './evidence.ts';
import { isWorking, Told } from './told.ts';

/** The promises of the storm, by their letters; `z` = the appliance itself broke. */
export type Letter = 'a' | 'b' | 'c' | 'd' | 'e' | 'f' | 'g' | 'z';

export interface Violation {
  readonly letter: Letter;
  /** When it showed; `null` = at the end. */
  readonly at: EpochMs | null;
  readonly text: string;
}

export const PROMISES: Readonly<Record<Letter, string>> = {
  a: 'no order without a stored intent before its bytes',
  b: 'no intent with two orders or more fills than it asked for',
  c: "the books equal the exchange's once everything has calmed down",
  d: 'never more exposure than the plan',
  e: 'after a trip nothing that was accepted later than the cancel keeps working',
  f: 'a kill is confirmed only when nothing works, and is confirmed once it can be',
  g: 'nothing is ordered on stale, missing or unknown data, or outside the session',
  z: 'nothing fails that nobody expects to fail',
};

/** A halt that the exchange can answer is confirmed within this time: longer than any fault and what notices it here. */
const CONFIRMED_WITHIN_MS = 5 * MINUTE_MS;

/** The cancel is sent again every second; an exchange that is slow, not deaf, has obeyed by then. */
const TAKEN_BACK_WITHIN_MS = 3 * MINUTE_MS;

/** The event of a plan by which the guard's life ends. */
export const GUARD_DIES = 'guard dies';

type Check = (record: StormRecord) => Violation[];

/** Everything that was broken, in the order of the letters. */
export function violations(record: StormRecord): Violation[] {
  return [stored, once, sameBooks, withinPlan, nothingAfterCancel, honestKill, goodData, nothingBroke].flatMap(
    (check: Check) => check(record),
  );
}

function stored({ evidence }: StormRecord): Violation[] {
  return placings(evidence)
    .filter(({ placing }) => !placing.stored)
    .map(({ at, placing }) => ({ letter: 'a', at, text: `${name(placing)} left before its intent was stored` }));
}

/** One intent is one order of the exchange, ever; and of the steps of one order only one works at a time. */
function once(record: StormRecord): Violation[] {
  const found: Violation[] = [];
  const permIds = new Map<string, number>();
  const told = new Told();
  for (const { at, order, purpose } of ownOrders(record)) {
    const { orderRef } = order.request;
    const first = permIds.get(orderRef);
    if (first === undefined) permIds.set(orderRef, order.permId);
    else if (first !== order.permId) {
      permIds.set(orderRef, order.permId);
      found.push({ letter: 'b', at, text: `${orderRef} became order ${order.permId}, and was order ${first} already` });
    }
    if (order.filled > order.request.quantity) {
      found.push({ letter: 'b', at, text: `${orderRef}: ${order.filled} filled of ${order.request.quantity}` });
    }
    told.hear(order, purpose);
    if (purpose === null) continue;
    const { working, filled } = told.of(purpose.key);
    if (working.length > 1) found.push({ letter: 'b', at, text: `${working.join(' and ')} work at the same time` });
    if (filled > purpose.wanted) {
      found.push({
        letter: 'b',
        at,
        text: `${orderRef}: its steps filled ${filled} where ${purpose.wanted} were wanted`,
      });
    }
  }
  return found;
}

function sameBooks({ books }: StormRecord): Violation[] {
  return books.flatMap(differences);
}

function differences(books: FinalBooks): Violation[] {
  const found: Violation[] = [];
  const tell = (text: string): number => found.push({ letter: 'c', at: null, text });
  if (books.obstacle !== null) tell(`the appliance does not trust its books: ${books.obstacle}`);
  for (const key of keysOf(books.ours.orders, books.theirs.orders)) {
    const [ours, theirs] = [books.ours.orders[key], books.theirs.orders[key]];
    // An intent that never left is in our books alone.
    if (theirs === undefined && ours?.filled === 0 && !ours.working) continue;
    const same = ours?.filled === theirs?.filled && ours?.working === theirs?.working;
    if (!same) tell(`order ${key}: ${state(ours)} here, ${state(theirs)} there`);
  }
  for (const key of keysOf(books.ours.positions, books.theirs.positions)) {
    const [ours, theirs] = [books.ours.positions[key] ?? 0, books.theirs.positions[key] ?? 0];
    if (ours !== theirs) tell(`${key}: ${ours} here, ${theirs} there`);
  }
  return found;
}

/** What could be assigned if everything filled, after each change at the exchange. */
function withinPlan(record: StormRecord): Violation[] {
  const { limits } = record;
  const found: Violation[] = [];
  const claims = new Map<number, { symbol: string; cash: number; date: string }>();
  const told = new Told();
  for (const { at, order, instrument, purpose } of ownOrders(record)) {
    const { symbol, quantity, side } = order.request;
    told.hear(order, purpose);
    const open = isWorking(order) ? quantity : told.filled(order);
    const sold = side === 'sell' ? -open : 0;
    const cash = instrument === null ? 0 : assignmentCash({ instrument, quantity: sold });
    claims.set(order.permId, { symbol, cash, date: newYorkDate(order.acceptedAt) });
    if (quantity > limits.maxContractsPerOrder) {
      found.push({ letter: 'd', at, text: `${order.request.orderRef}: ${quantity} contracts in one order` });
    }
    const all = [...claims.values()];
    const total = all.reduce((sum, claim) => sum + claim.cash, 0);
    const one = all.reduce((sum, claim) => sum + (claim.symbol === symbol ? claim.cash : 0), 0);
    const today = all.filter(({ date }) => date === newYorkDate(at)).length;
    if (total > limits.maxSecuredTotal) found.push({ letter: 'd', at, text: `puts claim ${total / 1e4} in all` });
    if (one > limits.maxSecuredPerSymbol) {
      found.push({ letter: 'd', at, text: `puts on ${symbol} claim ${one / 1e4}` });
    }
    if (today > limits.maxOrdersPerDay) found.push({ letter: 'd', at, text: `${today} orders in a day` });
  }
  return found;
}

/** From the first cancel after a trip until the guard is reset. */
function nothingAfterCancel({ evidence }: StormRecord): Violation[] {
  const found: Violation[] = [];
  const late = new Map<number, { readonly order: BookOrder; readonly since: EpochMs }>();
  let halted = false;
  let cancelled = false;
  const blame = ({ permId, request }: BookOrder, at: EpochMs, what: string): void => {
    late.delete(permId);
    found.push({
      letter: 'e',
      at,
      text: `order ${permId} (${request.orderRef}) was accepted after the cancel ${what}`,
    });
  };
  for (const fact of evidence) {
    const { at } = fact;
    for (const { order, since } of late.values()) {
      if (at - since > TAKEN_BACK_WITHIN_MS) blame(order, at, 'and kept working');
    }
    if (fact.kind === 'guard') {
      const released = halted && fact.word.halted === null;
      if (released) for (const { order } of late.values()) blame(order, at, 'and worked when the guard was reset');
      halted = fact.word.halted !== null;
      cancelled &&= halted;
    } else if (fact.kind === 'globalCancel') cancelled ||= halted;
    else if (fact.kind === 'order' && cancelled) {
      const { order } = fact;
      if (late.has(order.permId) && order.filled > 0) blame(order, at, 'and was filled');
      else if (!isWorking(order)) late.delete(order.permId);
      else if (order.filled === 0 && !late.has(order.permId)) late.set(order.permId, { order, since: at });
    }
  }
  return found;
}

function honestKill(record: StormRecord): Violation[] {
  return [...cancelSent(record), ...honestWords(record)];
}

/** A trip is a cancel at the exchange, whoever else is dead; unless the guard itself dies, or nothing works anyway. */
function cancelSent({ evidence }: StormRecord): Violation[] {
  const found: Violation[] = [];
  let since: EpochMs | null = null;
  for (const fact of evidence) {
    const { at } = fact;
    if (since !== null && at - since > CONFIRMED_WITHIN_MS) {
      found.push({ letter: 'f', at, text: 'the exchange has not received a cancel of everything after a trip' });
      since = null;
    }
    if (fact.kind === 'guard') {
      if (fact.word.halted !== 'UNCONFIRMED') since = null;
      else if (fact.tripped) since = at;
    } else if (fact.kind === 'globalCancel' || (fact.kind === 'event' && fact.text === GUARD_DIES)) since = null;
  }
  return found;
}

function honestWords({ evidence }: StormRecord): Violation[] {
  const found: Violation[] = [];
  let open: EpochMs | null = null;
  for (const fact of evidence) {
    if (fact.kind !== 'guard') continue;
    const { at, word } = fact;
    if (word.halted === 'confirmed' && word.working > 0) {
      found.push({ letter: 'f', at, text: `confirmed while ${word.working} orders were working` });
    }
    if (word.halted !== 'UNCONFIRMED') open = null;
    else open ??= at;
  }
  const last = evidence.at(-1)?.at ?? 0;
  if (open !== null && last - open > CONFIRMED_WITHIN_MS) {
    found.push({ letter: 'f', at: open, text: 'the halt was never confirmed, though the exchange answers' });
  }
  return found;
}

function goodData({ evidence, limits }: StormRecord): Violation[] {
  return placings(evidence).flatMap(({ at, placing }): Violation[] => {
    const fault = dataFault(at, placing, limits);
    return fault === null ? [] : [{ letter: 'g', at, text: `${name(placing)}: ${fault}` }];
  });
}

function dataFault(at: EpochMs, placing: Placing, limits: StormRecord['limits']): string | null {
  const { link, open, decidedOn, quote, limit } = placing;
  if (!open) return 'sent outside the session';
  if (link !== 'ready') return `sent while the link was ${link}`;
  if (decidedOn === null) return 'decided on no quote at all';
  if (at - decidedOn > limits.maxQuoteAgeMs) return `decided on a quote ${Math.round((at - decidedOn) / 1000)} s old`;
  if (decidedOn > at) return 'decided on a quote of the future';
  const middle = quote === null ? null : mid(quote.bid, quote.ask);
  if (quote === null || middle === null || limit === null) return 'the market has no two-sided quote';
  if (!quote.live) return 'the market gives delayed data only';
  if (at - quote.quotedAt > limits.maxQuoteAgeMs) return 'the market itself has not quoted it for long';
  const distance = Math.abs(limit - middle) / middle;
  if (distance > limits.maxLimitDistance) return `${Math.round(distance * 100)} % from the true market`;
  return null;
}

function nothingBroke({ evidence }: StormRecord): Violation[] {
  return evidence.flatMap((fact): Violation[] =>
    fact.kind === 'failure' ? [{ letter: 'z', at: fact.at, text: fact.text }] : [],
  );
}

function placings(evidence: readonly Evidence[]): Extract<Evidence, { kind: 'placing' }>[] {
  return evidence.filter((fact) => fact.kind === 'placing');
}

function ownOrders({ evidence, clientId }: StormRecord): Extract<Evidence, { kind: 'order' }>[] {
  return evidence.filter((fact) => fact.kind === 'order').filter(({ order }) => order.request.clientId === clientId);
}

function name({ orderRef, orderId }: Placing): string {
  return `${orderRef === '' ? 'an order without reference' : orderRef} (order id ${orderId})`;
}

function state(order: BookPage['orders'][string] | undefined): string {
  return order === undefined ? 'unknown' : `${order.filled} filled and ${order.working ? 'working' : 'ended'}`;
}

function keysOf(...records: readonly Readonly<Record<string, unknown>>[]): string[] {
  return [...new Set(records.flatMap((record) => Object.keys(record)))].sort();
}
