import type { IBApi } from '@stoqey/ib/dist/api/api.js';
import type { Clock, Timer } from '../../system/clock.ts';
import { type Answer, answered, unanswered } from '../answer.ts';
import type { MessageBudget, Priority, Slot } from './budget.ts';
import { RequestIds } from './ids.ts';
import type { Session } from './session.ts';

/** Puts one message on the wire of whatever session it is given. */
export type Write = (api: IBApi) => void;

interface Opening<T> {
  /** For the reason, when no answer comes: `positions`, `contract details of SPY`. */
  readonly what: string;
  readonly collected: T;
  readonly timeoutMs: number;
  /** What the deadline makes of what has been collected so far; by default nothing. */
  readonly atDeadline: (collected: T) => Answer<T> | null;
  readonly ended: (question: Question<T>) => void;
}

/** One question to the broker: settled once, by its answer, a refusal, its deadline or the loss of the link. */
export class Question<T> {
  readonly id: number;
  readonly answer: Promise<Answer<T>>;
  readonly #opening: Opening<T>;
  readonly #deadline: Timer;
  #collected: T;
  #slot: Slot | null = null;
  #sent = false;
  #settled = false;
  #full = false;
  #resolve: (answer: Answer<T>) => void = () => undefined;

  constructor(id: number, opening: Opening<T>, clock: Clock) {
    this.id = id;
    this.#opening = opening;
    this.#collected = opening.collected;
    this.answer = new Promise((resolve) => {
      this.#resolve = resolve;
    });
    this.#deadline = clock.at(clock.now() + opening.timeoutMs, () => this.#expire());
  }

  get settled(): boolean {
    return this.#settled;
  }

  /** Settled because the broker said that this was all, not for want of an answer. */
  get answeredInFull(): boolean {
    return this.#full;
  }

  get sent(): boolean {
    return this.#sent;
  }

  get collected(): T {
    return this.#collected;
  }

  set collected(value: T) {
    this.#collected = value;
  }

  /** All of it has arrived. */
  done(): void {
    this.#full = !this.#settled;
    this.#settle(answered(this.#collected));
  }

  refuse(code: number, reason: string): void {
    this.#settle(unanswered('refused', reason, code));
  }

  /** Not sent is certain; sent without an answer is not. */
  lose(reason: string): void {
    const failure = this.#sent ? 'unknown' : 'offline';
    this.#settle(unanswered(failure, `${this.#opening.what}: ${reason}`));
  }

  wait(slot: Slot): void {
    this.#slot = slot;
  }

  markSent(): void {
    this.#sent = true;
  }

  #expire(): void {
    const late = this.#opening.atDeadline(this.#collected);
    if (late === null) this.lose(`no answer within ${this.#opening.timeoutMs} ms`);
    else this.#settle(late);
  }

  #settle(answer: Answer<T>): void {
    if (this.#settled) return;
    this.#settled = true;
    this.#slot?.cancel();
    this.#deadline.cancel();
    this.#opening.ended(this);
    this.#resolve(answer);
  }
}

export interface QuestionOptions<T> {
  readonly what: string;
  readonly collected: T;
  readonly timeoutMs?: number;
  readonly atDeadline?: (collected: T) => Answer<T> | null;
  readonly ended?: (question: Question<T>) => void;
}

/** Everything that waits for an answer, and the way of every message to the socket. */
export class Requests {
  readonly #clock: Clock;
  readonly #budget: MessageBudget;
  readonly #timeoutMs: number;
  readonly #ids = new RequestIds();
  readonly #open = new Map<number, Question<never>>();
  #session: Session | null = null;

  constructor(clock: Clock, budget: MessageBudget, timeoutMs: number) {
    this.#clock = clock;
    this.#budget = budget;
    this.#timeoutMs = timeoutMs;
  }

  get timeoutMs(): number {
    return this.#timeoutMs;
  }

  attach(session: Session): void {
    this.#session = session;
  }

  /** Nothing that waits may reach the next session. */
  detach(reason: string): void {
    this.#session = null;
    this.#budget.clear();
    for (const question of [...this.#open.values()]) question.lose(reason);
  }

  newId(): number {
    return this.#ids.next();
  }

  /** Registers a question, its deadline running, before a byte of it is sent. */
  question<T>(options: QuestionOptions<T>): Question<T> {
    const opening: Opening<T> = {
      what: options.what,
      collected: options.collected,
      timeoutMs: options.timeoutMs ?? this.#timeoutMs,
      atDeadline: options.atDeadline ?? (() => null),
      ended: (question) => {
        this.#open.delete(question.id);
        options.ended?.(question);
      },
    };
    const question = new Question(this.newId(), opening, this.#clock);
    this.#open.set(question.id, question as unknown as Question<never>);
    return question;
  }

  send<T>(question: Question<T>, priority: Priority, write: Write): void {
    const slot = this.#budget.submit(
      priority,
      () => {
        if (this.#write(write)) question.markSent();
        else question.lose('not sent');
      },
      () => question.lose('not sent, the link is down'),
    );
    question.wait(slot);
  }

  /** A message that has no answer of its own. Resolves when it is on the wire, or certainly never will be. */
  tell(priority: Priority, what: string, write: Write): Promise<Answer<void>> {
    const question = this.question<void>({ what, collected: undefined });
    const slot = this.#budget.submit(
      priority,
      () => (this.#write(write) ? question.done() : question.lose('not sent')),
      () => question.lose('not sent, the link is down'),
    );
    question.wait(slot);
    return question.answer;
  }

  /** @returns whether the id belongs to an open question */
  refuse(id: number, code: number, reason: string): boolean {
    const question = this.#open.get(id);
    question?.refuse(code, reason);
    return question !== undefined;
  }

  #write(write: Write): boolean {
    return this.#session?.write(write) ?? false;
  }
}
