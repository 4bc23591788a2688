import { contractIn, type Security } from '../ground/wire/broker-reports.ts';
import { ASK } from '../ground/wire/client-requests.ts';
import { REPLY } from '../ground/wire/message-ids.ts';
import { after } from './clock.ts';
import type { GatewayLink } from './gateway-link.ts';

const PATIENCE_MS = 2_000;
const MOST_KNOWN = 5_000;

interface Question {
  readonly conId: number;
  readonly done: () => void;
}

/** What contract ids stand for, asked of the gateway on the guard's own link and then remembered. */
export class Contracts {
  readonly #link: GatewayLink;
  #known = new Map<number, Security>();
  readonly #asked = new Map<string, Question>();
  #lastRequest = 0;

  constructor(link: GatewayLink) {
    this.#link = link;
  }

  /** Without those that the gateway does not know, or did not tell in time. */
  async lookUp(conIds: readonly number[]): Promise<ReadonlyMap<number, Security>> {
    await Promise.all(conIds.filter((conId) => !this.#known.has(conId)).map((conId) => this.#ask(conId)));
    return new Map(
      conIds.flatMap((conId) => {
        const found = this.#known.get(conId);
        return found === undefined ? [] : [[conId, found] as const];
      }),
    );
  }

  hear(id: number, fields: readonly string[], version: number): void {
    if (id === REPLY.contractDetails) {
      const found = contractIn(fields, version);
      const asked = this.#asked.get(fields[1] ?? '');
      if (asked === undefined || found.conId !== asked.conId) return;
      if (this.#known.size >= MOST_KNOWN) this.#known = new Map();
      this.#known.set(found.conId, found);
    } else if (id === REPLY.contractDetailsEnd || id === REPLY.error) {
      this.#asked.get(fields[2] ?? '')?.done();
    }
  }

  #ask(conId: number): Promise<void> {
    return new Promise((resolve) => {
      this.#lastRequest += 1;
      const requestId = String(this.#lastRequest);
      const done = (): void => {
        timer.cancel();
        this.#asked.delete(requestId);
        resolve();
      };
      const timer = after(PATIENCE_MS, done);
      this.#asked.set(requestId, { conId, done });
      if (!this.#link.send(ASK.contract(this.#lastRequest, conId))) done();
    });
  }
}
