import { type AddressInfo, createServer, type Server, type Socket } from 'node:net';
import { after, type Timer } from '../time/clock.ts';
import type { Pair } from './pair.ts';

/** What is made of a client that was let in. */
export interface Session {
  readonly pair: Pick<Pair, 'start' | 'end'>;
}

export interface DoorParts<S extends Session> {
  readonly address: { readonly host: string; readonly port: number };
  /** @param ended to be called once all of it is closed */
  readonly open: (socket: Socket, ended: () => void) => S;
  /** A session has begun or ended. */
  readonly changed: () => void;
  /** Of what was turned away, and why the port fails. */
  readonly record: (text: string) => void;
}

/** How long a client that comes back waits for its last connection to have ended. */
const HANDOVER_MS = 300;

/** Where clients connect: one at a time. */
export class Door<S extends Session> {
  readonly #parts: DoorParts<S>;
  readonly #server: Server;
  #next: { readonly socket: Socket; readonly timer: Timer } | null = null;
  session: S | null = null;

  constructor(parts: DoorParts<S>) {
    this.#parts = parts;
    const options = { noDelay: true, keepAlive: true, pauseOnConnect: true };
    this.#server = createServer(options, (socket) => this.#accept(socket));
  }

  /** Once started. */
  get port(): number {
    return (this.#server.address() as AddressInfo | null)?.port ?? 0;
  }

  /** Rejects when the port cannot be had. */
  start(): Promise<void> {
    return new Promise((resolve, reject) => {
      this.#server.once('error', reject);
      this.#server.listen(this.#parts.address, () => {
        this.#server.off('error', reject);
        this.#server.on('error', (error) => this.#parts.record(error.message));
        resolve();
      });
    });
  }

  async stop(reason: string): Promise<void> {
    this.#next?.timer.cancel();
    this.#next?.socket.destroy();
    const closed = new Promise<void>((resolve) => this.#server.close(() => resolve()));
    this.session?.pair.end(reason);
    await closed;
  }

  #accept(socket: Socket): void {
    socket.on('error', () => undefined);
    if (this.session === null) this.#open(socket);
    else if (this.#next === null) this.#wait(socket);
    else this.#turnAway(socket);
  }

  #wait(socket: Socket): void {
    const timer = after(HANDOVER_MS, () => {
      this.#next = null;
      this.#turnAway(socket);
    });
    this.#next = { socket, timer };
  }

  #turnAway(socket: Socket): void {
    this.#parts.record('a second agent was refused');
    socket.destroy();
  }

  #open(socket: Socket): void {
    this.session = this.#parts.open(socket, () => this.#ended());
    this.session.pair.start();
    this.#parts.changed();
  }

  #ended(): void {
    this.session = null;
    this.#parts.changed();
    const next = this.#next;
    this.#next = null;
    next?.timer.cancel();
    if (next !== null && !next.socket.destroyed) this.#open(next.socket);
  }
}
