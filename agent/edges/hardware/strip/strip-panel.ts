import type { StatusSnapshot } from '../../status/snapshot.ts';
import type { Clock, Timer } from '../../system/clock.ts';
import { brightnessAt, type Dimming } from '../dimming.ts';
import type { Panel } from '../panel.ts';
import type { Rgb } from './driver/colour.ts';
import { encodeApa102 } from './driver/encode-apa102.ts';
import { encodeWs2812 } from './driver/encode-ws2812.ts';
import { encodeWs2812Pio } from './driver/encode-ws2812-pio.ts';
import { type FrameSink, FreshFile, SpiFile } from './driver/frame-file.ts';
import { LedStrip } from './driver/led-strip.ts';
import { type Lamp, pixelsAt, stripPicture, untilNextPicture } from './strip-picture.ts';

export type StripKind = 'apa102' | 'ws2812' | 'ws2812-pio';

export interface StripPanelOptions {
  readonly kind: StripKind;
  readonly device: string;
  readonly leds: number;
  readonly maxMilliamps: number;
  readonly fullBar: number;
  readonly dimming: Dimming;
  readonly clock: Pick<Clock, 'now' | 'elapsed' | 'after'>;
  /** Whether it is shown, and if not, why. */
  readonly onState: (state: 'ok' | 'warning', detail: string) => void;
}

export const DRIVERS: Readonly<
  Record<StripKind, { encode: (output: readonly Rgb[]) => Uint8Array; sink: (path: string) => FrameSink }>
> = {
  apa102: { encode: (output) => encodeApa102(output), sink: (path) => new SpiFile(path) },
  ws2812: { encode: (output) => encodeWs2812(output), sink: (path) => new SpiFile(path) },
  'ws2812-pio': { encode: encodeWs2812Pio, sink: (path) => new FreshFile(path) },
};

/** Of a picture that stands still. */
const NIGHT_MAY_FALL_MS = 30_000;

/** The status record on a row of LEDs. Without the device there is just no strip. */
export class StripPanel implements Panel {
  readonly #options: StripPanelOptions;
  readonly #strip: LedStrip;
  #lamps: readonly Lamp[] = [];
  #timer: Timer | null = null;
  #running = false;

  constructor(options: StripPanelOptions) {
    this.#options = options;
    const { kind, device, leds, maxMilliamps, dimming, clock } = options;
    const { encode, sink } = DRIVERS[kind];
    this.#strip = new LedStrip({
      ...{ length: leds, brightness: dimming.brightness, maxMilliamps, encode, sink: sink(device), pace: clock },
      onTrouble: (reason) => this.#tell(reason),
    });
  }

  async start(): Promise<void> {
    try {
      await this.#strip.start();
    } catch (error) {
      return this.#tell(error instanceof Error ? error.message : String(error));
    }
    this.#running = true;
    this.#tell(null);
  }

  async stop(): Promise<void> {
    this.#running = false;
    this.#timer?.cancel();
    await this.#strip.stop();
  }

  show(snapshot: StatusSnapshot): void {
    if (!this.#running) return;
    const { leds, fullBar } = this.#options;
    this.#lamps = stripPicture(snapshot, { length: leds, fullBar });
    this.#draw();
  }

  #draw(): void {
    this.#timer?.cancel();
    this.#timer = null;
    const { clock, dimming } = this.#options;
    const elapsed = clock.elapsed();
    this.#strip.dim(brightnessAt(clock.now(), dimming));
    this.#strip.show(pixelsAt(this.#lamps, elapsed));
    const wait = untilNextPicture(this.#lamps, elapsed);
    this.#timer = clock.after(wait ?? NIGHT_MAY_FALL_MS, () => this.#draw());
  }

  #tell(trouble: string | null): void {
    const { device, kind, leds, onState } = this.#options;
    if (trouble === null) onState('ok', `${leds} LEDs (${kind}) on ${device}`);
    else onState('warning', `${device}: ${trouble}`);
  }
}
