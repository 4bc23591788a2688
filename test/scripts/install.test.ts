import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import {
  chmodSync,
  copyFileSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { type TestContext, test } from 'node:test';
import { loadConfiguration } from '../../agent/config/load.ts';
import { type Ran, ROOT } from '../run-node.ts';

const CONFIG = '# For more options see http://rptl.io/configtxt\ndtparam=audio=on\n[cm5]\ndtoverlay=dwc2\n';
const BEGIN = '# --- wheelhouse begin';

interface Card {
  readonly at: (path: string) => string;
  readonly read: (path: string) => string;
  readonly install: (...args: string[]) => Ran;
  /** Every file with its content. */
  readonly everything: () => Readonly<Record<string, string>>;
}

/** The card of a Raspberry Pi with the package on it, as far as the script looks at it. */
function card(
  t: TestContext,
  { model = 'Raspberry Pi 4 Model B Rev 1.5', config = CONFIG, architecture = 'arm64' } = {},
): Card {
  const root = mkdtempSync(join(tmpdir(), 'wheelhouse-card-'));
  t.after(() => rmSync(root, { recursive: true }));
  const at = (path: string): string => join(root, path);
  const put = (path: string, text: string): void => {
    mkdirSync(dirname(at(path)), { recursive: true });
    writeFileSync(at(path), text);
  };
  put('proc/device-tree/model', `${model}\0`);
  put('boot/firmware/config.txt', config);
  put('usr/share/wheelhouse/firmware/wheelhouse.dtbo', 'an overlay');
  put('usr/bin/wheelhouse', '#!/bin/sh\necho ABCD-2345\n');
  chmodSync(at('usr/bin/wheelhouse'), 0o755);
  put('etc/wheelhouse/wheelhouse.yaml', readFileSync(join(ROOT, 'scripts/package/etc/wheelhouse.yaml'), 'utf8'));
  for (const name of ['config.txt', 'journald.conf', 'lights.yaml', 'modules.conf', 'sysctl.conf', 'watchdog.conf']) {
    copyFileSync(join(ROOT, 'firmware-config', name), at(`usr/share/wheelhouse/firmware/${name}`));
  }
  const install = (...args: string[]): Ran => {
    const env = { PATH: '/usr/sbin:/usr/bin:/sbin:/bin', WHEELHOUSE_ARCHITECTURE: architecture };
    const ran = spawnSync(join(ROOT, 'scripts/install.sh'), ['--root', root, ...args], { env, encoding: 'utf8' });
    return { code: ran.status, out: ran.stdout, err: ran.stderr };
  };
  const everything = (): Readonly<Record<string, string>> => {
    const files = readdirSync(root, { recursive: true, withFileTypes: true }).filter((entry) => entry.isFile());
    return Object.fromEntries(
      files.map(({ parentPath, name }) => [join(parentPath, name), readFileSync(join(parentPath, name), 'utf8')]),
    );
  };
  return { at, install, everything, read: (path) => readFileSync(at(path), 'utf8') };
}

test('the firmware is told once, however often it is run, and page and code are printed', (t) => {
  const { install, read, everything } = card(t);
  const first = install();
  assert.deepEqual([first.code, first.err], [0, '']);
  assert.match(first.out, /^Board {5}Raspberry Pi 4 Model B Rev 1\.5\nPage {6}http:\/\/\S+:8080\/\nCode {6}ABCD-2345 /);
  assert.match(first.out, /Restart {3}once/);
  const config = read('boot/firmware/config.txt');
  const fragment = readFileSync(join(ROOT, 'firmware-config/config.txt'), 'utf8');
  assert.equal(config, `${CONFIG}${BEGIN} ---\n${fragment}# --- wheelhouse end ---\n`);
  assert.equal(read('boot/firmware/overlays/wheelhouse.dtbo'), 'an overlay');
  assert.match(read('etc/systemd/journald.conf.d/wheelhouse.conf'), /^Storage=volatile$/m);
  const before = everything();
  const again = install();
  assert.equal(again.code, 0);
  assert.doesNotMatch(again.out, /Restart/);
  assert.deepEqual(everything(), before);
});

test('taken back, every file is as it was, to the byte', (t) => {
  for (const config of [CONFIG, CONFIG.trimEnd(), '', '\r\n[all]\r\narm_boost=1\r\n', `${CONFIG}\n\n`]) {
    const { install, everything } = card(t, { config });
    const before = everything();
    assert.equal(install().code, 0);
    assert.equal(install().code, 0);
    assert.equal(install('--undo').code, 0);
    assert.deepEqual(everything(), before, JSON.stringify(config));
  }
});

test('what the owner has changed around our part stays', (t) => {
  const { install, read, at } = card(t);
  install();
  writeFileSync(at('boot/firmware/config.txt'), `${read('boot/firmware/config.txt')}arm_boost=1\n`);
  install();
  assert.ok(read('boot/firmware/config.txt').startsWith(`${CONFIG}arm_boost=1\n${BEGIN}`));
  install('--undo');
  assert.equal(read('boot/firmware/config.txt'), `${CONFIG}arm_boost=1\n`);
});

test('a mark of ours that has lost the other one is told, and nothing is touched', (t) => {
  const { install, everything } = card(t, { config: `${CONFIG}${BEGIN} ---\ndtparam=spi=on\n[pi4]\nmine=1\n` });
  const before = everything();
  for (const way of [[], ['--undo']]) {
    const { code, err } = install(...way);
    assert.equal(code, 1);
    assert.match(err, /config\.txt has one of the marks .* without the other, so nothing was changed/);
    assert.deepEqual(everything(), before);
  }
});

test('the lights of the overlay are those of the settings, unless the owner has wired his own', async (t) => {
  const { install, at, read } = card(t);
  install();
  const checked = await loadConfiguration(at('etc/wheelhouse/wheelhouse.yaml'), null);
  assert.ok(checked.ok, JSON.stringify(checked));
  const { system, trading, research } = checked.value.settings.hardware.lights;
  const overlay = readFileSync(join(ROOT, 'firmware-config/wheelhouse-overlay.dts'), 'utf8');
  for (const [name, light] of Object.entries({ system, trading, research })) {
    assert.deepEqual(light, [`wheelhouse:${name}`]);
    assert.ok(overlay.includes(`label = "wheelhouse:${name}"`), 'held by the kernel, and asked of the kernel');
  }
  install('--undo');
  const own = `${read('etc/wheelhouse/wheelhouse.yaml')}hardware: {lights: {system: [5]}}\n`;
  writeFileSync(at('etc/wheelhouse/wheelhouse.yaml'), own);
  install();
  assert.equal(read('etc/wheelhouse/wheelhouse.yaml'), own);
});

test('on a board or a system that it does not know nothing is changed, and it says which that is', (t) => {
  const cases = [
    [{ model: 'Raspberry Pi 2 Model B Rev 1.1' }, /"Raspberry Pi 2 Model B Rev 1.1" is not one of/],
    [{ model: 'Orange Pi 5' }, /"Orange Pi 5" is not one of/],
    [{ model: '' }, /does not say which board it is/],
    [{ architecture: 'armhf' }, /this system is armhf; a 64-bit one/],
  ] as const;
  for (const [changes, reason] of cases) {
    const { install, everything } = card(t, changes);
    const before = everything();
    const ran = install();
    assert.equal(ran.code, 1);
    assert.match(ran.err, reason);
    assert.deepEqual(everything(), before);
  }
});

test('each board that is supported is taken, also where the firmware lies in /boot', (t) => {
  const models = ['3 Model B Plus Rev 1.3', '5 Model B Rev 1.0', 'Zero 2 W Rev 1.0'];
  for (const model of models) assert.equal(card(t, { model: `Raspberry Pi ${model}` }).install().code, 0, model);
  const { at, install, read } = card(t);
  mkdirSync(at('boot'), { recursive: true });
  writeFileSync(at('boot/config.txt'), CONFIG);
  rmSync(at('boot/firmware'), { recursive: true });
  assert.equal(install().code, 0);
  assert.ok(read('boot/config.txt').includes(BEGIN));
  assert.ok(existsSync(at('boot/overlays/wheelhouse.dtbo')));
});

test('without the package nothing of the firmware is touched', (t) => {
  const { install, at, read } = card(t);
  rmSync(at('usr/share/wheelhouse'), { recursive: true });
  const ran = install();
  assert.deepEqual([ran.code, ran.err], [1, 'install.sh: the package is not installed: say --package FILE.deb\n']);
  assert.equal(read('boot/firmware/config.txt'), CONFIG);
});
