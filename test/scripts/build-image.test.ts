import assert from 'node:assert/strict';
import { execFileSync, spawnSync } from 'node:child_process';
import {
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
import { parse } from 'yaml';
import { ROOT } from '../run-node.ts';

function folder(t: TestContext): string {
  const path = mkdtempSync(join(tmpdir(), 'wheelhouse-image-'));
  t.after(() => rmSync(path, { recursive: true }));
  return path;
}

function build(place: string, ...args: string[]): { code: number | null; out: string; err: string } {
  writeFileSync(join(place, 'wheelhouse_1.2.3_arm64.deb'), 'a package');
  const ran = spawnSync(join(ROOT, 'scripts/build-image'), args, { cwd: place, encoding: 'utf8' });
  return { code: ran.status, out: ran.stdout, err: ran.stderr };
}

test('the recipe holds the package, the layer and a layout with two copies that are never written', (t) => {
  const place = folder(t);
  const ran = build(place, '--board', 'pi5', '--package', 'wheelhouse_1.2.3_arm64.deb', '--out', 'recipe');
  assert.deepEqual([ran.code, ran.err], [0, '']);
  assert.match(ran.out, /^Untested, /m);
  assert.deepEqual(readdirSync(join(place, 'recipe')).sort(), ['config', 'lay-out', 'layer', 'packages']);
  const config = parse(readFileSync(join(place, 'recipe/config/wheelhouse-pi5.yaml'), 'utf8'));
  assert.deepEqual([config.device.layer, config.image.layer, config.layer.app], ['rpi5', 'image-rota', 'wheelhouse']);
  const [hook] = parse(readFileSync(join(place, 'recipe/layer/wheelhouse.yaml'), 'utf8')).mmdebstrap['customize-hooks'];
  assert.match(hook, /apt-get install .*\n[^\n]*\n\.\/lay-out "\$1"$/);
});

test('a board without such a layout, a foreign package and a missing one are named, and nothing is written', (t) => {
  const place = folder(t);
  const refused = (...args: string[]): string => {
    const ran = build(place, ...args, '--out', 'recipe');
    assert.notEqual(ran.code, 0);
    assert.ok(!existsSync(join(place, 'recipe')));
    return ran.err;
  };
  const ours = ['--package', 'wheelhouse_1.2.3_arm64.deb'];
  assert.match(refused('--board', 'zero2w', ...ours), /no layout with two copies for zero2w/);
  assert.match(refused('--board', 'pi2', ...ours), /^scripts\/build-image --board/);
  assert.match(refused('--board', 'pi4', '--package', 'wheelhouse_1.2.3_amd64.deb'), /for arm64 is needed/);
  assert.match(refused('--board', 'pi4', '--package', 'wheelhouse_9_arm64.deb'), /there is no wheelhouse_9_arm64\.deb/);
});

/** A root with what the package leaves in it. */
function installedRoot(t: TestContext): string {
  const root = folder(t);
  const put = (path: string, text: string): void => {
    mkdirSync(dirname(join(root, path)), { recursive: true });
    writeFileSync(join(root, path), text);
  };
  put('var/lib/wheelhouse-guard/latch.json', '{"state":"armed","cause":"first start","at":""}\n');
  mkdirSync(join(root, 'var/lib/wheelhouse'));
  put('etc/wheelhouse/wheelhouse.yaml', 'symbols: [SPY]\n');
  put('boot/firmware/config.txt', 'arm_64bit=1\n');
  put('usr/share/wheelhouse/firmware/wheelhouse.dtbo', 'an overlay');
  for (const name of ['config.txt', 'journald.conf', 'lights.yaml', 'modules.conf', 'sysctl.conf', 'watchdog.conf']) {
    copyFileSync(join(ROOT, 'firmware-config', name), join(root, 'usr/share/wheelhouse/firmware', name));
  }
  return root;
}

test('data and settings move to the data partition, and the image keeps only the seed of them', (t) => {
  const root = installedRoot(t);
  execFileSync(join(ROOT, 'scripts/image/lay-out'), [root]);
  const at = (path: string): string => join(root, path);
  assert.deepEqual(readdirSync(at('var/lib/wheelhouse-guard')), []);
  assert.match(readFileSync(at('usr/share/wheelhouse/seed/guard/latch.json'), 'utf8'), /"armed"/);
  const settings = parse(readFileSync(at('usr/share/wheelhouse/seed/settings/wheelhouse.yaml'), 'utf8'));
  assert.deepEqual(settings.hardware.lights.trading, ['wheelhouse:trading']);
  const units = at('etc/systemd/system');
  const wanted = readdirSync(`${units}/local-fs.target.wants`).sort();
  assert.deepEqual(wanted, ['etc-wheelhouse.mount', 'var-lib-wheelhouse.mount', 'var-lib-wheelhouse\\x2dguard.mount']);
  for (const name of wanted) {
    const where = /^Where=(.*)$/m.exec(readFileSync(`${units}/${name}`, 'utf8'))?.[1] ?? '';
    const path = execFileSync('systemd-escape', ['--path', '--suffix=mount', where], { encoding: 'utf8' }).trim();
    assert.equal(path, name, 'systemd takes a mount by the name of its place only');
  }
  assert.match(
    readFileSync(at('boot/firmware/config.txt'), 'utf8'),
    /^arm_64bit=1\n\[all\]\n[\s\S]*dtoverlay=wheelhouse$/m,
  );
});

test('a card is sown once: what was halted stays halted, whatever an update of the system brings', (t) => {
  const root = installedRoot(t);
  execFileSync(join(ROOT, 'scripts/image/lay-out'), [root]);
  const unit = readFileSync(join(root, 'etc/systemd/system/wheelhouse-seed.service'), 'utf8');
  const [once] = /(?<=^ConditionPathExists=!).*/m.exec(unit) ?? [''];
  assert.equal(once, '/persistent/wheelhouse');
  const command = /(?<=^ExecStart=\/bin\/sh -c ').*(?='$)/m.exec(unit)?.[0] ?? '';
  mkdirSync(join(root, 'persistent'));
  // A start that the power ended in the middle of left something half done.
  mkdirSync(join(root, 'persistent/wheelhouse.new'));
  const here = command.replaceAll(/ (\/persistent|\/usr)/g, ` ${root}$1`);
  execFileSync('/bin/sh', ['-c', here]);
  assert.match(readFileSync(join(root, 'persistent/wheelhouse/guard/latch.json'), 'utf8'), /"armed"/);
  assert.deepEqual(readdirSync(join(root, 'persistent')), ['wheelhouse']);
});
