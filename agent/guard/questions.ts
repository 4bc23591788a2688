import { REPLY } from '../ground/wire/message-ids.ts';
import type { Message } from '../ground/wire/tradable.ts';
import { after } from './clock.ts';
import type { GatewayLink } from './gateway-link.ts';

const PATIENCE_MS = 2_000;
/** Errors name requests and orders alike: no order has such an id. */
const FIRST_ID = 1_000_000_000;
const ENDS: ReadonlySet<number> = new Set([REPLY.contractDetailsEnd, REPLY.tickSnapshotEnd, REPLY.error]);

interface Question {
  readonly answers: Message[];
  readonly isEnough: (answers: readonly Message[]) => boolean;
  readonly done: () => void;
}

/** Questions of the guard's own link. What had not come in time is not in the answer. */
export class Questions {
  readonly #link: GatewayLink;
  readonly #open = new Map<string, Question>();
  #lastId = FIRST_ID;

  constructor(link: GatewayLink) {
    this.#link = link;
  }

  ask(
    frame: (requestId: number) => Buffer,
    isEnough: Question['isEnough'] = () => false,
    patienceMs = PATIENCE_MS,
  ): Promise<readonly Message[]> {
    return new Promise((resolve) => {
      this.#lastId += 1;
      const requestId = String(this.#lastId);
      const answers: Message[] = [];
      const done = (): void => {
        timer.cancel();
        this.#open.delete(requestId);
        resolve(answers);
      };
      const timer = after(patienceMs, done);
      this.#open.set(requestId, { answers, isEnough, done });
      if (!this.#link.send(frame(this.#lastId))) done();
    });
  }

  hear(id: number, fields: Message): void {
    const question = this.#open.get(fields[id === REPLY.contractDetails ? 1 : 2] ?? '');
    if (question === undefined) return;
    question.answers.push(fields);
    if (ENDS.has(id) || question.isEnough(question.answers)) question.done();
  }
}
