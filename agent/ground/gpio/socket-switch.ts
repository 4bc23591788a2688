import { connect, type Socket } from 'node:net';
import { type KillSwitch, type SwitchState, stateOfText } from './switch.ts';

/** Asked at each reading, so that a stand-in that hangs is no wire either. */
const QUESTION = '?\n';
const MOST_UNANSWERED = 10;
const LONGEST_LINE = 64;
const PATIENCE_MS = 1_000;

/**
 * A unix socket that stands in for the two lines: whoever listens there answers each `?` with a line of two levels, as in the
 * file, and says one unasked at each edge. No connection, no answer, or anything else is a broken wire.
 */
export class SocketSwitch implements KillSwitch {
  readonly trouble = null;
  readonly #path: string;
  #socket: Socket | null = null;
  #state: SwitchState = 'broken';
  #unanswered = 0;
  #onEdge: () => void = () => undefined;

  constructor(path: string) {
    this.#path = path;
  }

  /** Before the first reading: resolves when there is something to be read, or it is plain that there is not. */
  ready(): Promise<void> {
    const socket = this.#connect();
    return new Promise((resolve) => {
      socket.setTimeout(PATIENCE_MS, resolve);
      socket.once('close', () => resolve());
      socket.once('data', () => {
        socket.setTimeout(0);
        resolve();
      });
    });
  }

  read(): SwitchState {
    if (this.#socket === null) this.#connect();
    else if (this.#unanswered >= MOST_UNANSWERED) this.#lose(this.#socket);
    else this.#ask(this.#socket);
    return this.#state;
  }

  watch(onEdge: () => void): void {
    this.#onEdge = onEdge;
  }

  close(): void {
    this.#onEdge = () => undefined;
    this.#socket?.destroy();
  }

  #connect(): Socket {
    const socket = connect(this.#path, () => this.#ask(socket));
    this.#socket = socket;
    this.#unanswered = 0;
    let text = '';
    socket.on('error', () => this.#lose(socket));
    socket.on('close', () => this.#lose(socket));
    socket.setEncoding('latin1').on('data', (chunk) => {
      const lines = (text + chunk).split('\n');
      text = lines.pop() ?? '';
      for (const line of lines) this.#hear(line);
      if (text.length > LONGEST_LINE) this.#lose(socket);
    });
    return socket;
  }

  #ask(socket: Socket): void {
    this.#unanswered += 1;
    if (!socket.connecting) socket.write(QUESTION);
  }

  #hear(line: string): void {
    this.#unanswered = 0;
    const before = this.#state;
    this.#state = stateOfText(line);
    if (this.#state !== before) this.#onEdge();
  }

  #lose(socket: Socket): void {
    if (this.#socket !== socket) return;
    this.#socket = null;
    socket.destroy();
    this.#state = 'broken';
    this.#onEdge();
  }
}
