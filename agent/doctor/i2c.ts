import type { Settings } from '../config/schema.ts';
import type { Box } from './box.ts';
import { permission } from './chip.ts';
import { type Finding, failed, ok, together } from './finding.ts';
import { mayWrite } from './spi.ts';

/** Resolves when somebody answers at the address. Rejects with the kernel's code. */
export type I2cProbe = (device: string, address: number) => Promise<void>;

const INSTALL = 'sudo /usr/share/wheelhouse/install.sh, then start the machine anew';
const WIRES = 'look at its four wires (docs/wiring.md) and at the address its solder bridges give: sudo i2cdetect -y 1';

export async function lookAtI2c(box: Box, display: Settings['hardware']['display'], probe: I2cProbe): Promise<Finding> {
  const buses = (await box.names('/dev')).filter((name) => /^i2c-\d+$/.test(name));
  if (display.kind === 'none') {
    return ok(
      buses.length === 0 ? 'not here, and no display is configured' : `${buses.join(', ')}; no display is configured`,
    );
  }
  const { device: bus } = display;
  const address = `0x${display.address.toString(16)}`;
  if ((await box.stat(bus)) === null) return failed(`the display's ${bus} is not here`, INSTALL);
  const denied = await mayWrite(box, bus);
  if (denied !== null) return denied;
  const permitted = await permission(box, bus);
  try {
    await probe(box.at(bus), display.address);
    return together([ok(`the display answers at ${address} on ${bus}`), ...permitted]);
  } catch (error) {
    const { code } = error as NodeJS.ErrnoException;
    // A driver of the kernel, or the agent's display, has it.
    if (code === 'EBUSY') return together([ok(`${address} on ${bus} is in use`), ...permitted]);
    return together([failed(`nothing answers at ${address} on ${bus} (${code})`, WIRES), ...permitted]);
  }
}
