import { chmodSync, lstatSync, unlinkSync } from 'node:fs';
import { createServer, type Server, type Socket } from 'node:net';
import { onJsonLine } from './json-lines.ts';

const LONGEST_LINE = 4_096;
const MOST_CALLERS_OF_A_DOOR = 16;

export interface Door {
  readonly path: string;
  /** Of the socket file: who may call. */
  readonly mode: number;
  readonly hear: (caller: Socket, value: unknown) => void;
}

/** Unix sockets on which callers say lines of JSON. */
export class LineServer {
  readonly #servers: Server[] = [];
  readonly #callers = new Set<Socket>();

  async start(doors: readonly Door[]): Promise<void> {
    for (const door of doors) await this.#open(door);
  }

  stop(): void {
    for (const caller of this.#callers) caller.destroy();
    for (const server of this.#servers) server.close();
  }

  #open({ path, mode, hear }: Door): Promise<void> {
    removeSocket(path);
    const server = createServer((caller) => this.#serve(caller, hear));
    server.maxConnections = MOST_CALLERS_OF_A_DOOR;
    this.#servers.push(server);
    return new Promise((resolve, reject) => {
      server.once('error', reject);
      server.listen(path, () => {
        chmodSync(path, mode);
        resolve();
      });
    });
  }

  #serve(caller: Socket, hear: Door['hear']): void {
    this.#callers.add(caller);
    caller.on('error', () => undefined).on('close', () => this.#callers.delete(caller));
    onJsonLine(caller, LONGEST_LINE, (value) => hear(caller, value));
  }
}

/** One that a process before this one left. Anything but a socket stays and makes listening fail. */
function removeSocket(path: string): void {
  try {
    if (lstatSync(path).isSocket()) unlinkSync(path);
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== 'ENOENT') throw error;
  }
}
