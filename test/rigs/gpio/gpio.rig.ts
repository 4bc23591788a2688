import assert from 'node:assert/strict';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { test } from 'node:test';
import { bootMachine, MACHINE_NEEDS } from '../machine/boot.ts';
import { writeInitramfs } from '../machine/initramfs.ts';
import { debianKernel, modulesOf } from '../machine/kernel.ts';
import { nodeProgram, smallSystem } from '../machine/small-system.ts';
import { missingFor } from '../needs.ts';
import { gpioSimModule, MODULE_NEEDS } from './gpio-sim.ts';

const skip = missingFor({ ...MACHINE_NEEDS, ...MODULE_NEEDS }) ?? false;
const DEADLINE_MS = 60_000;

test('a machine with a simulated chip starts our Node', { skip }, async (t) => {
  const folder = mkdtempSync(join(tmpdir(), 'wheelhouse-gpio-'));
  t.after(() => rmSync(folder, { recursive: true }));
  const kernel = debianKernel('amd64');
  const modules = [...modulesOf(kernel, ['configfs']), gpioSimModule(kernel)];
  const initramfs = join(folder, 'initramfs');
  writeInitramfs(initramfs, [
    ...smallSystem({ kernel, modules, work: "node -p 'JSON.stringify([process.version])'" }),
    ...nodeProgram(),
  ]);
  const machine = bootMachine({ kernel, initramfs, deadlineMs: DEADLINE_MS });
  t.after(() => machine.stop());
  assert.deepEqual(await machine.next(), [process.version]);
});
