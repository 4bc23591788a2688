import { LENGTH_BYTES, MAX_BODY } from './frame.ts';
import { WireError } from './wire-error.ts';

export interface SplitterOptions {
  /** Longest body that is taken; a longer one ends the stream. */
  readonly maxBody?: number;
  /** Bytes that must come first and belong to no frame: `API\0` on the server's side. */
  readonly preamble?: string;
}

const FIRST_SIZE = 256;

/**
 * Cuts a byte stream into frames, length bytes included. A frame that lies whole in a chunk is a view of that chunk;
 * only what straddles chunks is copied. It never holds more than twice what it was sent of one unfinished frame.
 */
export class FrameSplitter {
  readonly #maxBody: number;
  #preamble: Buffer;
  #held: Buffer = Buffer.alloc(0);
  #filled = 0;

  constructor(options: SplitterOptions = {}) {
    this.#maxBody = options.maxBody ?? MAX_BODY;
    this.#preamble = Buffer.from(options.preamble ?? '', 'latin1');
  }

  /**
   * Calls `onFrame` for each frame that is complete. The views stay valid as long as the chunk is not overwritten.
   * Throws a `WireError` (`greeting`, `frame-length`); nothing may be pushed after that.
   */
  push(chunk: Buffer, onFrame: (frame: Buffer) => void): void {
    let at = this.#skipPreamble(chunk);
    while (at < chunk.length) {
      const whole = this.#filled === 0 ? this.#frameSize(chunk, at, chunk.length - at) : 0;
      if (whole > 0 && chunk.length - at >= whole) {
        onFrame(chunk.subarray(at, at + whole));
        at += whole;
      } else {
        at = this.#collect(chunk, at, onFrame);
      }
    }
  }

  /** Bytes of a frame that is not complete. */
  get waiting(): number {
    return this.#filled;
  }

  #skipPreamble(chunk: Buffer): number {
    if (this.#preamble.length === 0) return 0;
    const take = Math.min(this.#preamble.length, chunk.length);
    if (this.#preamble.compare(chunk, 0, take, 0, take) !== 0) {
      throw new WireError('greeting', 'the connection does not begin with the greeting of the API');
    }
    this.#preamble = this.#preamble.subarray(take);
    return take;
  }

  #collect(chunk: Buffer, from: number, onFrame: (frame: Buffer) => void): number {
    let at = from;
    if (this.#filled < LENGTH_BYTES) {
      at = this.#hold(chunk, at, LENGTH_BYTES);
      if (this.#filled < LENGTH_BYTES) return at;
    }
    const size = this.#frameSize(this.#held, 0, LENGTH_BYTES);
    at = this.#hold(chunk, at, size);
    if (this.#filled === size) {
      const frame = this.#held.subarray(0, size);
      this.#held = Buffer.alloc(0);
      this.#filled = 0;
      onFrame(frame);
    }
    return at;
  }

  #hold(chunk: Buffer, at: number, upTo: number): number {
    const take = Math.min(upTo - this.#filled, chunk.length - at);
    const needed = this.#filled + take;
    if (needed > this.#held.length) {
      const grown = Buffer.allocUnsafeSlow(Math.max(FIRST_SIZE, needed, Math.min(upTo, this.#held.length * 2)));
      this.#held.copy(grown, 0, 0, this.#filled);
      this.#held = grown;
    }
    chunk.copy(this.#held, this.#filled, at, at + take);
    this.#filled = needed;
    return at + take;
  }

  /** Size of the frame that begins at `at`, or 0 when its length is not there yet. */
  #frameSize(bytes: Buffer, at: number, available: number): number {
    if (available < LENGTH_BYTES) return 0;
    const length = bytes.readUInt32BE(at);
    if (length > this.#maxBody) {
      throw new WireError('frame-length', `a frame of ${length} bytes is longer than the allowed ${this.#maxBody}`);
    }
    return LENGTH_BYTES + length;
  }
}
