import type { Socket } from 'node:net';
import { FieldReader } from '../../../ground/wire/field-reader.ts';
import { messageId } from '../../../ground/wire/frame.ts';
import { FrameSplitter } from '../../../ground/wire/frame-splitter.ts';
import { decodeVersions, encodeServerGreeting, GREETING, negotiate } from '../../../ground/wire/handshake.ts';
import { OTHER_REQUESTS, REQUEST } from '../../../ground/wire/message-ids.ts';
import { decodeStartApi, encodeError } from '../../../ground/wire/session-messages.ts';
import { WireError } from '../../../ground/wire/wire-error.ts';
import type { ClientLine } from '../faults/client-line.ts';
import { ClientDesks } from './client-desks.ts';
import { connectionTime } from './exchange-time.ts';
import type { Floor } from './floor.ts';
import type { Peer } from './peer.ts';

/** Far above any request of a client. */
const LONGEST_REQUEST = 1 << 20;
/** A client that lets this much pile up does not read. */
const MOST_UNREAD = 16 << 20;
const NO_ID = -1;

interface Client {
  readonly peer: Peer;
  readonly desks: ClientDesks;
}

/** What a session needs of its server. */
export interface Hall {
  /** Admits the session under a client's id; false when the id is taken. */
  admit(clientId: number): boolean;
  /** After each request: tells what the request has left to tell. */
  settle(): void;
  leave(): void;
}

/** One connection, from its greeting to its end. */
export class Session {
  readonly #socket: Socket;
  readonly #floor: Floor;
  readonly #hall: Hall;
  readonly #splitter = new FrameSplitter({ preamble: GREETING, maxBody: LONGEST_REQUEST });
  readonly #line: ClientLine;
  #version: number | null = null;
  #client: Client | null = null;
  #closed = false;

