import { Socket } from 'node:net';
import type { IBApi } from '@stoqey/ib/dist/api/api.js';

/** Nothing that is asked for here is half as long, and the library takes seconds to read more, over ten for 20,000 bars. */
const LONGEST_MESSAGE = 512 * 1024;

/** Where the library keeps its socket: it offers no other way to what is done here. */
interface Insides {
  readonly controller?: { readonly socket?: { readonly client?: unknown } };
}

/**
 * Stands between the socket and the library's decoder. Small messages are sent without delay; a frame length that would
 * put the decoder into an endless loop is never shown to it; what it throws ends the session instead of the process.
 */
export function guardSocket(api: IBApi, broken: (error: unknown) => void): void {
  const socket = (api as unknown as Insides).controller?.socket?.client;
  if (!(socket instanceof Socket)) return;
  socket.setNoDelay(true);
  const decoders = socket.listeners('data');
  socket.removeAllListeners('data');
  const frames = new FrameLengths();
  socket.on('data', (chunk: NonSharedBuffer) => {
    try {
      frames.check(chunk);
      for (const decode of decoders) decode.call(socket, chunk);
    } catch (error) {
      broken(error);
    }
  });
}

/** Follows the 4-byte length prefixes through chunks that may be cut anywhere. */
export class FrameLengths {
  #length = 0;
  #lengthBytes = 0;
  #bodyLeft = 0;

  /** Throws when a frame announces more than any message can have. */
  check(chunk: Uint8Array): void {
    let at = 0;
    while (at < chunk.length) {
      if (this.#bodyLeft > 0) {
        const step = Math.min(this.#bodyLeft, chunk.length - at);
        at += step;
        this.#bodyLeft -= step;
        continue;
      }
      this.#length = this.#length * 256 + (chunk[at] as number);
      this.#lengthBytes += 1;
      at += 1;
      if (this.#lengthBytes === 4) this.#begin();
    }
  }

  #begin(): void {
    if (this.#length > LONGEST_MESSAGE) throw new Error(`a frame of ${this.#length} bytes was announced`);
    this.#bodyLeft = this.#length;
    this.#length = 0;
    this.#lengthBytes = 0;
  }
}
