import { type Limits, outputOf, type Rgb } from './colour.ts';
import type { FrameSink } from './frame-file.ts';

/** As much of a clock as is needed. */
export interface Pace {
  /** Milliseconds since some instant, never set back. */
  elapsed(): number;
  after(delayMs: number, work: () => void): { cancel(): void };
}

export interface LedStripOptions extends Limits {
  readonly length: number;
  readonly encode: (output: readonly Rgb[]) => Uint8Array;
  readonly sink: FrameSink;
  readonly pace: Pace;
  /** When frames are no longer taken, with the reason, and `null` when they are again. */
  readonly onTrouble: (reason: string | null) => void;
}

const FRAME_MS = 50;
const DARK: Rgb = [0, 0, 0];

/** LEDs in a row. What is shown is written when it differs from what was, 20 times a second at most, one write at a time. */
export class LedStrip {
  readonly #options: LedStripOptions;
  #open = false;
  #wanted: Uint8Array | null = null;
  #written: Uint8Array | null = null;
  #writtenAt = Number.NEGATIVE_INFINITY;
  #writing: Promise<void> | null = null;
  #timer: { cancel(): void } | null = null;
  #brightness: number;
  #inTrouble = false;

  constructor(options: LedStripOptions) {
    this.#options = options;
    this.#brightness = options.brightness;
  }

  get length(): number {
    return this.#options.length;
  }

  /** Rejects with the system's Error where the device cannot be had; else the strip is dark, whatever it showed. */
  async start(): Promise<void> {
    await this.#options.sink.open();
    this.#open = true;
    this.show([]);
    await this.#writing;
  }

  /** Pixels that are not given are dark. */
  show(pixels: readonly Rgb[]): void {
    if (!this.#open) return;
    this.#wanted = this.#encoded(pixels);
    this.#advance();
  }

  /** From the next frame on. */
  dim(brightness: number): void {
    this.#brightness = brightness;
  }

  /** Dark before it is closed. */
  async stop(): Promise<void> {
    if (!this.#open) return;
    this.#open = false;
    this.#timer?.cancel();
    await this.#writing;
    const { sink } = this.#options;
    await sink.write(this.#encoded([])).catch((error: unknown) => this.#failed(error));
    await sink.close().catch((error: unknown) => this.#failed(error));
  }

  #encoded(pixels: readonly Rgb[]): Uint8Array {
    const { length, encode, maxMilliamps } = this.#options;
    const all = Array.from({ length }, (_, index) => pixels[index] ?? DARK);
    return encode(outputOf(all, { brightness: this.#brightness, maxMilliamps }));
  }

  #advance(): void {
    if (!this.#open || this.#writing !== null || this.#timer !== null) return;
    const wanted = this.#wanted;
    if (wanted === null || same(wanted, this.#written)) return;
    const { pace } = this.#options;
    const wait = this.#writtenAt + FRAME_MS - pace.elapsed();
    if (wait > 0) {
      this.#timer = pace.after(wait, () => {
        this.#timer = null;
        this.#advance();
      });
      return;
    }
    this.#writtenAt = pace.elapsed();
    this.#writing = this.#write(wanted).then((taken) => {
      this.#writing = null;
      // What a device did not take is tried again with the next picture only: no loop over one that is gone.
      this.#written = taken ? wanted : null;
      if (taken || this.#wanted !== wanted) this.#advance();
    });
  }

  async #write(frame: Uint8Array): Promise<boolean> {
    try {
      await this.#options.sink.write(frame);
      if (this.#inTrouble) this.#options.onTrouble(null);
      this.#inTrouble = false;
      return true;
    } catch (error) {
      this.#failed(error);
      return false;
    }
  }

  #failed(error: unknown): void {
    if (this.#inTrouble) return;
    this.#inTrouble = true;
    this.#options.onTrouble(error instanceof Error ? error.message : String(error));
  }
}

function same(one: Uint8Array, other: Uint8Array | null): boolean {
  return other !== null && Buffer.compare(one, other) === 0;
}
