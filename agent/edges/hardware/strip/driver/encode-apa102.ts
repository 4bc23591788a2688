import type { Rgb } from './colour.ts';

const FULL = 31;
const START_BYTES = 4;
const LATCH_BYTES = 4;

/**
 * APA102 and SK9822: 32 zero bits; per LED 0xE0 with the chip's own brightness (0 to 31), then blue, green, red; 32 zero bits, at
 * which an SK9822 takes over what it was sent; and half a clock more for each LED, because each delays the data by that much.
 * Clocked, so any speed of SPI from 1 to 8 MHz will do.
 */
export function encodeApa102(output: readonly Rgb[], brightness: number = FULL): Buffer {
  const bytes = Buffer.alloc(START_BYTES + 4 * output.length + LATCH_BYTES + Math.ceil(output.length / 16));
  for (const [index, [red, green, blue]] of output.entries()) {
    bytes.set([0xe0 | brightness, blue, green, red], START_BYTES + 4 * index);
  }
  return bytes;
}
