import { type AddressInfo, createServer, type Server, type Socket } from 'node:net';
import { AgentSession, type SessionParts } from './agent-session.ts';
import { after, type Timer } from './clock.ts';
import type { GuardConfig } from './config.ts';

export type DoorParts = Omit<SessionParts, 'gateway' | 'frameMs' | 'ended'> & { readonly changed: () => void };

/** How long an agent that comes back waits for its last connection to have ended. */
const HANDOVER_MS = 300;

/** Where the agent connects: one at a time. */
export class AgentDoor {
  readonly #config: GuardConfig;
  readonly #parts: DoorParts;
  readonly #server: Server;
  #session: AgentSession | null = null;
  #next: { readonly socket: Socket; readonly timer: Timer } | null = null;

  constructor(config: GuardConfig, parts: DoorParts) {
    this.#config = config;
    this.#parts = parts;
    this.#server = createServer({ noDelay: true, keepAlive: true, pauseOnConnect: true }, (socket) =>
      this.#accept(socket),
    );
  }

  get session(): AgentSession | null {
    return this.#session;
  }

  /** Once started. */
  get port(): number {
    return (this.#server.address() as AddressInfo | null)?.port ?? 0;
  }

  start(): Promise<void> {
    return new Promise((resolve, reject) => {
      this.#server.once('error', reject);
      this.#server.listen(this.#config.listen, () => {
        this.#server.off('error', reject);
        this.#server.on('error', (error) => this.#parts.journal.append({ kind: 'connection', text: error.message }));
        resolve();
      });
    });
  }

  async stop(): Promise<void> {
    this.#next?.timer.cancel();
    this.#next?.socket.destroy();
    const closed = new Promise<void>((resolve) => this.#server.close(() => resolve()));
    this.#session?.end('the guard stops');
    await closed;
  }

  #accept(socket: Socket): void {
    socket.on('error', () => undefined);
    if (this.#session === null) this.#open(socket);
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
    this.#parts.journal.append({ kind: 'connection', text: 'a second agent was refused' });
    socket.destroy();
  }

  #open(socket: Socket): void {
    const { gateway, timing } = this.#config;
    const ended = (): void => {
      this.#session = null;
      this.#parts.changed();
      const next = this.#next;
      this.#next = null;
      next?.timer.cancel();
      if (next !== null && !next.socket.destroyed) this.#open(next.socket);
    };
    const address = { host: gateway.host, port: gateway.port };
    const session = new AgentSession(socket, { ...this.#parts, gateway: address, frameMs: timing.frame, ended });
    this.#session = session;
    session.start();
    this.#parts.changed();
  }
}
