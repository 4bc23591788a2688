import type { Board, Led } from 'johnny-five';
import type { Light, LightColour } from '../light.ts';
import { levelAt } from '../rhythm.ts';

/** One light of the panel. */
export interface Lamp {
  show(light: Light, elapsedMs: number, brightness: number): void;
}

interface Devices {
  readonly Led: typeof Led;
}

interface Place {
  readonly board: Board;
  /** One for a plain LED, or red, green, blue. */
  readonly pins: readonly number[];
  readonly levelled: boolean;
}

type Rgb = readonly [number, number, number];

/** Of a levelled LED, 0 to 255. */
const MIXED: Readonly<Record<LightColour, Rgb>> = {
  off: [0, 0, 0],
  green: [0, 255, 0],
  yellow: [255, 140, 0],
  red: [255, 0, 0],
  blue: [0, 40, 255],
};
/** Of one whose colours are on or off. */
const PLAIN: Readonly<Record<LightColour, Rgb>> = { ...MIXED, yellow: [255, 255, 0], blue: [0, 0, 255] };
const GAMMA = 2.2;

export function makeLamp(devices: Devices, place: Place): Lamp {
  return place.pins.length === 3 ? colourLamp(devices, place) : plainLamp(devices, place);
}

function colourLamp({ Led }: Devices, { board, pins, levelled }: Place): Lamp {
  const led = new Led.RGB({ board, pins: [...pins] });
  return {
    show: ({ colour, pattern }, elapsedMs, brightness) => {
      const lit = output(levelAt(pattern, elapsedMs), brightness, levelled);
      led.color(hex((levelled ? MIXED : PLAIN)[colour], lit));
    },
  };
}

/** Says with its pattern alone what it can; a light that is off is dark. */
function plainLamp({ Led }: Devices, { board, pins: [pin = 0], levelled }: Place): Lamp {
  const led = new Led({ board, pin });
  return {
    show: ({ colour, pattern }, elapsedMs, brightness) => {
      const lit = colour === 'off' ? 0 : output(levelAt(pattern, elapsedMs), brightness, levelled);
      if (levelled) led.brightness(Math.round(lit * 255));
      else if (lit > 0) led.on();
      else led.off();
    },
  };
}

/** Share of the light, 0 to 1, for what the eye takes as so bright. What has no levels cannot be dimmed. */
function output(level: number, brightness: number, levelled: boolean): number {
  return levelled ? (level * brightness) ** GAMMA : Number(level >= 0.5);
}

function hex(colour: Rgb, share: number): string {
  return `#${colour
    .map((value) =>
      lit(value * share)
        .toString(16)
        .padStart(2, '0'),
    )
    .join('')}`;
}

/** What is not dark stays lit. */
function lit(value: number): number {
  return value === 0 ? 0 : Math.max(1, Math.round(value));
}
