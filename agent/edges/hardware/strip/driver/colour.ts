/** Red, green and blue, 0 to 255 each, as the eye takes them. */
export type Rgb = readonly [number, number, number];

/** What a channel draws at full, for every common chip. */
const CHANNEL_MILLIAMPS = 20;
const GAMMA = 2.2;

/** Light output (0 to 255) of each value that the eye takes as so bright. What is not dark stays lit. */
const OUTPUT = Uint8Array.from({ length: 256 }, (_, value) =>
  value === 0 ? 0 : Math.max(1, Math.round(255 * (value / 255) ** GAMMA)),
);

export interface Limits {
  /** Of everything, 0 to 1, as the eye takes it. */
  readonly brightness: number;
  /** Of the whole strip; `null` = the supply gives whatever is asked for. */
  readonly maxMilliamps: number | null;
}

/** What the chips are told: brightness and gamma applied, then scaled down as a whole where the supply would not do. */
export function outputOf(pixels: readonly Rgb[], { brightness, maxMilliamps }: Limits): Rgb[] {
  const lit = pixels.map((pixel) => mapped(pixel, (value) => OUTPUT[clamped(value * brightness)] ?? 0));
  const asked = milliampsOf(lit);
  if (maxMilliamps === null || asked <= maxMilliamps) return lit;
  const share = maxMilliamps / asked;
  return lit.map((pixel) => mapped(pixel, (value) => Math.floor(value * share)));
}

/** What LEDs draw that were told these outputs, without the chips themselves. */
export function milliampsOf(output: readonly Rgb[]): number {
  const sum = output.reduce((total, [red, green, blue]) => total + red + green + blue, 0);
  return (sum / 255) * CHANNEL_MILLIAMPS;
}

function mapped([red, green, blue]: Rgb, change: (value: number) => number): Rgb {
  return [change(red), change(green), change(blue)];
}

function clamped(value: number): number {
  return Math.min(255, Math.max(0, Math.round(value)));
}
