import { subscribe, unsubscribe } from 'node:diagnostics_channel';
import type { Socket } from 'node:net';

/** Turns of the event loop in which nothing may happen before it counts as still. */
const QUIET_TURNS = 2;
/** Far more than the work of one instant takes: something runs in a circle. */
const MOST_TURNS = 200_000;

/**
 * Knows when nothing moves in this process: every byte that was written to a loopback socket has been read at its other end,
 * every connection that ended has ended on both sides, and no file is being written. It reads no protocol, so that it also
 * works when an answer never comes.
 */
export class Stillness {
  readonly #sockets = new Set<Socket>();
  readonly #peers = new WeakMap<Socket, Socket>();
  #bytes: number | null = null;

  start(): void {
    subscribe('net.client.socket', this.#meet);
    subscribe('net.server.socket', this.#meet);
  }

  stop(): void {
    unsubscribe('net.client.socket', this.#meet);
    unsubscribe('net.server.socket', this.#meet);
    this.#sockets.clear();
  }

  /** The connections to a port, seen from the side that called. */
  callersOf(port: number): readonly Socket[] {
    return [...this.#sockets].filter((socket) => socket.remotePort === port);
  }

  /** The connections of a program that listens on some ports and calls others. */
  ofProgram(listens: readonly number[], calls: readonly number[]): readonly Socket[] {
    return [...this.#sockets].filter(
      ({ localPort = 0, remotePort = 0 }) => listens.includes(localPort) || calls.includes(remotePort),
    );
  }

  async settled(): Promise<void> {
    let quiet = 0;
    for (let turn = 0; quiet < QUIET_TURNS; turn += 1) {
      if (turn > MOST_TURNS) {
        // A disk ends what it was given, however late; only what the program does by itself can run in a circle.
        if (!filesMove()) throw Object.assign(new Error('the work of an instant does not end'), { code: 'STORM_LOOP' });
        turn = 0;
      }
      await new Promise(setImmediate);
      const bytes = this.#bytesAtRest();
      quiet = bytes !== null && bytes === this.#bytes && !filesMove() ? quiet + 1 : 0;
      this.#bytes = bytes;
    }
  }

  readonly #meet = (message: unknown): void => {
    const { socket } = message as { socket: Socket };
    this.#sockets.add(socket);
    socket.once('close', () => this.#sockets.delete(socket));
  };

  /** What all connections have carried so far; `null` while something is on its way. */
  #bytesAtRest(): number | null {
    let sum = this.#sockets.size;
    for (const socket of this.#sockets) {
      if (socket.connecting || socket.destroyed) return null;
      const { bytesRead } = socket;
      const peer = this.#peerOf(socket);
      const written = peer?.bytesWritten ?? 0;
      sum += bytesRead + written;
      // Whoever does not read does not notice either.
      if (socket.readableFlowing !== true) continue;
      if (peer === null || peer.writableEnded || written !== bytesRead) return null;
    }
    return sum;
  }

  /** The other end, for as long as it is there. */
  #peerOf(socket: Socket): Socket | null {
    const known = this.#peers.get(socket);
    if (known !== undefined) return known.destroyed ? null : known;
    const { localPort, remotePort } = socket;
    for (const other of this.#sockets) {
      if (other.connecting || other.localPort !== remotePort || other.remotePort !== localPort) continue;
      this.#peers.set(socket, other);
      return other;
    }
    return null;
  }
}

function filesMove(): boolean {
  return process.getActiveResourcesInfo().some((name) => name.startsWith('FSReq') || name.includes('CloseReq'));
}
