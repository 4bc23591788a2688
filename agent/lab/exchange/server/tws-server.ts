import { type AddressInfo, createServer, type Server, type Socket } from 'node:net';
import type { EpochMs } from '../../../core/calendar/time.ts';
import type { Log } from '../../../edges/system/log.ts';
import type { BookEvent } from '../book.ts';
import type { ExchangeView } from '../exchange-view.ts';
import { GatewayFaults } from '../faults/gateway-faults.ts';
import { Switchboard } from '../faults/switchboard.ts';
import { Catalogue } from './catalogue.ts';
import type { Floor } from './floor.ts';
import { Lines } from './lines.ts';
import { OrderJournal } from './order-journal.ts';
import { OrderStream } from './order-stream.ts';
import type { Peer } from './peer.ts';
import { Session } from './session.ts';

export interface TwsServerOptions {
  readonly exchange: ExchangeView;
  readonly log: Log;
  readonly host: string;
  /** 0 = any that is free; see `port`. */
  readonly port: number;
  readonly forceServerVersion?: number;
  /** The client that hears of the orders of all. */
  readonly masterClientId?: number;
  /** Of all clients together. */
  readonly marketDataLines?: number;
  /** What goes wrong; nothing when left out. */
  readonly faults?: Switchboard;
}

const LINES = 100;
const MOST_CONNECTIONS = 64;

/** The simulated exchange for clients of the TWS API: one TCP port, one session for each client. */
export class TwsServer {
  readonly #options: TwsServerOptions;
  readonly #server: Server;
  readonly #floor: Floor;
  readonly #stream: OrderStream;
  readonly #journal: OrderJournal;
  readonly #sessions = new Set<Session>();
  readonly #clients = new Map<number, Session>();
  readonly #stopListening: (() => void)[] = [];
  #emptied: () => void = () => {};

  constructor(options: TwsServerOptions) {
    const { exchange, log, marketDataLines = LINES } = options;
    const board = options.faults ?? new Switchboard({ clock: exchange.clock });
    this.#options = options;
    this.#server = createServer();
    this.#floor = {
      exchange,
      log,
      catalogue: new Catalogue(exchange.market),
      lines: new Lines(() => board.get('lines')?.count ?? marketDataLines),
      faults: new GatewayFaults(board, exchange),
      forceServerVersion: options.forceServerVersion ?? null,
      masterClientId: options.masterClientId ?? null,
    };
    this.#stream = new OrderStream(exchange.market, (clientId) => this.#audience(clientId));
    this.#journal = new OrderJournal(log);
  }

  /** Resolves when clients can connect; rejects with the system's error (`EADDRINUSE`) when the port cannot be had. */
  async start(): Promise<void> {
    const { exchange, host, port } = this.#options;
    this.#server.on('connection', (socket) => this.#accept(socket));
    await new Promise<void>((resolve, reject) => {
      this.#server.once('error', reject);
      this.#server.listen({ host, port }, () => {
        this.#server.off('error', reject);
        resolve();
      });
    });
    this.#stream.know(exchange.book.openOrders());
    this.#floor.faults.start();
    this.#stopListening.push(
      () => this.#floor.faults.stop(),
      exchange.book.onEvent((event) => this.#tell(event)),
      exchange.onStep((changed, at) => this.#step(changed, at)),
    );
  }

  async stop(): Promise<void> {
    for (const stop of this.#stopListening.splice(0)) stop();
    if (this.#server.listening) this.#server.close();
    for (const session of this.#sessions) session.drop();
    if (this.#sessions.size === 0) return;
    await new Promise<void>((resolve) => {
      this.#emptied = resolve;
    });
  }

  /** The port that clients connect to, once started. */
  get port(): number {
    return (this.#server.address() as AddressInfo | null)?.port ?? this.#options.port;
  }

  #accept(socket: Socket): void {
    if (this.#sessions.size >= MOST_CONNECTIONS) return void socket.destroy();
    if (!this.#floor.faults.isOpen) return void socket.resetAndDestroy();
    const session: Session = new Session(socket, this.#floor, {
      admit: (clientId) => this.#admit(clientId, session),
      settle: () => this.#settle(),
      leave: () => this.#leave(session),
    });
    this.#sessions.add(session);
    session.start();
  }

  #admit(clientId: number, session: Session): boolean {
    if (this.#clients.has(clientId) || this.#floor.faults.isLingering(clientId)) return false;
    this.#clients.set(clientId, session);
    return true;
  }

  #leave(session: Session): void {
    this.#sessions.delete(session);
    if (this.#sessions.size === 0) this.#emptied();
    const clientId = session.client?.peer.clientId;
    if (clientId !== undefined && this.#clients.get(clientId) === session) this.#clients.delete(clientId);
  }

  #audience(clientId: number): readonly Peer[] {
    const { masterClientId } = this.#floor;
    const ids = masterClientId === null || masterClientId === clientId ? [clientId] : [clientId, masterClientId];
    return ids.flatMap((id) => this.#clients.get(id)?.client?.peer ?? []);
  }

  #tell(event: BookEvent): void {
    this.#journal.note(event);
    this.#stream.tell(event);
    if (event.kind !== 'position') return;
    for (const session of this.#clients.values()) session.client?.desks.tellPosition(event.position);
  }

  #step(changed: readonly number[], at: EpochMs): void {
    const conIds = new Set(changed);
    for (const session of this.#clients.values()) session.client?.desks.step(conIds, at);
    this.#settle();
  }

  #settle(): void {
    this.#stream.flush();
    const now = this.#floor.exchange.clock.now();
    for (const session of this.#clients.values()) session.client?.desks.settle(now);
  }
}
