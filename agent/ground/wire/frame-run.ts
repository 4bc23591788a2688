import type { Socket } from 'node:net';

/**
 * Writes whole frames to a socket. Frames that lie side by side in what arrived leave as one piece, so that a burst costs one
 * write.
 */
export class FrameRun {
  readonly #socket: Socket;
  #from: Buffer | null = null;
  #end = 0;

  constructor(socket: Socket) {
    this.#socket = socket;
  }

  push(frame: Buffer): void {
    const run = this.#from;
    if (run !== null && run.buffer === frame.buffer && frame.byteOffset === this.#end) {
      this.#end += frame.length;
      return;
    }
    this.flush();
    this.#from = frame;
    this.#end = frame.byteOffset + frame.length;
  }

  /** False when the socket has had enough. */
  flush(): boolean {
    const run = this.#from;
    if (run !== null) {
      this.#from = null;
      this.#socket.write(Buffer.from(run.buffer, run.byteOffset, this.#end - run.byteOffset));
    }
    return !this.#socket.writableNeedDrain;
  }
}
