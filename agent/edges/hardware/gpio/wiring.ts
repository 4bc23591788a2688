import type { Button } from 'johnny-five';
import type { KernelPort } from '../../../ground/gpio/kernel-port.ts';
import type { Lines } from '../../../ground/gpio/lines.ts';
import { openLines } from '../../../ground/gpio/open-lines.ts';
import type { Level } from '../../../ground/gpio/switch.ts';
import type { Lights } from '../light.ts';
import { BoardIo, type BoardPin } from './board-io.ts';
import { boardOn, loadDevices } from './devices.ts';
import { openKernelLeds } from './kernel-leds.ts';
import { type Lamp, makeLamp } from './lamp.ts';
import { openLineOutputs } from './line-outputs.ts';
import type { Channel, Output, Outputs } from './outputs.ts';

export type Part = 'Lights' | 'Button';

export interface WiringOptions {
  /** None, one (a plain LED), or red, green and blue. */
  readonly lights: Readonly<Record<keyof Lights, readonly Channel[]>>;
  readonly commonAnode: boolean;
  /** Line of the button, which connects it to ground; `null` = none. */
  readonly button: number | null;
  /** Of the GPIO chip. */
  readonly labels: readonly string[];
  readonly openPort: () => Promise<KernelPort | null>;
  /** /sys/class/leds, unless it is a test. */
  readonly kernelLeds: string;
  /** Of what is wired: whether it works, and if not, why. */
  readonly onState: (part: Part, state: 'ok' | 'warning', detail: string) => void;
}

export interface Wiring {
  readonly lamps: Readonly<Record<keyof Lights, Lamp | null>>;
  readonly button: Button | null;
  /** Dark, and everything given back. */
  close(): Promise<void>;
}

const NAMES = ['system', 'trading', 'research'] as const;
const DEBOUNCE_US = 10_000;
/** johnny-five repeats an event for so long as a button is held; we measure that ourselves. */
const NO_HOLD_MS = 3_600_000;

/** Opens what can be had of it, tells what cannot, and loads johnny-five when there is anything at all. */
export async function openWiring(options: WiringOptions): Promise<Wiring> {
  const channels = NAMES.flatMap((name) => options.lights[name]);
  const needsLines = options.button !== null || channels.some((channel) => typeof channel === 'number');
  const port = needsLines ? await options.openPort() : null;
  const outputs = openOutputs(options, channels, port);
  const found = channels.flatMap((channel, index) => {
    const output = outputs.all[index];
    return output ? [{ channel, output }] : [];
  });
  const buttonLine = openButton(options, port);
  const close = async (): Promise<void> => {
    await Promise.all([outputs.close(), buttonLine?.close()]);
  };
  if (found.length === 0 && buttonLine === null) return { lamps: lampsOf(() => null), button: null, close };
  const pins: BoardPin[] = found.map(({ output }) => ({ output }));
  if (buttonLine !== null) pins.push({ level: () => levelOf(buttonLine) });
  const five = await loadDevices();
  const io = new BoardIo(pins);
  const board = await boardOn(five.Board, io);
  const lamps = lampsOf((name) => {
    const wired = options.lights[name].map((channel) => found.findIndex((each) => each.channel === channel));
    if (wired.length === 0 || wired.includes(-1)) return null;
    return makeLamp(five, { board, pins: wired, levelled: wired.every((pin) => found[pin]?.output.levelled) });
  });
  if (buttonLine === null) return { lamps, button: null, close };
  const pin = pins.length - 1;
  const button = new five.Button({ board, pin, isPullup: true, holdtime: NO_HOLD_MS });
  hear(buttonLine, io, { pin, onState: options.onState });
  return {
    ...{ lamps, button },
    close: async () => {
      // Let go, or a button that is held at this moment keeps a timer running.
      io.report(pin, 1);
      await close();
    },
  };
}

function openOutputs(options: WiringOptions, channels: readonly Channel[], port: KernelPort | null): Outputs {
  const { labels, commonAnode, kernelLeds, onState } = options;
  const onTrouble = (reason: string): void => onState('Lights', 'warning', reason);
  const offsets = channels.filter((channel) => typeof channel === 'number');
  const names = channels.filter((channel) => typeof channel === 'string');
  const lines =
    offsets.length === 0 ? NO_OUTPUTS : openLineOutputs({ port, labels, offsets, activeLow: commonAnode, onTrouble });
  const leds = openKernelLeds(kernelLeds, names, onTrouble);
  const troubles = [...lines.troubles, ...leds.troubles];
  if (troubles.length > 0) onTrouble(troubles.join('; '));
  else if (channels.length > 0) onState('Lights', 'ok', describe(offsets, names));
  const find = (channel: Channel): Output | null =>
    (typeof channel === 'number' ? lines.all[offsets.indexOf(channel)] : leds.all[names.indexOf(channel)]) ?? null;
  return {
    ...{ all: channels.map(find), troubles },
    close: async () => {
      await Promise.all([lines.close(), leds.close()]);
    },
  };
}

const NO_OUTPUTS: Outputs = { all: [], troubles: [], close: async () => undefined };

function describe(offsets: readonly number[], names: readonly string[]): string {
  const lines = offsets.length === 0 ? [] : [`lines ${offsets.join(', ')}`];
  return [...lines, ...(names.length === 0 ? [] : [`LEDs ${names.join(', ')}`])].join(' and ');
}

function openButton({ button, labels, onState }: WiringOptions, port: KernelPort | null): Lines | null {
  if (button === null) return null;
  const input = { direction: 'input', bias: 'pullUp', edges: 'both', debounceUs: DEBOUNCE_US } as const;
  const answer = openLines(port, labels, { ...input, consumer: 'wheelhouse-button', offsets: [button] });
  if (answer.kind === 'refused') {
    onState('Button', 'warning', answer.reason);
    return null;
  }
  onState('Button', 'ok', `line ${button} of ${answer.label}`);
  return answer.lines;
}

function hear(lines: Lines, io: BoardIo, { pin, onState }: { pin: number; onState: WiringOptions['onState'] }): void {
  lines.watch({
    onEvents: (events) => {
      for (const { edge } of events) io.report(pin, edge === 'rising' ? 1 : 0);
    },
    onTrouble: (reason) => {
      io.report(pin, 1);
      onState('Button', 'warning', reason);
    },
  });
}

/** Let go, where it cannot be read: whoever watches the line is told why. */
function levelOf(line: Lines): Level {
  try {
    return line.levels()[0] ?? 1;
  } catch {
    return 1;
  }
}

function lampsOf(make: (name: keyof Lights) => Lamp | null): Wiring['lamps'] {
  return { system: make('system'), trading: make('trading'), research: make('research') };
}
