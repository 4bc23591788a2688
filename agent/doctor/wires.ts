import type { Settings } from '../config/schema.ts';
import { HEADER_LABELS } from '../ground/gpio/open-lines.ts';
import type { RedSwitch } from '../ground/gpio/red-switch.ts';

/** A line of the GPIO chip that the configuration names. */
export interface Wire {
  readonly line: number;
  readonly what: string;
  /** By this name the kernel tells that one of our programs holds it. */
  readonly holder: string;
  /** Labels of the chip it may be on. */
  readonly labels: readonly string[];
}

export const LIGHTS = ['system', 'trading', 'research'] as const;
export const COLOURS = ['red', 'green', 'blue'] as const;

export function wiresOf(
  { chip, lights, button, display }: Settings['hardware'],
  redSwitch: RedSwitch | null,
): readonly Wire[] {
  const labels = chip === 'auto' ? HEADER_LABELS : [chip];
  const wires: Wire[] = [];
  if (redSwitch?.kind === 'gpio') {
    const { normallyClosed, normallyOpen, labels: ofSwitch } = redSwitch.wiring;
    const about = { holder: 'wheelhouse-switch', labels: ofSwitch };
    wires.push({ line: normallyClosed, what: 'red switch, closed contact', ...about });
    wires.push({ line: normallyOpen, what: 'red switch, open contact', ...about });
  }
  if (button.line !== null) wires.push({ line: button.line, what: 'mode button', holder: 'wheelhouse-button', labels });
  if (display.kind !== 'none') {
    for (const line of display.encoder) wires.push({ line, what: 'knob', holder: 'wheelhouse-encoder', labels });
  }
  for (const name of LIGHTS) {
    for (const [index, channel] of lights[name].entries()) {
      if (typeof channel !== 'number') continue;
      const colour = lights[name].length === 1 ? '' : ` ${COLOURS[index]}`;
      wires.push({ line: channel, what: `${name} light${colour}`, holder: 'wheelhouse-lights', labels });
    }
  }
  return wires;
}

/** `5, 6 and 17` */
export function listed(items: readonly (string | number)[]): string {
  return items.length < 2 ? items.join('') : `${items.slice(0, -1).join(', ')} and ${items.at(-1)}`;
}
