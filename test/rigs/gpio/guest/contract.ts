import assert from 'node:assert/strict';
import { setTimeout as sleep } from 'node:timers/promises';
import { openKernelPort } from '../../../../agent/ground/gpio/kernel-port.ts';
import { linesContract } from '../../../contracts/gpio-lines.ts';
import { SimulatedChip } from './chip.ts';

/* The contract of lines, on the kernel itself. Runs inside the machine. */

const LABEL = 'pinctrl-contract';
/** What is shorter would take much longer with a timer. */
const SHORT_US = 2_000;

const chip = new SimulatedChip('contract');
chip.appear(LABEL, 54);
process.once('exit', () => chip.disappear());
const port = await openKernelPort();
assert.ok(port !== null);
const driven = new Set<number>();

linesContract('the kernel', () => ({
  port,
  label: LABEL,
  drive: (offset, level) => {
    driven.add(offset);
    chip.drive(offset, level);
  },
  levelOf: (offset) => chip.level(offset),
  pass: async (us) => {
    if (us > SHORT_US) return void (await sleep(us / 1000));
    for (const end = performance.now() + us / 1000; performance.now() < end; );
  },
  end: () => {
    for (const offset of driven) chip.drive(offset, null);
  },
}));
