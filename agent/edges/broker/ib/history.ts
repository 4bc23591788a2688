import type { BarSizeSetting } from '@stoqey/ib/dist/api/historical/bar-size-setting.js';
import type { WhatToShow } from '@stoqey/ib/dist/api/historical/what-to-show.js';
import { newYorkDate } from '../../../core/calendar/new-york.ts';
import { sessionOn } from '../../../core/calendar/sessions.ts';
import type { EpochMs } from '../../../core/calendar/time.ts';
import { instrumentKey, type ListedInstrument } from '../../../core/market/contract.ts';
import { type Answer, answered, unanswered } from '../answer.ts';
import type { DailyBar, HistoryQuery } from '../market-data.ts';
import type { Listings } from './listings.ts';
import { amount, dateIn } from './map-number.ts';
import type { Question } from './requests.ts';
import { dropped, offline, type Room } from './room.ts';
import type { Session } from './session.ts';

/** Decoding longer answers blocks the process for seconds. */
const MOST_BARS = 2_000;
/** The broker refuses the same question within this time. */
const SAME_QUESTION_MS = 15_000;
const END_MARK = 'finished';
/** A duration in days may not be longer; beyond it has to be given in years. */
const LONGEST_IN_DAYS = 365;
const SESSIONS_PER_YEAR = 250;
const DAYS_PER_SESSION = 1.5;

/** Daily bars of completed sessions. Bars of implied volatility hold the yearly fraction (0.2345 → 2345). */
export class History {
  readonly #room: Room;
  readonly #listings: Listings;
  readonly #questions = new Map<number, Question<DailyBar[]>>();
  readonly #recent = new Map<string, { readonly at: EpochMs; readonly answer: Promise<Answer<readonly DailyBar[]>> }>();

  constructor(room: Room, listings: Listings) {
    this.#room = room;
    this.#listings = listings;
  }

  attach(session: Session): void {
    session.listen('historicalData', (id, date, open, high, low, close, volume) => {
      const question = this.#questions.get(id);
      if (question === undefined) return;
      if (date.startsWith(END_MARK)) return question.done();
      const bar = {
        date: dateIn(date),
        open: amount(open),
        high: amount(high),
        low: amount(low),
        close: amount(close),
      };
      const { date: day, open: o, high: h, low: l, close: c } = bar;
      if (day === null || o === null || h === null || l === null || c === null) {
        return dropped(this.#room, `a bar of "${date}"`);
      }
      question.collected.push({ date: day, open: o, high: h, low: l, close: c, volume: Math.max(0, volume ?? 0) });
    });
  }

  async history(query: HistoryQuery): Promise<Answer<readonly DailyBar[]>> {
    const none = offline(this.#room);
    if (none !== null) return none;
    if (!(Number.isSafeInteger(query.days) && query.days > 0 && query.days <= MOST_BARS)) {
      return unanswered('refused', `${query.days} daily bars: 1 to ${MOST_BARS} can be asked for`);
    }
    const listed = await this.#listings.list(query.instrument);
    if (!listed.ok) return listed;
    const key = `${instrumentKey(query.instrument)} ${query.what} ${query.days}`;
    const now = this.#room.clock.now();
    for (const [old, entry] of this.#recent) if (now - entry.at >= SAME_QUESTION_MS) this.#recent.delete(old);
    const recent = this.#recent.get(key);
    if (recent !== undefined) return recent.answer;
    const answer = this.#ask(listed.value, query);
    this.#recent.set(key, { at: now, answer });
    return answer;
  }

  async #ask(listed: ListedInstrument, query: HistoryQuery): Promise<Answer<readonly DailyBar[]>> {
    const question = this.#room.requests.question<DailyBar[]>({
      what: `history of ${instrumentKey(query.instrument)}`,
      collected: [],
      ended: (ended) => this.#questions.delete(ended.id),
    });
    this.#questions.set(question.id, question);
    const contract = this.#listings.contractOf(listed);
    const duration = durationOf(query.days);
    const bars = '1 day' as BarSizeSetting;
    const what = (query.what === 'trades' ? 'TRADES' : 'OPTION_IMPLIED_VOLATILITY') as WhatToShow;
    this.#room.requests.send(question, 'question', (api) =>
      api.reqHistoricalData(question.id, contract, '', duration, bars, what, 1, 1, false),
    );
    const answer = await question.answer;
    if (!answer.ok) return answer;
    return answered(completed(answer.value, this.#room.clock.now()).slice(-query.days));
  }
}

/** As the broker wants it; always enough for that many sessions. */
function durationOf(sessions: number): string {
  const days = Math.ceil(sessions * DAYS_PER_SESSION) + 5;
  return days <= LONGEST_IN_DAYS ? `${days} D` : `${Math.ceil(sessions / SESSIONS_PER_YEAR) + 1} Y`;
}

/** During a session the broker also sends today's bar as it stands: that is not one yet. */
function completed(bars: readonly DailyBar[], now: EpochMs): DailyBar[] {
  const today = newYorkDate(now);
  const session = sessionOn(today);
  const over = session !== null && now >= session.close;
  return bars.filter((bar) => bar.date < today || (bar.date === today && over));
}
