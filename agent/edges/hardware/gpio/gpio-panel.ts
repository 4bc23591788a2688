import type { StatusSnapshot } from '../../status/snapshot.ts';
import type { Clock, Timer } from '../../system/clock.ts';
import { brightnessAt, type Dimming } from '../dimming.ts';
import type { Light, Lights } from '../light.ts';
import { lightsIn, nextView, type View } from '../light-views.ts';
import type { Panel } from '../panel.ts';
import { untilNextLook } from '../rhythm.ts';
import { ModeButton } from './mode-button.ts';
import { openWiring, type Wiring, type WiringOptions } from './wiring.ts';

export interface GpioPanelOptions extends WiringOptions {
  readonly dimming: Dimming;
  readonly clock: Pick<Clock, 'now' | 'elapsed' | 'after'>;
  /** A short press, of which the lights make the next view. */
  readonly onNext?: () => void;
  /** The button was held for 3 seconds. */
  readonly onReset: () => void;
  /** The button has been held for 10 seconds. */
  readonly onShutdown: () => void;
}

type Armed = 'reset' | 'shutdown' | null;

/** A view other than the status is left after so long. */
const VIEW_MS = 20_000;
/** Of lights that stand still. */
const NIGHT_MAY_FALL_MS = 30_000;
const NAMES = ['system', 'trading', 'research'] as const;
/** While the button is held: what letting go would do. Blue and fast is nothing else, and a halt stays visible beside it. */
const RESET: Light = { colour: 'blue', pattern: 'fast', meaning: 'reset' };
const DARK: Light = { colour: 'off', pattern: 'solid', meaning: 'shutdown' };

/** Lights and button on the pins of the box. What is not there is told, and the rest works. */
export class GpioPanel implements Panel {
  readonly #options: GpioPanelOptions;
  readonly #button: ModeButton;
  #wiring: Wiring | null = null;
  #snapshot: StatusSnapshot | null = null;
  #view: View = 'status';
  #armed: Armed = null;
  #drawing: Timer | null = null;
  #viewing: Timer | null = null;
  #looks = '';
  #beganAt = 0;

  constructor(options: GpioPanelOptions) {
    this.#options = options;
    this.#button = new ModeButton(options.clock, {
      next: () => {
        this.#turnTo(nextView(this.#view));
        options.onNext?.();
      },
      reset: options.onReset,
      shutdown: options.onShutdown,
      armed: (what) => {
        this.#armed = what;
        this.#draw();
      },
    });
  }

  async start(): Promise<void> {
    this.#wiring = await openWiring(this.#options);
    if (this.#wiring.button !== null) this.#button.listen(this.#wiring.button);
    this.#draw();
  }

  async stop(): Promise<void> {
    this.#button.stop();
    this.#drawing?.cancel();
    this.#viewing?.cancel();
    const wiring = this.#wiring;
    this.#wiring = null;
    await wiring?.close();
  }

  show(snapshot: StatusSnapshot): void {
    this.#snapshot = snapshot;
    this.#draw();
  }

  #turnTo(view: View): void {
    this.#view = view;
    this.#viewing?.cancel();
    this.#viewing = view === 'status' ? null : this.#options.clock.after(VIEW_MS, () => this.#turnTo('status'));
    this.#draw();
  }

  #draw(): void {
    this.#drawing?.cancel();
    this.#drawing = null;
    const lights = this.#lights();
    if (this.#wiring === null || lights === null) return;
    const { clock, dimming } = this.#options;
    const elapsed = this.#elapsed(lights);
    const brightness = brightnessAt(clock.now(), dimming);
    for (const name of NAMES) this.#wiring.lamps[name]?.show(lights[name], elapsed, brightness);
    const patterns = NAMES.map((name) => lights[name]).filter(({ colour }) => colour !== 'off');
    const wait = untilNextLook(
      patterns.map(({ pattern }) => pattern),
      elapsed,
    );
    this.#drawing = clock.after(wait ?? NIGHT_MAY_FALL_MS, () => this.#draw());
  }

  /** Since these lights began: what has changed begins lit, whatever it does afterwards. */
  #elapsed(lights: Lights): number {
    const now = this.#options.clock.elapsed();
    const looks = NAMES.map((name) => `${lights[name].colour} ${lights[name].pattern}`).join();
    if (looks !== this.#looks) this.#beganAt = now;
    this.#looks = looks;
    return now - this.#beganAt;
  }

  #lights(): Lights | null {
    if (this.#armed === 'shutdown') return { system: DARK, trading: DARK, research: DARK };
    const lights = this.#snapshot === null ? null : lightsIn(this.#view, this.#snapshot);
    return lights === null || this.#armed === null ? lights : { ...lights, research: RESET };
  }
}
