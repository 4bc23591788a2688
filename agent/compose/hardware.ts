import { writeFile } from 'node:fs/promises';
import type { Settings } from '../config/schema.ts';
import type { Dimming } from '../edges/hardware/dimming.ts';
import type { DisplayPanel } from '../edges/hardware/gpio/display/display-panel.ts';
import { GpioPanel, type GpioPanelOptions } from '../edges/hardware/gpio/gpio-panel.ts';
import type { Panel } from '../edges/hardware/panel.ts';
import { StripPanel } from '../edges/hardware/strip/strip-panel.ts';
import type { ShownConnection } from '../edges/status/snapshot.ts';
import type { Clock } from '../edges/system/clock.ts';
import type { Log } from '../edges/system/log.ts';
import { openKernelPort } from '../ground/gpio/kernel-port.ts';
import { HEADER_LABELS } from '../ground/gpio/open-lines.ts';
import { together } from './together.ts';

export interface HardwareParts {
  readonly clock: Clock;
  readonly log: Log;
  readonly onConnection: (connection: ShownConnection) => void;
  /** The mode button was held for 3 seconds. */
  readonly onReset: () => void;
  /** It has been held for 10 seconds. */
  readonly onShutdown: () => void;
  /** /sys/class/leds, unless it is a test. */
  readonly kernelLeds?: string;
  /** Of the service; `null` = we are none. */
  readonly runtimeFolder?: string | null;
}

/** What is wired to the box, as one panel; `null` = nothing is. */
export async function hardwarePanel(settings: Settings['hardware'], parts: HardwareParts): Promise<Panel | null> {
  const { lights, button } = settings;
  const wired = [lights.system, lights.trading, lights.research].flat().length > 0 || button.line !== null;
  const display = settings.display.kind === 'none' ? null : await displayPanel(settings, parts);
  const turns = display !== null && settings.display.encoder.length === 0;
  const onNext = (): void => (turns ? display.turn(1) : undefined);
  const panels = [
    ...(wired ? [optional('Lights', gpioPanel(settings, parts, onNext), parts)] : []),
    ...(settings.strip.kind === 'none'
      ? []
      : [optional('Strip', stripPanel(settings, settings.strip.kind, parts), parts)]),
    ...(display === null ? [] : [optional('Display', display, parts)]),
  ];
  return panels.length === 0 ? null : together(panels);
}

async function displayPanel(
  { chip, lights, display }: Settings['hardware'],
  parts: HardwareParts,
): Promise<DisplayPanel> {
  const [{ DisplayPanel }, { openI2cBus }] = await Promise.all([
    import('../edges/hardware/gpio/display/display-panel.ts'),
    import('../ground/gpio/i2c-bus.ts'),
  ]);
  const { device, address, encoder } = display;
  const [first, second] = encoder;
  if (parts.runtimeFolder) await leaveWord(parts.runtimeFolder, device, address);
  return new DisplayPanel({
    ...{ device, address, dimming: dimmingOf(lights), clock: parts.clock, openBus: openI2cBus },
    encoder: first === undefined || second === undefined ? null : [first, second],
    ...headerPins(chip),
    onState: (name, state, detail) => tell(parts, { name, state, detail }),
  });
}

/** For whoever darkens the display when we have died: its bus and its address. */
async function leaveWord(folder: string, device: string, address: number): Promise<void> {
  const bus = /\d+$/.exec(device)?.[0];
  if (bus === undefined) return;
  await writeFile(`${folder}/display`, `${bus} 0x${address.toString(16)}\n`).catch(() => undefined);
}

function headerPins(chip: string): Pick<GpioPanelOptions, 'labels' | 'openPort'> {
  return { labels: chip === 'auto' ? HEADER_LABELS : [chip], openPort: () => openKernelPort() };
}

function gpioPanel({ chip, lights, button }: Settings['hardware'], parts: HardwareParts, onNext: () => void): Panel {
  const { system, trading, research, commonAnode } = lights;
  const { clock, onReset, onShutdown, kernelLeds = '/sys/class/leds' } = parts;
  return new GpioPanel({
    ...{ lights: { system, trading, research }, commonAnode, button: button.line, kernelLeds },
    ...{ dimming: dimmingOf(lights), clock, onNext, onReset, onShutdown },
    ...headerPins(chip),
    onState: (name, state, detail) => tell(parts, { name, state, detail }),
  });
}

function stripPanel(
  { strip, lights }: Settings['hardware'],
  kind: 'apa102' | 'ws2812' | 'ws2812-pio',
  parts: HardwareParts,
): Panel {
  const { device, leds, maxMilliamps, fullBarFraction } = strip;
  return new StripPanel({
    ...{ kind, device, leds, maxMilliamps, fullBar: fullBarFraction, dimming: dimmingOf(lights), clock: parts.clock },
    onState: (state, detail) => tell(parts, { name: 'Strip', state, detail }),
  });
}

/** A panel that does not start is told of and not shown anything. */
function optional(name: string, panel: Panel, parts: HardwareParts): Panel {
  let started = false;
  return {
    start: async () => {
      try {
        await panel.start();
        started = true;
      } catch (error) {
        tell(parts, { name, state: 'warning', detail: error instanceof Error ? error.message : String(error) });
      }
    },
    stop: () => panel.stop(),
    show: (snapshot) => {
      if (started) panel.show(snapshot);
    },
  };
}

/** On the page and on MQTT as a connection, and in the log. Nothing of it keeps anything from trading. */
function tell({ clock, log, onConnection }: HardwareParts, told: Omit<ShownConnection, 'since'>): void {
  const { name, state, detail } = told;
  if (state === 'ok') log.info({ part: name, detail }, 'hardware works');
  else log.warn({ part: name, detail }, 'hardware does not work; the rest runs without it');
  onConnection({ ...told, since: clock.now() });
}

function dimmingOf({ brightness, nightFrom, nightUntil, nightBrightness }: Settings['hardware']['lights']): Dimming {
  return { brightness, nightBrightness, nightFrom: minutesOf(nightFrom), nightUntil: minutesOf(nightUntil) };
}

function minutesOf(time: string): number {
  return Number(time.slice(0, 2)) * 60 + Number(time.slice(3));
}
