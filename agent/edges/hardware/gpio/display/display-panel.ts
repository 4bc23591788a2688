import type { I2cBus } from '../../../../ground/gpio/i2c-bus.ts';
import type { KernelPort } from '../../../../ground/gpio/kernel-port.ts';
import type { Lines } from '../../../../ground/gpio/lines.ts';
import type { StatusSnapshot } from '../../../status/snapshot.ts';
import type { Clock, Timer } from '../../../system/clock.ts';
import { brightnessAt, type Dimming } from '../../dimming.ts';
import type { Panel } from '../../panel.ts';
import { alertsOf } from '../../text-alerts.ts';
import { homePage, pagesOf, type Screen } from '../../text-pages.ts';
import { type Place, placeAt, screenIndex } from '../../text-place.ts';
import { openEncoder } from '../encoder.ts';
import { LcdScreen } from './lcd-screen.ts';

export interface DisplayPanelOptions {
  /** Like /dev/i2c-1. */
  readonly device: string;
  readonly address: number;
  /** Lines of the knob that turns pages; `null` = there is none. */
  readonly encoder: readonly [number, number] | null;
  /** Of the GPIO chip. */
  readonly labels: readonly string[];
  readonly openPort: () => Promise<KernelPort | null>;
  readonly openBus: (device: string, address: number) => Promise<I2cBus>;
  readonly dimming: Dimming;
  readonly clock: Pick<Clock, 'now' | 'elapsed' | 'after'>;
  readonly onState: (part: 'Display' | 'Encoder', state: 'ok' | 'warning', detail: string) => void;
}

const MINUTE_MS = 60_000;
/** A page that somebody has turned to is left after so long. */
const PLACE_MS = 60_000;

/** The status record on a text display. Without the display there is just none; without the knob the pages are not turned by it. */
export class DisplayPanel implements Panel {
  readonly #options: DisplayPanelOptions;
  readonly #screen: LcdScreen;
  #encoder: Lines | null = null;
  #snapshot: StatusSnapshot | null = null;
  #place: Place | null = null;
  #leaving: Timer | null = null;
  #minute: Timer | null = null;
  #urgent = '';

  constructor(options: DisplayPanelOptions) {
    this.#options = options;
    const { device, address, openBus, clock, onState } = options;
    this.#screen = new LcdScreen({
      ...{ address, clock, openBus: () => openBus(device, address) },
      onState: (state, detail) => onState('Display', state, `0x${address.toString(16)} on ${device}${detail}`),
    });
  }

  async start(): Promise<void> {
    const { encoder, openPort, labels, onState } = this.#options;
    if (encoder !== null) {
      this.#encoder = openEncoder({
        ...{ port: await openPort(), labels, lines: encoder },
        onTurn: (clicks) => this.turn(clicks),
        onState: (state, detail) => onState('Encoder', state, detail),
      });
    }
    await this.#screen.start();
  }

  async stop(): Promise<void> {
    this.#leaving?.cancel();
    this.#minute?.cancel();
    this.#snapshot = null;
    await Promise.all([this.#encoder?.close(), this.#screen.stop()]);
  }

  show(snapshot: StatusSnapshot): void {
    this.#snapshot = snapshot;
    this.#draw();
  }

  /** So many screens further; of the alerts, while there are any. */
  turn(steps: number): void {
    if (this.#snapshot === null) return;
    const { screens, home } = this.#screens(this.#snapshot);
    this.#place = placeAt(screens, screenIndex(screens, this.#place, home) + steps);
    this.#leaving?.cancel();
    this.#leaving = this.#options.clock.after(PLACE_MS, () => {
      this.#place = null;
      this.#draw();
    });
    this.#draw();
  }

  #draw(): void {
    if (this.#snapshot === null) return;
    const { clock, dimming } = this.#options;
    const { screens, home } = this.#screens(this.#snapshot);
    const now = clock.now();
    const screen = screens[screenIndex(screens, this.#place, home)];
    // Where the night is dark an alert is not.
    const lit = home === 'alert' || brightnessAt(now, dimming) > 0;
    if (screen !== undefined) this.#screen.show(screen.rows, lit);
    this.#minute?.cancel();
    this.#minute = clock.after(MINUTE_MS - (now % MINUTE_MS), () => this.#draw());
  }

  #screens(snapshot: StatusSnapshot): { screens: readonly Screen[]; home: Screen['page'] } {
    const alerts = alertsOf(snapshot);
    const urgent = alerts[0]?.rows[0]?.split(' ')[0] ?? '';
    // An alert of another kind is shown at once, whatever somebody has turned to.
    if (urgent !== this.#urgent && urgent !== '') this.#place = null;
    this.#urgent = urgent;
    if (alerts.length > 0) return { screens: alerts, home: 'alert' };
    return { screens: pagesOf(snapshot, this.#options.clock.now()), home: homePage(snapshot.mode) };
  }
}
