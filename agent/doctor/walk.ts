import type { Settings } from '../config/schema.ts';
import { openKernelLeds } from '../edges/hardware/gpio/kernel-leds.ts';
import { openLineOutputs } from '../edges/hardware/gpio/line-outputs.ts';
import type { Output } from '../edges/hardware/gpio/outputs.ts';
import { LedStrip } from '../edges/hardware/strip/driver/led-strip.ts';
import { DRIVERS } from '../edges/hardware/strip/strip-panel.ts';
import type { Clock } from '../edges/system/clock.ts';
import { HEADER_LABELS } from '../ground/gpio/open-lines.ts';
import type { Box } from './box.ts';
import { type Finding, failed, ok, warning } from './finding.ts';
import { LEDS } from './lights.ts';
import { COLOURS, LIGHTS, listed } from './wires.ts';

type Hardware = Settings['hardware'];

export interface WalkParts {
  readonly box: Box;
  readonly hardware: Hardware;
  readonly clock: Pick<Clock, 'after' | 'elapsed'>;
  /** Which one is lit from now on. */
  readonly tell: (light: string) => void;
  /** Whether each has been seen; `null` = nobody answers. */
  readonly seen: () => Promise<boolean | null>;
}

const LIT_MS = 700;
const CHECK = 'look at the wires and resistors, and at commonAnode (docs/wiring.md)';

interface Step {
  readonly name: string;
  readonly light: (on: boolean) => void;
}

/** Each light in each of its colours, one after the other, then the strip. Dark before, between and after. */
export async function walkLights(parts: WalkParts): Promise<Finding> {
  const troubles: string[] = [];
  const walked = [...(await walkPins(parts, troubles)), ...(await walkStrip(parts, troubles))];
  if (troubles.length > 0) return failed(troubles.join('; '), 'see the lines Chip, Lines and SPI');
  const seen = await parts.seen();
  const found = `lit one after the other: ${listed(walked)}`;
  if (seen === false) return failed(`${found}; not all were seen`, CHECK);
  return seen === true
    ? ok(`${found}; seen`)
    : warning(`${found}; nobody said whether they were seen`, `look again; if one stays dark: ${CHECK}`);
}

async function walkPins({ box, hardware, clock, tell }: WalkParts, troubles: string[]): Promise<string[]> {
  const { chip, lights } = hardware;
  const channels = LIGHTS.flatMap((name) => lights[name]);
  const offsets = channels.filter((channel) => typeof channel === 'number');
  const names = channels.filter((channel) => typeof channel === 'string');
  const labels = chip === 'auto' ? HEADER_LABELS : [chip];
  const onTrouble = (reason: string): void => void troubles.push(reason);
  const port = offsets.length === 0 ? null : await box.openPort();
  const lines =
    offsets.length === 0 ? null : openLineOutputs({ port, labels, offsets, activeLow: lights.commonAnode, onTrouble });
  const leds = openKernelLeds(box.at(LEDS), names, onTrouble);
  troubles.push(...(lines?.troubles ?? []), ...leds.troubles);
  const outputOf = (channel: number | string): Output | null | undefined =>
    typeof channel === 'number' ? lines?.all[offsets.indexOf(channel)] : leds.all[names.indexOf(channel)];
  const steps = LIGHTS.flatMap((name) =>
    lights[name].map((channel, index, { length }): Step => {
      const colour = length === 1 ? '' : ` ${COLOURS[index]}`;
      return { name: `${name}${colour}`, light: (on) => outputOf(channel)?.write(on ? 255 : 0) };
    }),
  );
  try {
    return troubles.length > 0 ? [] : await walk(steps, clock, tell);
  } finally {
    await Promise.all([lines?.close(), leds.close()]);
  }
}

async function walkStrip(
  { hardware: { strip, lights }, clock, tell }: WalkParts,
  troubles: string[],
): Promise<string[]> {
  const { kind, leds, device, maxMilliamps } = strip;
  if (kind === 'none') return [];
  const { encode, sink } = DRIVERS[kind];
  const row = new LedStrip({
    ...{ length: leds, brightness: lights.brightness, maxMilliamps, encode, sink: sink(device), pace: clock },
    onTrouble: (reason) => void (reason === null ? null : troubles.push(`${device}: ${reason}`)),
  });
  try {
    await row.start();
  } catch (error) {
    troubles.push(`${device}: ${(error as Error).message}`);
    return [];
  }
  const steps = COLOURS.map((colour, index): Step => {
    const pixel = [0, 1, 2].map((each) => (each === index ? 255 : 0)) as [number, number, number];
    return { name: `strip ${colour}`, light: (on) => row.show(on ? Array(leds).fill(pixel) : []) };
  });
  try {
    return await walk(steps, clock, tell);
  } finally {
    await row.stop();
  }
}

async function walk(steps: readonly Step[], clock: WalkParts['clock'], tell: WalkParts['tell']): Promise<string[]> {
  for (const { name, light } of steps) {
    tell(name);
    light(true);
    await new Promise<void>((resolve) => clock.after(LIT_MS, resolve));
    light(false);
  }
  return steps.map(({ name }) => name);
}
