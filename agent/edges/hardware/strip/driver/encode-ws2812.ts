import type { Rgb } from './colour.ts';

/** At each clock of SPI: what a bit looks like, high for 310 to 420 ns where it is 0 and for 620 to 830 ns where it is 1. */
const PULSES = {
  2400000: { zero: '100', one: '110' },
  3200000: { zero: '1000', one: '1100' },
  6400000: { zero: '11000000', one: '11110000' },
} as const;

export type Ws2812Clock = keyof typeof PULSES;

/** Data may idle high: without a low beginning the first LED takes that for a bit. It also makes short frames long enough for DMA. */
const LEAD_BYTES = 40;
/** Low for so long, newer chips take over what they were sent. */
const RESET_SECONDS = 300e-6;

const tables = new Map<Ws2812Clock, readonly Uint8Array[]>();

/** WS2812 on the data line of SPI, whose clock must hold: green, red, blue, each bit as a longer or shorter pulse. */
export function encodeWs2812(output: readonly Rgb[], clock: Ws2812Clock = 3_200_000): Buffer {
  const table = tableOf(clock);
  const perChannel = PULSES[clock].zero.length;
  const resetBytes = Math.ceil((clock * RESET_SECONDS) / 8);
  const bytes = Buffer.alloc(LEAD_BYTES + 3 * perChannel * output.length + resetBytes);
  let at = LEAD_BYTES;
  for (const [red, green, blue] of output) {
    for (const value of [green, red, blue]) {
      bytes.set(table[value] ?? [], at);
      at += perChannel;
    }
  }
  return bytes;
}

/** The bytes on the line for each value of a channel. */
function tableOf(clock: Ws2812Clock): readonly Uint8Array[] {
  const known = tables.get(clock);
  if (known !== undefined) return known;
  const { zero, one } = PULSES[clock];
  const table = Array.from({ length: 256 }, (_, value) => {
    const bits = value.toString(2).padStart(8, '0');
    const line = bits.replaceAll('1', 'x').replaceAll('0', zero).replaceAll('x', one);
    return Uint8Array.from(line.match(/.{8}/g) ?? [], (byte) => Number.parseInt(byte, 2));
  });
  tables.set(clock, table);
  return table;
}
