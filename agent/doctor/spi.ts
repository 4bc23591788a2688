import { constants } from 'node:fs';
import { access } from 'node:fs/promises';
import type { Settings } from '../config/schema.ts';
import { encodeApa102 } from '../edges/hardware/strip/driver/encode-apa102.ts';
import { encodeWs2812 } from '../edges/hardware/strip/driver/encode-ws2812.ts';
import type { Box } from './box.ts';
import { AS_ROOT, permission } from './chip.ts';
import { type Finding, failed, ok, together, warning } from './finding.ts';

type Strip = Settings['hardware']['strip'];

const INSTALL = 'sudo /usr/share/wheelhouse/install.sh, then start the machine anew';
/** What Raspberry Pi OS sets is 125 MHz: no strip takes that, and a plain write runs at it. */
const FASTEST: Readonly<Record<'apa102' | 'ws2812', number>> = { apa102: 8_000_000, ws2812: 6_400_000 };
/** Of the driver, unless it is told otherwise. */
const USUAL_FRAME = 4096;

/** The buses that are there, and the strip's device when one is configured. */
export async function lookAtSpi(box: Box, strip: Strip): Promise<Finding> {
  const buses = (await box.names('/dev')).filter((name) => /^spidev\d+\.\d+$/.test(name));
  if (strip.kind === 'none') {
    return ok(
      buses.length === 0 ? 'not here, and no strip is configured' : `${buses.join(', ')}; no strip is configured`,
    );
  }
  const { device } = strip;
  if ((await box.stat(device)) === null) {
    const mend = strip.kind === 'ws2812-pio' ? 'switch its overlay on: dtoverlay=ws2812-pio in config.txt' : INSTALL;
    return failed(`the strip's ${device} is not here`, mend);
  }
  const open = await mayWrite(box, device);
  if (open !== null) return open;
  const trouble = strip.kind === 'ws2812-pio' ? [] : await aboutBus(box, strip, strip.kind);
  return together([
    ok(`${device} for a strip of ${strip.leds} (${strip.kind})`),
    ...(await permission(box, device)),
    ...trouble,
  ]);
}

export async function mayWrite(box: Box, device: string): Promise<Finding | null> {
  try {
    await access(box.at(device), constants.R_OK | constants.W_OK);
    return null;
  } catch (error) {
    return warning(`no permission for ${device} (${(error as NodeJS.ErrnoException).code})`, AS_ROOT);
  }
}

async function aboutBus(box: Box, { device, leds }: Strip, kind: 'apa102' | 'ws2812'): Promise<Finding[]> {
  const found: Finding[] = [];
  const bus = device.replace(/^.*spidev/, 'spi');
  const speed = (await box.bytes(`/sys/bus/spi/devices/${bus}/of_node/spi-max-frequency`))?.readUInt32BE(0) ?? null;
  if (speed !== null && speed > FASTEST[kind]) {
    found.push(failed(`it runs at ${speed / 1e6} MHz, faster than the strip listens`, INSTALL));
  }
  const bufsiz = await box.text('/sys/module/spidev/parameters/bufsiz');
  const room = bufsiz === null ? USUAL_FRAME : Number(bufsiz);
  const frame = (kind === 'apa102' ? encodeApa102 : encodeWs2812)(Array(leds).fill([0, 0, 0])).length;
  if (frame > room) {
    const mend = 'add spidev.bufsiz=65536 to /boot/firmware/cmdline.txt and start the machine anew';
    found.push(failed(`a picture has ${frame} bytes, and the driver takes ${room} at once`, mend));
  }
  return found;
}
