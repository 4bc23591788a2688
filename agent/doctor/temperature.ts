import type { Box } from './box.ts';
import { type Finding, failed, ok, together, warning } from './finding.ts';

const WARM = 75;
/** From 85 on a Raspberry Pi slows itself down. */
const HOT = 84;

/** Of the firmware's word: what is so now has the lower number, what has been so since the start is 16 above it. */
const BITS = [
  { bit: 0, what: 'under-voltage', mend: 'take the supply and the cable that belong to the board' },
  { bit: 1, what: 'clock capped', mend: 'give it air, or a heat sink' },
  { bit: 2, what: 'throttled', mend: 'give it air, or a heat sink, and the supply that belongs to the board' },
  { bit: 3, what: 'at its soft temperature limit', mend: 'give it air, or a heat sink' },
];
const SINCE_START = 16;

export async function lookAtTemperature(box: Box, signal: AbortSignal): Promise<Finding> {
  const [degrees, word] = await Promise.all([hottest(box), throttledWord(box, signal)]);
  const heat = degrees === null ? [] : [aboutHeat(degrees)];
  const power = word === null ? [] : aboutPower(word);
  if (heat.length + power.length === 0) return ok('not here: this machine tells neither temperature nor throttling');
  return together([...heat, ...power]);
}

function aboutHeat(degrees: number): Finding {
  const found = `${degrees.toFixed(0)} °C`;
  const mend = 'give it air, or a heat sink';
  return degrees >= HOT ? failed(found, mend) : degrees >= WARM ? warning(found, mend) : ok(found);
}

function aboutPower(word: number): Finding[] {
  const has = (bit: number): boolean => (word & (1 << bit)) !== 0;
  const found = BITS.flatMap(({ bit, what, mend }) => {
    if (has(bit)) return [failed(`${what} now`, mend)];
    return has(bit + SINCE_START) ? [warning(`${what} since the last start`, mend)] : [];
  });
  return found.length === 0 ? [ok('never throttled since the last start')] : found;
}

async function hottest(box: Box): Promise<number | null> {
  const zones = (await box.names('/sys/class/thermal')).filter((name) => name.startsWith('thermal_zone'));
  const chips = await box.names('/sys/class/hwmon');
  const paths = zones.map((name) => `/sys/class/thermal/${name}/temp`);
  // A PC has sensors instead of zones.
  if (paths.length === 0) paths.push(...chips.map((name) => `/sys/class/hwmon/${name}/temp1_input`));
  const all = await Promise.all(paths.map((path) => box.text(path)));
  const degrees = all.map((text) => Number(text ?? Number.NaN) / 1000).filter((value) => value > 0);
  return degrees.length === 0 ? null : Math.max(...degrees);
}

async function throttledWord(box: Box, signal: AbortSignal): Promise<number | null> {
  const kernel = await box.text('/sys/devices/platform/soc/soc:firmware/get_throttled');
  if (kernel !== null) return hexadecimal(kernel);
  const firmware = await box.call('vcgencmd', ['get_throttled'], signal);
  return firmware === null ? null : hexadecimal(/throttled=(?:0x)?([0-9a-f]+)/i.exec(firmware)?.[1] ?? '');
}

function hexadecimal(text: string): number | null {
  const value = Number.parseInt(text, 16);
  return Number.isNaN(value) ? null : value;
}
