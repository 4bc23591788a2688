import assert from 'node:assert/strict';
import { execFileSync } from 'node:child_process';
import { copyFileSync, existsSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, before, test } from 'node:test';
import { compileOverlay } from '../../../scripts/package/overlay.ts';
import { bootMachine } from '../machine/boot.ts';
import { writeInitramfs } from '../machine/initramfs.ts';
import { debianKernel, type Kernel, modulesOf } from '../machine/kernel.ts';
import { smallSystem } from '../machine/small-system.ts';
import { missingAfter, missingFor } from '../needs.ts';

/* Our overlay on the device trees of real boards, and a Raspberry Pi 3, emulated, that starts with it. */

const skip =
  missingFor({
    ...{ 'qemu-system-aarch64': 'qemu-system-arm', 'apt-get': 'apt', xz: 'xz-utils' },
    ...{ dtc: 'device-tree-compiler', fdtoverlay: 'device-tree-compiler', fdtput: 'device-tree-compiler' },
  }) ??
  missingAfter(() => debianKernel('arm64')) ??
  false;
const DEADLINE_MS = 180_000;

/** Device trees of the kernel, with the place of the header's controller: there they have no name for it, as the firmware's have. */
const BOARDS = {
  'bcm2837-rpi-3-b.dtb': '/soc/gpio@7e200000',
  'bcm2837-rpi-zero-2-w.dtb': '/soc/gpio@7e200000',
  'bcm2711-rpi-4-b.dtb': '/soc/gpio@7e200000',
} as const;
const KEYS = '/fragment@1/__overlay__/wheelhouse-keys';
/** Of the merged tree: lines 17, 27, 22, 23. */
const LIGHTS = { trading: 17, research: 27, system: 22, fault: 23 };

/** Says what the kernel has made of the tree, as JSON. */
const LOOK = `
mount -t debugfs debug /sys/kernel/debug
for led in /sys/class/leds/*; do
  echo "[\\"$(basename $led)\\", \\"$(cat $led/brightness)\\", \\"$(sed 's/.*\\[\\(.*\\)\\].*/\\1/' $led/trigger)\\"]"
done
grep 'wheelhouse\\|pinctrl' /sys/kernel/debug/gpio | tr -s ' ' | sed 's/["\\\\]//g; s/.*/["line", "&"]/'
grep -h . /sys/class/input/input*/name | sed 's/.*/["input", "&"]/'`;

const folder = mkdtempSync(join(tmpdir(), 'wheelhouse-overlay-'));
const at = (name: string): string => join(folder, name);
const run = (program: string, ...args: readonly string[]): string => execFileSync(program, args, { encoding: 'utf8' });
let kernel: Kernel | null = null;
const said: string[][] = [];

before(() => {
  if (skip !== false) return;
  kernel = debianKernel('arm64');
  compileOverlay(at('wheelhouse.dtbo'));
  copyFileSync(at('wheelhouse.dtbo'), at('with-keys.dtbo'));
  // What the firmware does for `dtoverlay=wheelhouse,keys=on`.
  run('fdtput', '-t', 's', at('with-keys.dtbo'), KEYS, 'status', 'okay');
});
after(() => rmSync(folder, { recursive: true }));

/** The tree of a board with the overlay in it. */
function merged(board: keyof typeof BOARDS, overlay: string): string {
  const found = run('find', kernel?.folder ?? '', '-name', board).trim();
  assert.ok(existsSync(found), `${kernel?.version} has no ${board}`);
  copyFileSync(found, at('board.dtb'));
  run('fdtput', '-c', at('board.dtb'), '/__symbols__');
  run('fdtput', '-t', 's', at('board.dtb'), '/__symbols__', 'gpio', BOARDS[board]);
  run('fdtoverlay', '-i', at('board.dtb'), '-o', at(`merged-${board}`), at(overlay));
  return at(`merged-${board}`);
}

for (const [board, controller] of Object.entries(BOARDS)) {
  test(`the overlay fits ${board}: lights on the header's controller, the button left to the program`, { skip }, () => {
    const tree = merged(board as keyof typeof BOARDS, 'wheelhouse.dtbo');
    const handle = run('fdtget', '-t', 'x', tree, controller, 'phandle').trim();
    for (const [name, line] of Object.entries(LIGHTS)) {
      assert.equal(
        run('fdtget', '-t', 'x', tree, `/wheelhouse-leds/${name}`, 'gpios').trim(),
        `${handle} ${line.toString(16)} 0`,
      );
    }
    assert.equal(run('fdtget', tree, '/wheelhouse-keys', 'status').trim(), 'disabled');
  });
}

test('a Raspberry Pi 3 starts with it', { skip }, async (t) => {
  assert.ok(kernel !== null);
  const modules = modulesOf(kernel, ['leds-gpio', 'gpio_keys', 'bcm2835_wdt']);
  writeInitramfs(at('initramfs'), smallSystem({ kernel, modules, work: LOOK }));
  const deviceTree = merged('bcm2837-rpi-3-b.dtb', 'with-keys.dtbo');
  const began = performance.now();
  const machine = bootMachine({ kernel, initramfs: at('initramfs'), deviceTree, deadlineMs: DEADLINE_MS });
  t.after(() => machine.stop());
  for (let line = await machine.next(); line !== null; line = await machine.next()) said.push(line as string[]);
  t.diagnostic(`started and looked at after ${Math.round(performance.now() - began)} ms`);
  assert.ok(said.length > 0, machine.console());
});

test('four lights are there before any program, the fault lit and the others dark, without a trigger', { skip }, () => {
  const leds = said.filter(([name]) => name?.startsWith('wheelhouse:'));
  assert.deepEqual(leds.sort(), [
    ['wheelhouse:fault', '1', 'none'],
    ['wheelhouse:research', '0', 'none'],
    ['wheelhouse:system', '0', 'none'],
    ['wheelhouse:trading', '0', 'none'],
  ]);
});

test('they are on their lines of the chip that programs look for', { skip }, () => {
  const lines = said.flatMap(([kind, text = '']) => (kind === 'line' ? [text] : []));
  assert.ok(
    lines.some((line) => line.includes('pinctrl-bcm2835')),
    lines.join('\n'),
  );
  for (const [name, line] of Object.entries(LIGHTS)) {
    const held = new RegExp(`\\(GPIO${line} *\\|wheelhouse:${name} *\\) out ${name === 'fault' ? 'hi' : 'lo'}`);
    assert.ok(
      lines.some((each) => held.test(each)),
      `${held}\n${lines.join('\n')}`,
    );
  }
});

test('with keys=on the kernel holds the mode button as an input device', { skip }, () => {
  assert.ok(
    said.some(([kind, name]) => kind === 'input' && name === 'wheelhouse-keys'),
    JSON.stringify(said),
  );
});
