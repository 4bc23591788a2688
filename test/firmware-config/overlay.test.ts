import assert from 'node:assert/strict';
import { execFileSync } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { type TestContext, test } from 'node:test';
import { compileOverlay } from '../../scripts/package/overlay.ts';
import { packagedProgram } from '../packages.ts';
import { ROOT } from '../run-node.ts';

/** The controller of the header has the label `gpio` on each model, whatever it is and wherever it lies. */
const BOARDS = {
  'Pi 3 and Zero 2 W': { node: '/soc/gpio@7e200000', compatible: 'brcm,bcm2835-gpio' },
  'Pi 4': { node: '/soc/gpio@7e200000', compatible: 'brcm,bcm2711-gpio' },
  'Pi 5': { node: '/axi/gpio@d0000', compatible: 'raspberrypi,rp1-gpio' },
};

interface Merged {
  readonly get: (node: string, property: string, kind?: string) => string;
  readonly controller: string;
}

/** Each model's tree, as small as the firmware's merging needs it, with our overlay merged into it. */
function merged(t: TestContext, { node, compatible }: { node: string; compatible: string }): Merged | null {
  if (packagedProgram(t, 'device-tree-compiler', 'dtc') === null) return null;
  const folder = mkdtempSync(join(tmpdir(), 'wheelhouse-overlay-'));
  t.after(() => rmSync(folder, { recursive: true }));
  const [bus, controller] = node.split('/').slice(1);
  const base = `/dts-v1/;
    / { compatible = "brcm,bcm2711"; ${bus} { gpio: ${controller} {
      compatible = "${compatible}"; gpio-controller; #gpio-cells = <2>; }; }; };`;
  writeFileSync(join(folder, 'base.dts'), base);
  execFileSync('dtc', ['-@', '-q', '-O', 'dtb', '-o', 'base.dtb', 'base.dts'], { cwd: folder });
  compileOverlay(join(folder, 'wheelhouse.dtbo'));
  execFileSync('fdtoverlay', ['-i', 'base.dtb', '-o', 'merged.dtb', 'wheelhouse.dtbo'], { cwd: folder });
  const get = (at: string, property: string, kind = 's'): string =>
    execFileSync('fdtget', ['-t', kind, 'merged.dtb', at, property], { cwd: folder, encoding: 'utf8' }).trim();
  return { get, controller: get(node, 'phandle', 'u') };
}

for (const [board, tree] of Object.entries(BOARDS)) {
  test(`merged into the tree of a ${board}, lights and button hang on its header`, (t) => {
    const found = merged(t, tree);
    if (found === null) return;
    const { get, controller } = found;
    const lines = { trading: 17, research: 27, system: 22, fault: 23 };
    assert.equal(get('/wheelhouse-leds', 'compatible'), 'gpio-leds');
    for (const [name, line] of Object.entries(lines)) {
      assert.equal(get(`/wheelhouse-leds/${name}`, 'label'), `wheelhouse:${name}`);
      assert.equal(get(`/wheelhouse-leds/${name}`, 'gpios', 'u'), `${controller} ${line} 0`);
      assert.equal(get(`/wheelhouse-leds/${name}`, 'default-state'), name === 'fault' ? 'on' : 'off');
    }
    assert.equal(get('/wheelhouse-leds/fault', 'panic-indicator'), '');
    assert.equal(get('/wheelhouse-keys/mode', 'gpios', 'u'), `${controller} 4 17`);
    assert.equal(get('/wheelhouse-keys', 'status'), 'disabled', 'nothing takes the button from the program unasked');
  });
}

test('lights are dark at reset, the button is up, and the lines of the red switch are left to the guard', () => {
  const source = readFileSync(join(ROOT, 'firmware-config/wheelhouse-overlay.dts'), 'utf8');
  const taken = [...source.matchAll(/<&gpio (\d+)/g)].map(([, line]) => Number(line));
  assert.deepEqual(taken, [17, 27, 22, 23, 4]);
  assert.ok(taken.every((line) => line !== 5 && line !== 6));
  assert.ok(
    taken.slice(0, 4).every((line) => line >= 9),
    'pulled down from power-on until the kernel runs',
  );
});

test('the names of the lights are those that the services set', () => {
  const script = readFileSync(join(ROOT, 'systemd/lights'), 'utf8');
  assert.match(script, /for name in system trading research;/);
  assert.match(script, /light fault 1/);
  assert.match(readFileSync(join(ROOT, 'systemd/wheelhouse-agent.service'), 'utf8'), /platform\/wheelhouse-leds$/m);
});
