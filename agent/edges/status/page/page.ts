import type { IncomingMessage } from 'node:http';
import type { Duplex } from 'node:stream';
import type { FastifyInstance } from 'fastify';
import type { EpochMs } from '../../../core/calendar/time.ts';
import type { Clock } from '../../system/clock.ts';
import type { Log } from '../../system/log.ts';
import type { Board, Controls } from '../board.ts';
import type { Inquiries } from '../inquiries.ts';
import { Access } from './access.ts';
import { type Assets, loadAssets } from './assets.ts';
import { LiveFeed } from './live-feed.ts';
import { isLoopback, isOurHost, isSameOrigin } from './origin.ts';
import { buildServer, loadLibraries } from './server.ts';
import { sessionOf } from './session-cookie.ts';

export interface PageOptions {
  readonly board: Board;
  readonly controls: Controls;
  readonly inquiries: Inquiries;
  /** An address; anything but loopback asks for the token before it shows anything. */
  readonly host: string;
  /** 0 = any free one; see `address`. */
  readonly port: number;
  /** Further names under which the page may be called, for example `wheelhouse.local`. */
  readonly hostNames?: readonly string[];
  /** Needed to halt and to resume; printed at start by the caller. */
  readonly token: string;
  /** Real time, also where the market's runs faster: it paces messages and ends sessions. */
  readonly clock: Clock;
  readonly log: Log;
  /** For /readyz; without it the page says ready while no connection has failed. */
  readonly isReady?: () => boolean;
  /** Where the styles, the script and the icon lie. */
  readonly files?: URL;
}

/** In words here: the list of all status texts sits in a module that takes 20 ms to import. */
type Refusal = '401 Unauthorized' | '403 Forbidden' | '404 Not Found' | '503 Service Unavailable';

/** Bundled, they lie beside the program. */
const IN_SOURCES = import.meta.url.endsWith('.ts');
const FILES = new URL(IN_SOURCES ? '../../../../web-ui/' : './web-ui/', import.meta.url);

/** The status page: complete without JavaScript, alive with it. */
export class Page {
  readonly #options: PageOptions;
  readonly #access: Access;
  readonly #feed: LiveFeed;
  #server: FastifyInstance | null = null;
  #assets: Promise<Assets> | null = null;
  #unsubscribe: () => void = () => {};
  #changedAt: EpochMs = 0;

  constructor(options: PageOptions) {
    this.#options = options;
    this.#access = new Access(options.token, options.clock);
    const marketNow = (): EpochMs => this.#marketNow();
    this.#feed = new LiveFeed({ board: options.board, clock: options.clock, marketNow });
  }

  /** Loads what `start` needs, so that it can be done while something else is waited for. */
  async prepare(): Promise<void> {
    await Promise.all([loadLibraries(), this.#packedAssets()]);
  }

  /** Throws an Error with code PAGE_PORT_IN_USE or PAGE_CANNOT_LISTEN and one sentence for the owner. */
  async start(): Promise<void> {
    const { board, clock, host, port } = this.#options;
    this.#changedAt = clock.now();
    this.#unsubscribe = board.onChange(() => {
      this.#changedAt = clock.now();
    });
    this.#server = await this.#build();
    try {
      await this.#server.listen({ host, port });
    } catch (cause) {
      await this.stop();
      throw cannotListen(cause as NodeJS.ErrnoException, host, port);
    }
  }

  async stop(): Promise<void> {
    this.#unsubscribe();
    this.#feed.stop();
    const server = this.#server;
    this.#server = null;
    await server?.close();
  }

  /** `http://127.0.0.1:8080/`; empty while not listening. */
  get address(): string {
    const address = this.#server?.server.address();
    if (address === null || address === undefined || typeof address === 'string') return '';
    const host = address.family === 'IPv6' ? `[${address.address}]` : address.address;
    return `http://${host}:${address.port}/`;
  }

  async #build(): Promise<FastifyInstance> {
    const { host, hostNames, isReady, board, controls, inquiries, log } = this.#options;
    this.#feed.start();
    const server = await buildServer({
      board,
      controls,
      inquiries,
      log,
      access: this.#access,
      assets: await this.#packedAssets(),
      hostNames: hostNames ?? [],
      openToRead: isLoopback(host),
      isReady: isReady ?? (() => board.current.connections.every(({ state }) => state !== 'failed')),
      marketNow: () => this.#marketNow(),
    });
    server.server.on('upgrade', (request, socket, head) => this.#upgrade(request, socket, head));
    return server;
  }

  #packedAssets(): Promise<Assets> {
    this.#assets ??= loadAssets(this.#options.files ?? FILES);
    return this.#assets;
  }

  #upgrade(request: IncomingMessage, socket: Duplex, head: Buffer): void {
    const refusal = this.#refusal(request);
    if (refusal === null) {
      void this.#feed.accept(request, socket, head);
      return;
    }
    socket.on('error', () => socket.destroy());
    socket.end(`HTTP/1.1 ${refusal}\r\nConnection: close\r\nContent-Length: 0\r\n\r\n`);
  }

  #refusal({ url, headers }: IncomingMessage): Refusal | null {
    if (url !== '/live') return '404 Not Found';
    if (!isOurHost(headers.host, this.#options.hostNames ?? []) || !isSameOrigin(headers)) return '403 Forbidden';
    if (!isLoopback(this.#options.host) && sessionOf(this.#access, headers.cookie) === null) return '401 Unauthorized';
    return this.#feed.full ? '503 Service Unavailable' : null;
  }

  /** The snapshot is as of its last change; the market's time has gone on since. */
  #marketNow(): EpochMs {
    const { at, speed } = this.#options.board.current;
    const passed = this.#options.clock.now() - this.#changedAt;
    return Number.isFinite(speed) ? at + Math.max(0, passed) * speed : at;
  }
}

function cannotListen(cause: NodeJS.ErrnoException, host: string, port: number): Error {
  const taken = cause.code === 'EADDRINUSE';
  const sentence = taken
    ? `the status page cannot start: port ${port} on ${host} is in use by another program`
    : `the status page cannot start: listening on ${host} port ${port} failed (${cause.code ?? cause.message})`;
  return Object.assign(new Error(sentence, { cause }), { code: taken ? 'PAGE_PORT_IN_USE' : 'PAGE_CANNOT_LISTEN' });
}
