import { chmodSync, mkdirSync, mkdtempSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import type { TestContext } from 'node:test';
import { Box, type BoxOptions } from '../../agent/doctor/box.ts';
import { type SimulatedChip, SimulatedPort, simulatedChip } from '../ground/gpio/simulated-port.ts';

export interface MadeUp {
  readonly box: Box;
  readonly root: string;
  readonly port: SimulatedPort;
  readonly chip: SimulatedChip;
}

export interface Machine extends BoxOptions {
  /** Path and content; an array is bytes, `{ link }` a symbolic link. */
  readonly files?: Readonly<Record<string, string | readonly number[] | { readonly link: string }>>;
  readonly chip?: { readonly label: string; readonly count?: number; readonly refuses?: string };
}

/** The label of each board's header, and how many lines the chip has. */
export const BOARDS = {
  'Raspberry Pi 3 Model B Plus Rev 1.3': { label: 'pinctrl-bcm2835', count: 54 },
  'Raspberry Pi 4 Model B Rev 1.5': { label: 'pinctrl-bcm2711', count: 58 },
  'Raspberry Pi 5 Model B Rev 1.0': { label: 'pinctrl-rp1', count: 54 },
  'Raspberry Pi Zero 2 W Rev 1.0': { label: 'pinctrl-bcm2835', count: 54 },
} as const;

/** A machine in a folder: what its kernel tells, and a chip in memory. */
export function madeUpBox(t: TestContext, { files = {}, chip: wanted, ...options }: Machine = {}): MadeUp {
  const root = mkdtempSync(join(tmpdir(), 'wheelhouse-box-'));
  t.after(() => rmSync(root, { recursive: true, force: true }));
  const chip = simulatedChip({ path: '/dev/gpiochip0', ...(wanted ?? { label: 'none' }) });
  const port = new SimulatedPort(wanted === undefined ? [] : [chip]);
  put(root, wanted === undefined ? files : { '/dev/gpiochip0': '', ...files });
  const openPort = async () => (wanted === undefined ? null : port);
  return { box: new Box({ root, call: async () => null, openPort, ...options }), root, port, chip };
}

export function put(root: string, files: NonNullable<Machine['files']>): void {
  for (const [path, content] of Object.entries(files)) {
    const at = join(root, path);
    mkdirSync(dirname(at), { recursive: true });
    if (typeof content === 'string') writeFileSync(at, content);
    else if ('link' in content) symlinkSync(content.link, at);
    else writeFileSync(at, Uint8Array.from(content));
    // As the rules of udev make it.
    if (path.startsWith('/dev/')) chmodSync(at, 0o660);
  }
}

/** As the device tree says it. */
export function model(name: string): Machine['files'] & object {
  return { '/proc/device-tree/model': `${name}\0` };
}
