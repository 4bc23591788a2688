import { REPLY } from './message-ids.ts';
import { SINCE } from './versions.ts';

/* Whether a contract can be traded now, and at what. Messages are fields that begin with the message id. */

export type Message = readonly string[];

const SPAN = /^(\d{8}:\d{4})-(\d{8}:\d{4})$/;

/**
 * Whether an instant lies in the liquid hours that contract details tell: `20261120:0930-20261120:1600;20261121:CLOSED`. What
 * cannot be read is closed.
 */
export function isOpenIn(details: Message, version: number, epochSeconds: number): boolean {
  const shift = version >= SINCE.secondLastTradeDate ? 1 : 0;
  const [zone = '', hours = ''] = [details[25 + shift], details[27 + shift]];
  try {
    const there = Temporal.Instant.fromEpochMilliseconds(epochSeconds * 1_000)
      .toZonedDateTimeISO(zone)
      .toString();
    const now = there.slice(0, 16).replace(/[-:]/g, '').replace('T', ':');
    return hours.split(';').some((span) => {
      const [, from = '', to = ''] = SPAN.exec(span) ?? [];
      return from <= now && now < to;
    });
  } catch {
    return false;
  }
}

/** Dollars, as they were told. */
export interface Quote {
  readonly bid: string;
  readonly ask: string;
}

const LIVE = '1';
const [BID, ASK] = ['1', '2'];
const PRICE = /^\d+(\.\d+)?$/;
const PAST_LIMIT_OR_PRE_OPEN = 6;

/** What the answers to a question for a quote come to, or why nothing can be traded on them. */
export function quoteIn(answers: readonly Message[]): Quote | string {
  const error = answers.find(([id]) => id === String(REPLY.error));
  if (error !== undefined) return `${error[3]} ${error[4]}`;
  const type = answers.findLast(([id]) => id === String(REPLY.marketDataType))?.[3];
  if (type !== LIVE) return type === undefined ? 'no quote was told' : 'the quote is not a live one';
  const [bid, ask] = [priceIn(answers, BID), priceIn(answers, ASK)];
  if (bid === null || ask === null) return 'the quote does not have two sides';
  return Number(bid) <= Number(ask) ? { bid, ask } : 'the quote is crossed';
}

function priceIn(answers: readonly Message[], side: string | undefined): string | null {
  const tick = answers.findLast(([id, , , type]) => id === String(REPLY.tickPrice) && type === side);
  const [, , , , price = '', size, attributes] = tick ?? [];
  const isGood = PRICE.test(price) && Number(price) > 0 && Number(size) > 0;
  return isGood && (Number(attributes) & PAST_LIMIT_OR_PRE_OPEN) === 0 ? price : null;
}
