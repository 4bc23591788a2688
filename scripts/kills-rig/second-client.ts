import { ClientConnection } from '../../agent/ground/wire/client-connection.ts';
import { ASK } from '../../agent/ground/wire/client-requests.ts';
import { encodeFrame } from '../../agent/ground/wire/frame.ts';
import { REPLY, REQUEST } from '../../agent/ground/wire/message-ids.ts';

/** What an exchange tells any client of the account, fields as they came. */
export interface ToldBooks {
  /** By permId: the reference. */
  readonly working: ReadonlyMap<string, string>;
  /** By permId: the reference. Ended today. */
  readonly completed: ReadonlyMap<string, string>;
  /** By execId. Of today. */
  readonly executions: ReadonlyMap<string, ToldExecution>;
  /** By local symbol, without those that are flat. */
  readonly positions: ReadonlyMap<string, number>;
}

export interface ToldExecution {
  readonly orderRef: string;
  readonly permId: string;
  readonly side: 'buy' | 'sell';
  readonly quantity: number;
  readonly localSymbol: string;
}

type Message = readonly string[];

const OWN_CLIENT_ID = 99;
const LOOPBACK = '127.0.0.1';

/** Another client of the exchange, past guard and agent, that only asks. */
export class SecondClient {
  readonly #connection: ClientConnection;
  readonly #started = Promise.withResolvers<void>();
  #received: Message[] = [];
  #lost: string | null = null;
  #hear: () => void = () => undefined;

  constructor(port: number) {
    const connection: ClientConnection = new ClientConnection(
      { host: LOOPBACK, port },
      {
        heard: () => undefined,
        greeted: () => connection.write(ASK.start(OWN_CLIENT_ID)),
        message: (id, fields) => {
          if (id === REPLY.nextValidId) this.#started.resolve();
          this.#received.push(fields);
          this.#hear();
        },
        lost: (reason) => {
          this.#lost = reason;
          this.#hear();
        },
      },
    );
    this.#connection = connection;
  }

  close(): void {
    this.#connection.close();
  }

  /** The exchange's own time, to the second. */
  async time(): Promise<number> {
    const [answer] = await this.#ask(ASK.time, REPLY.currentTime);
    return Number(answer?.[2]) * 1000;
  }

  /** @param clientId whose executions are asked for */
  async books(clientId: number): Promise<ToldBooks> {
    const requestId = 1;
    const filter = [clientId, '', '', '', '', '', ''];
    const open = await this.#ask(ASK.allOpenOrders, REPLY.openOrderEnd);
    const done = await this.#ask(encodeFrame([REQUEST.completedOrders, true]), REPLY.completedOrdersEnd);
    const executed = await this.#ask(encodeFrame([REQUEST.executions, 3, requestId, ...filter]), REPLY.executionsEnd);
    const held = await this.#ask(ASK.positions, REPLY.positionEnd);
    const of = (messages: readonly Message[], id: number) => messages.filter(([first]) => Number(first) === id);
    return {
      working: new Map(of(open, REPLY.openOrder).map((fields) => [text(fields, 25), text(fields, 23)])),
      completed: new Map(of(done, REPLY.completedOrder).map((fields) => [text(fields, 23), text(fields, 22)])),
      executions: new Map(of(executed, REPLY.execution).map((fields) => [text(fields, 14), executionIn(fields)])),
      positions: new Map(
        of(held, REPLY.position)
          .map((fields) => [text(fields, 12), Number(fields[14])] as const)
          .filter(([, quantity]) => quantity !== 0),
      ),
    };
  }

  /** Everything up to and with the message that ends the answer. */
  async #ask(frame: Buffer, end: number): Promise<readonly Message[]> {
    await this.#started.promise;
    this.#received = [];
    this.#connection.write(frame);
    for (;;) {
      if (this.#received.some(([id]) => Number(id) === end)) return this.#received;
      if (this.#lost !== null) throw new Error(`the exchange is gone: ${this.#lost}`);
      const { promise, resolve } = Promise.withResolvers<void>();
      this.#hear = resolve;
      await promise;
    }
  }
}

function executionIn(fields: Message): ToldExecution {
  return {
    orderRef: text(fields, 26),
    permId: text(fields, 21),
    side: text(fields, 18) === 'BOT' ? 'buy' : 'sell',
    quantity: Number(fields[19]),
    localSymbol: text(fields, 12),
  };
}

function text(fields: Message, index: number): string {
  return fields[index] ?? '';
}
