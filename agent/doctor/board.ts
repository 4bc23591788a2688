import type { Box } from './box.ts';
import { type Finding, ok, warning } from './finding.ts';

/** A board that the program is made for, and what its header's chip is called. */
const BOARDS: readonly { readonly name: RegExp; readonly chip: string }[] = [
  { name: /^Raspberry Pi 3 /, chip: 'pinctrl-bcm2835' },
  { name: /^Raspberry Pi Zero 2 W/, chip: 'pinctrl-bcm2835' },
  { name: /^Raspberry Pi 4 /, chip: 'pinctrl-bcm2711' },
  { name: /^Raspberry Pi 5 /, chip: 'pinctrl-rp1' },
];

export interface Board {
  /** `null` = the machine does not say, as a PC does not. */
  readonly model: string | null;
  /** Label of its header's chip; `null` = not known. */
  readonly chip: string | null;
}

export async function boardOf(box: Box): Promise<Board> {
  const model = (await box.text('/proc/device-tree/model')) || null;
  return { model, chip: BOARDS.find(({ name }) => model !== null && name.test(model))?.chip ?? null };
}

export async function lookAtBoard(box: Box): Promise<Finding> {
  const { model, chip } = await boardOf(box);
  if (model === null) {
    const product = await box.text('/sys/class/dmi/id/product_name');
    return ok(`not a Raspberry Pi${product ? `, but ${product}` : ''}`);
  }
  if (chip !== null) return ok(model);
  return warning(
    `${model}: not one of Raspberry Pi 3, 4, 5 and Zero 2 W; nothing is guessed about it`,
    'name the chip of its header in hardware.chip and, for the red switch, in guard.json; gpiodetect lists what there is',
  );
}
