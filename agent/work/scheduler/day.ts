import { instantInNewYork } from '../../core/calendar/new-york.ts';
import type { Phase } from '../../core/calendar/phase.ts';
import { FIRST_SESSION_YEAR, LAST_SESSION_YEAR } from '../../core/calendar/sessions.ts';
import { DAY_MS, dayNumber, type EpochMs } from '../../core/calendar/time.ts';
import { type PhaseSpan, phaseSpanAt, type ResearchWindow, windowAt } from '../../core/calendar/windows.ts';
import type { TaskState } from '../../edges/store/schedule-records.ts';
import { type Due, LOOK_BACK_MS } from './due-book.ts';
import { wakeAt } from './readiness.ts';
import { isTimed, type Plan, type Task } from './task.ts';

interface Place {
  readonly span: PhaseSpan;
  readonly window: ResearchWindow;
}

/** A month inside the calendar's years, because questions reach over their edges. */
const FIRST = dayNumber(FIRST_SESSION_YEAR, 2, 1) * DAY_MS;
const LAST = dayNumber(LAST_SESSION_YEAR, 12, 1) * DAY_MS;

/** Where in the exchange's day we are, and which tasks may run now as soon as they can. */
export class Day {
  readonly #asSoonAsMay: readonly Task[];
  /** That the trading day has seen so far. */
  #phases = new Set<Phase>();
  #place: Place | null = null;
  #turned: Place | null = null;
  #here: readonly Task[] = [];

  constructor(tasks: readonly Task[]) {
    this.#asSoonAsMay = tasks.filter((task) => !isTimed(task));
  }

  /** A box without a battery starts in a year of which the calendar knows nothing. */
  knows(now: EpochMs): boolean {
    return now >= FIRST && now < LAST;
  }

  get opportunistic(): readonly Task[] {
    return this.#here;
  }

  at(now: EpochMs): Place {
    const place = this.#place;
    if (place !== null && now >= place.span.from && now < place.span.until) {
      // The window turns at 8:00 of a trading day, where the phase turns too.
      return place;
    }
    const fresh = placeAt(now);
    this.#place = fresh;
    this.#here = this.#asSoonAsMay.filter((task) => inPhase(task, fresh.span));
    return fresh;
  }

  forget(): void {
    this.#place = null;
  }

  /** The appliance was last seen running at `seen`: what its day has brought since then is asked for by `turn`. */
  resume(seen: EpochMs): void {
    const place = placeAt(seen);
    this.#turned = place;
    this.#phases = new Set();
    let at = instantInNewYork(place.window.tradingDay, '08:00');
    for (; at < place.span.from; at = phaseSpanAt(at).until) this.#phases.add(phaseSpanAt(at).phase);
  }

  /** Goes on to `now`. Returns, oldest first, the tasks whose one run of a phase or trading day that ended never came. */
  turn(now: EpochMs, states: ReadonlyMap<string, TaskState>): readonly Due[] {
    const before = this.#turned;
    const place = this.at(now);
    this.#turned = place;
    if (before === null || before === place || now < before.span.until) return [];
    const missed: Due[] = [];
    let at = before;
    if (before.span.until < now - LOOK_BACK_MS) {
      this.#phases = new Set();
      at = placeAt(now - LOOK_BACK_MS);
    }
    while (at.span.until <= now) {
      const next = placeAt(at.span.until);
      missed.push(...this.#ended(at, next, states));
      at = next;
    }
    return missed;
  }

  /** The next instant at which time alone may change what is ready. */
  nextInstant(now: EpochMs, states: ReadonlyMap<string, TaskState>): EpochMs {
    const { span, window } = this.at(now);
    let next = span.until;
    for (const at of [window.from, window.researchUntil]) if (at > now && at < next) next = at;
    for (const task of this.#here) next = Math.min(next, wakeAt(task, states.get(task.name), now));
    return next;
  }

  #ended(ended: Place, next: Place, states: ReadonlyMap<string, TaskState>): Due[] {
    const newDay = ended.window.tradingDay !== next.window.tradingDay;
    const phases = this.#phases.add(ended.span.phase);
    if (newDay) this.#phases = new Set();
    return this.#asSoonAsMay.flatMap((task): Due[] => {
      const state = states.get(task.name);
      if (state === undefined) return [];
      const { kind } = task.recurrence;
      const perDay = kind === 'oncePerTradingDay' && newDay && hadPhase(task, phases);
      if (!perDay && !(kind === 'oncePerPhase' && inPhase(task, ended.span))) return [];
      const since = perDay ? instantInNewYork(ended.window.tradingDay, '08:00') : ended.span.from;
      if (state.knownSince > since || (state.lastStartedAt ?? 0) >= since) return [];
      return [{ task, dueAt: since }];
    });
  }
}

function placeAt(at: EpochMs): Place {
  return { span: phaseSpanAt(at), window: windowAt(at) };
}

function hadPhase({ phases }: Plan, seen: ReadonlySet<Phase>): boolean {
  return phases === 'always' || phases.some((phase) => seen.has(phase));
}

function inPhase({ phases }: Plan, { phase }: PhaseSpan): boolean {
  return phases === 'always' || phases.includes(phase);
}
