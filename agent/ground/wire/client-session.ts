import { ClientConnection, type ConnectionHooks } from './client-connection.ts';
import { ASK } from './client-requests.ts';
import { REPLY } from './message-ids.ts';
import { MAX_VERSION } from './versions.ts';

export interface SessionHooks extends Omit<ConnectionHooks, 'greeted'> {
  /** Orders and questions may be sent from now on. Only then messages are told of. */
  readonly ready: () => void;
}

const CLIENT_ID_TAKEN = '326';
const SERVES_EXCHANGE = { 1100: false, 2110: false, 1101: true, 1102: true } as Readonly<Record<string, boolean>>;

/** A client's connection that has begun its session under an id. */
export class ClientSession {
  readonly #connection: ClientConnection;
  readonly #hooks: SessionHooks;
  ready = false;
  version = MAX_VERSION;
  nextOrderId = 1;
  /** Why the exchange is not served, or null. */
  trouble: string | null = null;

  constructor(address: { readonly host: string; readonly port: number }, clientId: number, hooks: SessionHooks) {
    this.#hooks = hooks;
    this.#connection = new ClientConnection(address, {
      ...hooks,
      greeted: (version) => {
        this.version = version;
        this.write(ASK.start(clientId));
      },
      message: (id, fields) => this.#receive(id, fields),
    });
  }

  write(frame: Buffer): void {
    this.#connection.write(frame);
  }

  close(): void {
    this.#connection.close();
  }

  /** Ends it as if the other side had. */
  lose(reason: string): void {
    this.#connection.lose(reason);
  }

  #receive(id: number, fields: readonly string[]): void {
    if (id === REPLY.error) this.#heardError(fields);
    if (id === REPLY.nextValidId) this.nextOrderId = Number(fields[2]);
    if (id === REPLY.nextValidId && !this.ready) {
      this.ready = true;
      this.#hooks.ready();
    }
    if (this.ready) this.#hooks.message(id, fields);
  }

  #heardError([, , , code = '', text = '']: readonly string[]): void {
    const serves = SERVES_EXCHANGE[code];
    if (serves !== undefined) this.trouble = serves ? null : `${code} ${text}`;
    if (code === CLIENT_ID_TAKEN) this.lose(`${code} ${text}`);
  }
}
