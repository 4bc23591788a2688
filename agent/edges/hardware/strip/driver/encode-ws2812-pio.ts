import type { Rgb } from './colour.ts';

/**
 * A frame for the kernel's `ws2812-pio` (Raspberry Pi 5): red, green, blue, white of each LED. It must be written whole, in one write,
 * on a file opened for it. Load the overlay with `brightness=0`, or the driver applies a gamma of its own.
 */
export function encodeWs2812Pio(output: readonly Rgb[]): Buffer {
  return Buffer.from(output.flatMap(([red, green, blue]) => [red, green, blue, 0]));
}