  constructor(socket: Socket, floor: Floor, hall: Hall) {
    this.#socket = socket;
    this.#floor = floor;
    this.#hall = hall;
    this.#line = floor.faults.open({
      clientId: () => this.#client?.peer.clientId ?? null,
      version: () => this.#version,
      deliver: (body) => this.#deliver(body),
      write: (bytes) => this.#write(bytes),
      // A turn of the loop between two pieces, or the system would join them.
      writePiece: (bytes, written) => void this.#socket.write(bytes, () => setImmediate(written)),
      end: (how) => (how === 'rst' ? this.#reset() : this.#end()),
    });
  }

  start(): void {
    this.#socket.setNoDelay(true);
    this.#socket.on('data', (chunk) => this.#read(chunk as Buffer));
    this.#socket.on('error', (error) =>
      this.#floor.log.debug({ ...this.#who(), error: error.message }, 'socket error'),
    );
    this.#socket.on('close', () => this.#ended());
  }

  /** Null until the client has said who it is. */
  get client(): Client | null {
    return this.#client;
  }

  /** Lets what was written go out, then closes. */
  #end(): void {
    this.#closed = true;
    this.#socket.end();
    this.#socket.destroySoon();
  }

  /** Closes at once, whether the client reads or not. */
  drop(): void {
    this.#closed = true;
    this.#socket.uncork();
    this.#socket.destroy();
  }

  #reset(): void {
    this.#closed = true;
    this.#socket.resetAndDestroy();
  }

  #read(chunk: Buffer): void {
    if (this.#closed) return;
    try {
      this.#splitter.push(chunk, (frame) => this.#line.receive(frame));
    } catch (error) {
      this.#fail(error);
    }
  }

  #deliver(body: Buffer): void {
    try {
      this.#receive(body);
    } catch (error) {
      this.#fail(error);
    }
  }

  /** Every message from the client passes here. */
  #receive(body: Buffer): void {
    if (this.#closed) return;
    if (this.#version === null) {
      this.#greet(body);
      return;
    }
    const id = messageId(body);
    if (id === REQUEST.startApi) {
      this.#startApi(body);
      return;
    }
    const client = this.#client;
    if (client === null) {
      this.#error(NO_ID, 321, 'Error validating request: the API has not been started');
      return;
    }
    const answer = client.desks.route(id);
    if (answer === undefined) {
      this.#unknown(id, body);
      return;
    }
    try {
      answer(body);
    } catch (error) {
      if (!(error instanceof WireError)) throw error;
      this.#error(NO_ID, 320, `Error reading request ${id}: ${error.message}`);
    }
    this.#hall.settle();
  }

  /** Every frame to the client passes here. */
  #send(frame: Buffer): void {
    if (!this.#closed) this.#line.send(frame);
  }

  #write(bytes: Buffer): void {
    if (this.#closed) return;
    if (this.#socket.writableCorked === 0) {
      this.#socket.cork();
      process.nextTick(() => this.#socket.uncork());
    }
    this.#socket.write(bytes);
    if (this.#socket.writableLength <= MOST_UNREAD) return;
    this.#floor.log.warn(this.#who(), 'client closed: it does not read');
    this.drop();
  }

  #greet(body: Buffer): void {
    const client = decodeVersions(body);
    const { faults, forceServerVersion } = this.#floor;
    const forced = faults.board.use('forceServerVersion')?.version;
    const version = forced ?? forceServerVersion ?? negotiate(client);
    if (version === null) {
      throw new WireError(
        'greeting',
        `the client speaks ${client.min} to ${client.max}, of which nothing is spoken here`,
      );
    }
    this.#version = version;
    this.#send(encodeServerGreeting(version, connectionTime(this.#floor.exchange.clock.now())));
  }

  #startApi(body: Buffer): void {
    if (this.#client !== null) {
      this.#error(NO_ID, 321, 'Error validating request: the API is started already');
      return;
    }
    const clientId = this.#clientIdIn(body);
    if (clientId === null) return;
    if (!this.#hall.admit(clientId)) {
      this.#error(NO_ID, 326, `Unable to connect as the client id is already in use. Retry with a unique client id.`);
      this.#floor.log.info({ clientId }, 'client refused: its id is in use');
      this.#end();
      return;
    }
    const peer: Peer = {
      clientId,
      isMaster: clientId === this.#floor.masterClientId,
      version: this.#version as number,
      send: (frame) => this.#send(frame),
      error: (id, code, text) => this.#error(id, code, text),
    };
    this.#client = { peer, desks: new ClientDesks(peer, this.#floor) };
    this.#floor.log.info(this.#who(), 'client connected');
    this.#client.desks.welcome();
  }

  #clientIdIn(body: Buffer): number | null {
    try {
      const { clientId } = decodeStartApi(new FieldReader(body));
      if (clientId >= 0) return clientId;
    } catch (error) {
      if (!(error instanceof WireError)) throw error;
    }
    this.#error(NO_ID, 321, 'Error validating request: the client id cannot be read');
    return null;
  }

  #unknown(id: number, body: Buffer): void {
    const other = OTHER_REQUESTS.get(id);
    if (other === undefined) {
      this.#error(NO_ID, 505, `Fatal Error: Unknown message id. (${id})`);
      return;
    }
    const field = other.requestIdAt === null ? NO_ID : Number(body.toString('latin1').split('\0')[other.requestIdAt]);
    const requestId = Number.isSafeInteger(field) ? field : NO_ID;
    this.#error(requestId, 321, `Error validating request: this exchange does not offer ${other.name}`);
  }

  #error(id: number, code: number, text: string): void {
    this.#send(encodeError(id, code, text));
  }

  #fail(error: unknown): void {
    const text = error instanceof Error ? error.message : String(error);
    const isWire = error instanceof WireError;
    const fields = { ...this.#who(), error: text };
    if (isWire) this.#floor.log.info(fields, 'client closed: it does not speak the protocol');
    else this.#floor.log.error({ ...fields, stack: (error as Error).stack }, 'client closed: its request failed');
    if (this.#version !== null) this.#error(NO_ID, isWire ? 507 : 320, text);
    this.#end();
  }

  #ended(): void {
    this.#closed = true;
    this.#floor.faults.closed(this.#line);
    this.#client?.desks.close();
    if (this.#client !== null) this.#floor.log.info(this.#who(), 'client disconnected');
    this.#hall.leave();
  }

  #who(): { clientId: number | null; version: number | null } {
    return { clientId: this.#client?.peer.clientId ?? null, version: this.#version };
  }
}
