import { connect, type Socket } from 'node:net';
import { bodyOf, messageId } from './frame.ts';
import { FrameSplitter } from './frame-splitter.ts';
import { clientGreeting } from './handshake.ts';
import { MAX_VERSION, MIN_VERSION } from './versions.ts';

export interface ConnectionHooks {
  /** Bytes came: the other side lives. */
  readonly heard: () => void;
  /** The version that is spoken is known; what follows are messages. */
  readonly greeted: (version: number) => void;
  readonly message: (id: number, fields: readonly string[]) => void;
  /** Once, unless it was closed from here. Nothing else is called after it. */
  readonly lost: (reason: string) => void;
}

/** More than any message that is read here. */
const LONGEST_REPLY = 1 << 20;

/** A client's connection from the first byte on, without delay on the socket. Whatever is not the protocol ends it. */
export class ClientConnection {
  readonly #hooks: ConnectionHooks;
  readonly #splitter = new FrameSplitter({ maxBody: LONGEST_REPLY });
  readonly #socket: Socket;
  #greeted = false;
  #over = false;

  constructor(address: { readonly host: string; readonly port: number }, hooks: ConnectionHooks) {
    this.#hooks = hooks;
    this.#socket = connect({ ...address, noDelay: true, keepAlive: true });
    this.#socket.on('error', (error) => this.lose(error.message));
    this.#socket.on('close', () => this.lose('the gateway closed the connection'));
    this.#socket.on('data', (chunk) => this.#read(chunk as Buffer));
    this.#socket.write(clientGreeting());
  }

  write(frame: Buffer): void {
    this.#socket.write(frame);
  }

  close(): void {
    this.#over = true;
    this.#socket.destroy();
  }

  /** Ends it as if the other side had. */
  lose(reason: string): void {
    if (this.#over) return;
    this.close();
    this.#hooks.lost(reason);
  }

  #read(chunk: Buffer): void {
    if (this.#over) return;
    this.#hooks.heard();
    try {
      this.#splitter.push(chunk, (frame) => this.#take(bodyOf(frame)));
    } catch (error) {
      this.lose((error as Error).message);
    }
  }

  #take(body: Buffer): void {
    if (this.#over) return;
    const id = messageId(body);
    if (Number.isNaN(id)) throw new Error('a message that is not one of the protocol');
    if (this.#greeted) {
      this.#hooks.message(id, body.toString('latin1').split('\0'));
      return;
    }
    if (!(id >= MIN_VERSION && id <= MAX_VERSION)) throw new Error('a version that is not read here');
    this.#greeted = true;
    this.#hooks.greeted(id);
  }
}
