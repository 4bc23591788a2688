import { contractIn, type Security } from '../ground/wire/broker-reports.ts';
import { ASK } from '../ground/wire/client-requests.ts';
import { REPLY } from '../ground/wire/message-ids.ts';
import type { GatewayLink } from './gateway-link.ts';
import type { Questions } from './questions.ts';

const MOST_KNOWN = 5_000;

/** What contract ids stand for, asked of the gateway on the guard's own link and then remembered. */
export class Contracts {
  readonly #link: Pick<GatewayLink, 'version'>;
  readonly #questions: Questions;
  #known = new Map<number, Security>();

  constructor(link: Pick<GatewayLink, 'version'>, questions: Questions) {
    this.#link = link;
    this.#questions = questions;
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

  async #ask(conId: number): Promise<void> {
    for (const fields of await this.#questions.ask((requestId) => ASK.contract(requestId, conId))) {
      if (fields[0] !== String(REPLY.contractDetails)) continue;
      const found = contractIn(fields, this.#link.version);
      if (found.conId !== conId) continue;
      if (this.#known.size >= MOST_KNOWN) this.#known = new Map();
      this.#known.set(conId, found);
    }
  }
}
