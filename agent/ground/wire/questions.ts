import { after } from '../time/clock.ts';
import { contractIn, type Security } from './broker-reports.ts';
import { ASK } from './client-requests.ts';
import { REPLY } from './message-ids.ts';
import type { Message } from './tradable.ts';

/** A client's connection, or what stands for it while there is none. */
export interface Link {
  readonly version: number;
  /** Returns whether it was handed to the system. */
  send(frame: Buffer): boolean;
}

interface Question {
  readonly answers: Message[];
  readonly isEnough: (answers: readonly Message[]) => boolean;
  readonly done: () => void;
}

const PATIENCE_MS = 2_000;
const MOST_KNOWN = 5_000;
/** Errors name requests and orders alike: no order has such an id. */
const FIRST_ID = 1_000_000_000;
const ENDS: ReadonlySet<number> = new Set([REPLY.contractDetailsEnd, REPLY.tickSnapshotEnd, REPLY.error]);

/** Questions with an id of their own. What had not come in time is not in the answer. */
export class Questions {
  readonly #link: Link;
  readonly #open = new Map<string, Question>();
  #contracts = new Map<number, Security>();
  #lastId = FIRST_ID;

  constructor(link: Link) {
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

  /** What contract ids stand for, asked once and then remembered. Without those that are not known, or not told in time. */
  async contracts(conIds: readonly number[]): Promise<ReadonlyMap<number, Security>> {
    await Promise.all(conIds.filter((conId) => !this.#contracts.has(conId)).map((conId) => this.#lookUp(conId)));
    return new Map(
      conIds.flatMap((conId) => {
        const found = this.#contracts.get(conId);
        return found === undefined ? [] : [[conId, found] as const];
      }),
    );
  }

  hear(id: number, fields: Message): void {
    const question = this.#open.get(fields[id === REPLY.contractDetails ? 1 : 2] ?? '');
    if (question === undefined) return;
    question.answers.push(fields);
    if (ENDS.has(id) || question.isEnough(question.answers)) question.done();
  }

  async #lookUp(conId: number): Promise<void> {
    for (const fields of await this.ask((requestId) => ASK.contract(requestId, conId))) {
      if (fields[0] !== String(REPLY.contractDetails)) continue;
      const found = contractIn(fields, this.#link.version);
      if (found.conId !== conId) continue;
      if (this.#contracts.size >= MOST_KNOWN) this.#contracts = new Map();
      this.#contracts.set(conId, found);
    }
  }
}
