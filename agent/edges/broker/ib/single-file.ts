import type { Clock, Timer } from '../../system/clock.ts';
import type { Answer } from '../answer.ts';
import type { Priority } from './budget.ts';
import type { Question, Requests, Write } from './requests.ts';

/**
 * Questions whose answers carry no id, such as positions and open orders: one at a time, so that the end of one answer
 * can never be taken for the end of another. One that stayed unanswered keeps its place for a while longer, because its
 * answer may still be on the way.
 */
export class SingleFile<T> {
  readonly #what: string;
  readonly #requests: Requests;
  readonly #clock: Clock;
  readonly #priority: Priority;
  readonly #queue: { readonly question: Question<T>; readonly write: Write }[] = [];
  #current: Question<T> | null = null;
  #late: Timer | null = null;

  constructor(what: string, requests: Requests, clock: Clock, priority: Priority = 'question') {
    this.#what = what;
    this.#requests = requests;
    this.#clock = clock;
    this.#priority = priority;
  }

  /** The question whose answer is arriving. */
  get current(): Question<T> | null {
    return this.#late === null ? this.#current : null;
  }

  ask(collected: T, write: Write, timeoutMs = this.#requests.timeoutMs): Promise<Answer<T>> {
    const question = this.#requests.question<T>({
      what: this.#what,
      collected,
      timeoutMs,
      ended: (ended) => this.#ended(ended, timeoutMs),
    });
    this.#queue.push({ question, write });
    this.#next();
    return question.answer;
  }

  /** The broker has said that this was all. */
  end(): void {
    if (this.#late === null) this.#current?.done();
    else this.#free();
  }

  reset(): void {
    this.#queue.length = 0;
    this.#free();
  }

  #next(): void {
    while (this.#current === null) {
      const entry = this.#queue.shift();
      if (entry === undefined) return;
      if (entry.question.settled) continue;
      this.#current = entry.question;
      this.#requests.send(entry.question, this.#priority, entry.write);
    }
  }

  #ended(question: Question<T>, graceMs: number): void {
    if (question !== this.#current) return;
    if (!question.answeredInFull && question.sent) {
      this.#late = this.#clock.at(this.#clock.now() + graceMs, () => this.#free());
      return;
    }
    this.#free();
  }

  #free(): void {
    this.#late?.cancel();
    this.#late = null;
    this.#current = null;
    this.#next();
  }
}
