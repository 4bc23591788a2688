import { type Session, sessions } from '../../core/calendar/sessions.ts';
import { epochDay, type IsoDate } from '../../core/calendar/time.ts';
import { bell, hash, hashText, stream } from './random.ts';
import type { UnderlyingModel } from './underlyings.ts';

/** The walk begins here, long before any day that may be asked for, and at the level of the model. */
const FIRST_DATE = '2015-01-02';
export const FIRST_MARKET_DATE = '2016-07-01';
/** A year before the calendar ends: options of then are listed that far ahead. */
export const LAST_MARKET_DATE = '2034-12-31';

const SESSIONS_PER_YEAR = 252;
/** Of the day's variance, what happens between close and open. */
const OVERNIGHT = 0.2;
const LEVEL_REVERSION = 0.01;
const VOLATILITY_REVERSION = 0.04;
const LEVERAGE = -0.7;

export interface DayShape {
  readonly session: Session;
  readonly index: number;
  readonly previousClose: number;
  readonly open: number;
  readonly close: number;
  /** Deviation of the log return from open to close. */
  readonly deviation: number;
  readonly volatilityAtOpen: number;
  readonly volatilityAtClose: number;
}

/**
 * Closes and volatilities of one underlying, session by session. Log volatility and log price return to their means, so that
 * every date has a plausible level; shocks share a factor with the other underlyings, and volatility rises when prices fall.
 */
export class DailyWalk {
  readonly #model: UnderlyingModel;
  readonly #seed: number;
  readonly #days: DayShape[] = [];
  readonly #byDate = new Map<IsoDate, number>();
  #factor = 0;
  #logVolatility: number;

  constructor(model: UnderlyingModel, seed: number) {
    this.#model = model;
    this.#seed = seed;
    this.#logVolatility = Math.log(model.volatility);
  }

  /** Throws a RangeError when the date is no session or lies before the market's first. */
  day(date: IsoDate): DayShape {
    this.#extend(date);
    const index = this.#byDate.get(date);
    if (index === undefined || date < FIRST_MARKET_DATE) throw new RangeError(`the synthetic market has no ${date}`);
    return this.#days[index] as DayShape;
  }

  at(index: number): DayShape | null {
    return this.#days[index] ?? null;
  }

  #extend(to: IsoDate): void {
    const last = this.#days.at(-1)?.session.date;
    if (last !== undefined && last >= to) return;
    for (const session of sessions(last ?? FIRST_DATE, to)) {
      if (session.date !== last) this.#append(session);
    }
  }

  #append(session: Session): void {
    const model = this.#model;
    const day = epochDay(session.date);
    const common = stream(hash(this.#seed, day, 1));
    const own = stream(hash(this.#seed, day, hashText(model.symbol)));
    const shock = (): number =>
      model.correlation * bell(common) + Math.sqrt(1 - model.correlation * model.correlation) * bell(own);
    const night = shock();
    const trading = shock();
    const volatility = Math.exp(this.#logVolatility);
    const perDay = volatility / Math.sqrt(SESSIONS_PER_YEAR);
    const previousClose = model.level * Math.exp(this.#factor);
    const opened = this.#factor * (1 - LEVEL_REVERSION) + perDay * Math.sqrt(OVERNIGHT) * night;
    this.#factor = opened + perDay * Math.sqrt(1 - OVERNIGHT) * trading;
    const pull = VOLATILITY_REVERSION * (Math.log(model.volatility) - this.#logVolatility);
    const move = LEVERAGE * trading + Math.sqrt(1 - LEVERAGE * LEVERAGE) * bell(own);
    this.#logVolatility += pull + model.volatilityOfVolatility * move;
    const shape: DayShape = {
      session,
      index: this.#days.length,
      previousClose,
      open: model.level * Math.exp(opened),
      close: model.level * Math.exp(this.#factor),
      deviation: perDay * Math.sqrt(1 - OVERNIGHT),
      volatilityAtOpen: volatility,
      volatilityAtClose: Math.exp(this.#logVolatility),
    };
    this.#byDate.set(session.date, shape.index);
    this.#days.push(shape);
  }
}
