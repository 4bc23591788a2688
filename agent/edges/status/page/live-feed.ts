import type { IncomingMessage } from 'node:http';
import type { Duplex } from 'node:stream';
import type { WebSocket, WebSocketServer } from 'ws';
import type { EpochMs } from '../../../core/calendar/time.ts';
import type { Clock, Timer } from '../../system/clock.ts';
import type { Board } from '../board.ts';
import { titleOf } from './document.ts';
import { PANEL_NAMES, type PanelName, panel } from './fragments.ts';

/** What goes over the WebSocket: panels drawn anew, and what the page's own marks need. */
export interface LiveMessage {
  readonly full: boolean;
  readonly sequence: number;
  /** The market's time now, and how fast it runs. */
  readonly at: EpochMs;
  readonly speed: number;
  readonly trading: string;
  readonly title: string;
  readonly panels: Readonly<Partial<Record<PanelName, string>>>;
}

export interface LiveFeedOptions {
  readonly board: Board;
  readonly clock: Clock;
  readonly marketNow: () => EpochMs;
}

/** Changes that come quicker are sent together. */
const GATHER_MS = 200;
const PING_MS = 20_000;
const CLIENTS = 20;
const LONGEST_MESSAGE = 4096;
/** About ten full pages: a browser that far behind starts again. */
const SLOW_BYTES = 256 * 1024;

/** Sends every open page the panels that changed. */
export class LiveFeed {
  readonly #options: LiveFeedOptions;
  readonly #answered = new WeakSet<WebSocket>();
  #running = false;
  /** Made for the first browser: nobody may ever look. */
  #server: WebSocketServer | null = null;
  #last: Partial<Record<PanelName, string>> = {};
  #unsubscribe: () => void = () => {};
  #flush: Timer | null = null;
  #ping: Timer | null = null;

  constructor(options: LiveFeedOptions) {
    this.#options = options;
  }

  start(): void {
    this.#running = true;
    this.#unsubscribe = this.#options.board.onChange(() => this.#changed());
    this.#schedulePing();
  }

  stop(): void {
    this.#running = false;
    this.#unsubscribe();
    this.#flush?.cancel();
    this.#ping?.cancel();
    for (const client of this.#server?.clients ?? []) client.terminate();
    this.#server?.close();
    this.#server = null;
  }

  get clients(): number {
    return this.#server?.clients.size ?? 0;
  }

  get full(): boolean {
    return this.clients >= CLIENTS;
  }

  async accept(request: IncomingMessage, socket: Duplex, head: Buffer): Promise<void> {
    socket.on('error', () => socket.destroy());
    const { WebSocketServer } = await import('ws');
    if (!this.#running || this.full) return void socket.destroy();
    this.#server ??= new WebSocketServer({ noServer: true, maxPayload: LONGEST_MESSAGE, perMessageDeflate: false });
    this.#server.handleUpgrade(request, socket, head, (client) => {
      this.#answered.add(client);
      client.on('error', () => client.terminate());
      client.on('pong', () => this.#answered.add(client));
      if (this.clients === 1) this.#last = this.#draw();
      client.send(this.#message(true, this.#last));
    });
  }

  #changed(): void {
    if (this.#flush !== null) return;
    this.#flush = this.#options.clock.at(this.#options.clock.now() + GATHER_MS, () => {
      this.#flush = null;
      this.#send(false);
    });
  }

  #send(always: boolean): void {
    if (this.clients === 0) return;
    const drawn = this.#draw();
    const changed = PANEL_NAMES.filter((name) => drawn[name] !== this.#last[name]);
    this.#last = drawn;
    if (changed.length === 0 && !always) return;
    const message = this.#message(false, Object.fromEntries(changed.map((name) => [name, drawn[name]])));
    for (const client of this.#server?.clients ?? []) {
      if (client.bufferedAmount > SLOW_BYTES) client.terminate();
      else client.send(message);
    }
  }

  #draw(): Record<PanelName, string> {
    const { snapshot, now } = { snapshot: this.#options.board.current, now: this.#options.marketNow() };
    const draw = (name: PanelName): string => {
      // Ages are left to the browser, or every panel would change with every second.
      return panel(name, { snapshot, now: name === 'market-time' ? now : null }).toString();
    };
    return Object.fromEntries(PANEL_NAMES.map((name) => [name, draw(name)])) as Record<PanelName, string>;
  }

  #message(full: boolean, panels: LiveMessage['panels']): string {
    const { sequence, speed, trading } = this.#options.board.current;
    const title = titleOf(this.#options.board.current);
    const at = this.#options.marketNow();
    return JSON.stringify({ full, sequence, at, speed, trading: trading.state, title, panels } satisfies LiveMessage);
  }

  /** Finds clients that are gone, and lets the others see that we are not. */
  #schedulePing(): void {
    this.#ping = this.#options.clock.at(this.#options.clock.now() + PING_MS, () => {
      for (const client of this.#server?.clients ?? []) {
        if (!this.#answered.delete(client)) client.terminate();
        else client.ping();
      }
      this.#send(true);
      this.#schedulePing();
    });
  }
}
