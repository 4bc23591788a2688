import { createServer, type Server, type Socket } from 'node:net';
import type { Aedes } from 'aedes';

export interface HomeMqttServerOptions {
  /** 0 = any free one; see `url`. */
  readonly port?: number;
}

/** The MQTT broker of the owner's home, for the demo: on loopback, in memory, MQTT 3.1.1. */
export class HomeMqttServer {
  readonly #options: HomeMqttServerOptions;
  readonly #sockets = new Set<Socket>();
  #broker: Aedes | null = null;
  #server: Server | null = null;

  constructor(options: HomeMqttServerOptions = {}) {
    this.#options = options;
  }

  async start(): Promise<void> {
    const { Aedes } = await import('aedes');
    const broker = await Aedes.createBroker();
    const server = createServer((socket) => {
      this.#sockets.add(socket);
      socket.on('close', () => this.#sockets.delete(socket));
      broker.handle(socket);
    });
    this.#broker = broker;
    this.#server = server;
    const { promise, resolve, reject } = Promise.withResolvers<void>();
    server.once('error', reject);
    server.listen(this.#options.port ?? 0, '127.0.0.1', resolve);
    await promise;
  }

  async stop(): Promise<void> {
    const [broker, server] = [this.#broker, this.#server];
    this.#broker = null;
    this.#server = null;
    if (broker === null || server === null) return;
    const closed = new Promise<void>((resolve) => server.close(() => resolve()));
    await new Promise<void>((resolve) => broker.close(() => resolve()));
    for (const socket of this.#sockets) socket.destroy();
    await closed;
  }

  /** `mqtt://127.0.0.1:PORT`; empty while not started. */
  get url(): string {
    const address = this.#server?.address();
    return address === null || address === undefined || typeof address === 'string'
      ? ''
      : `mqtt://127.0.0.1:${address.port}`;
  }
}
