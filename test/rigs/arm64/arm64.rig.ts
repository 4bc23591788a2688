import assert from 'node:assert/strict';
import { execFileSync, spawn } from 'node:child_process';
import { once } from 'node:events';
import { existsSync, mkdtempSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, before, test } from 'node:test';
import { buildPackages } from '../../../scripts/package.ts';
import type { Ran } from '../../run-node.ts';
import { debianRoot, unpackRoot } from '../debian-root.ts';
import { missingFor } from '../needs.ts';

/* The package for the Pi, its own Node in it, on an emulated processor: what was built for another machine runs at all. */

const skip =
  missingFor({
    'qemu-aarch64-static': 'qemu-user-static',
    mmdebstrap: 'mmdebstrap',
    dtc: 'device-tree-compiler',
  }) ?? false;
const PATIENCE_MS = 120_000;

const root = mkdtempSync(join(tmpdir(), 'wheelhouse-arm64-'));
const inside = (path: string): string => join(root, 'box', path);
const NODE = 'usr/lib/wheelhouse/bin/node';

before(async () => {
  if (skip !== false) return;
  const archive = debianRoot({
    suite: 'trixie',
    architecture: 'arm64',
    variant: 'extract',
    packages: ['libc6', 'libstdc++6', 'libatomic1'],
  });
  unpackRoot(archive, inside(''));
  // Nothing was run that would have made it.
  if (!existsSync(inside('lib'))) symlinkSync('usr/lib', inside('lib'));
  const [built] = await buildPackages({ architectures: ['arm64'], version: '0.1.0', out: root, compression: 1 });
  execFileSync('dpkg-deb', ['-x', built?.file ?? '', inside('')]);
});
after(() => rmSync(root, { recursive: true, force: true }));

/** The program of the package with its own Node, whose libraries are those of the other processor. */
async function node(...args: readonly string[]): Promise<Ran> {
  const child = spawn('qemu-aarch64-static', ['-L', inside(''), inside(NODE), ...args], { timeout: PATIENCE_MS });
  const said = { out: '', err: '' };
  child.stdout.on('data', (bytes: Buffer) => {
    said.out += String(bytes);
  });
  child.stderr.on('data', (bytes: Buffer) => {
    said.err += String(bytes);
  });
  const [code] = (await once(child, 'close')) as [number | null];
  return { code, ...said };
}

const MAIN = inside('usr/lib/wheelhouse/app/main.js');

test('Node in the package is the one this project is pinned to, for arm64', { skip }, async () => {
  const { out, err } = await node('-p', 'process.version + " " + process.arch');
  assert.equal(out, `${process.version} arm64\n`, err);
});

test('the command line answers, and its configuration is in order', { skip }, async () => {
  assert.equal((await node(MAIN, '--version')).out, '0.1.0\n');
  const file = inside('etc/wheelhouse/wheelhouse.yaml');
  const checked = await node(MAIN, 'check-config', file);
  assert.deepEqual([checked.code, checked.out], [0, `${file}: in order\n`]);
});

test('the store keeps what it was told, with the native part for arm64', { skip }, async () => {
  const work = `
    import { createRequire } from 'node:module';
    const { ClassicLevel } = createRequire(${JSON.stringify(MAIN)})('classic-level');
    const store = new ClassicLevel(${JSON.stringify(inside('tmp/store'))});
    await store.put('key', 'kept', { sync: true });
    await store.close();
    const again = new ClassicLevel(${JSON.stringify(inside('tmp/store'))});
    console.log(await again.get('key'));
    await again.close();`;
  const { out, err } = await node('--input-type=module', '-e', work);
  assert.equal(out, 'kept\n', err);
});

test('system calls of the kernel are reached through the native part for arm64', { skip }, async () => {
  const work = `
    const koffi = require('module').createRequire(${JSON.stringify(MAIN)})('koffi');
    const getpid = koffi.load('libc.so.6').func('int getpid()');
    console.log(getpid() === process.pid);`;
  const { out, err } = await node('-e', work);
  assert.equal(out, 'true\n', err);
});

test('the guard starts, is tripped by whoever asks, and ends when told', { skip }, async () => {
  const folder = inside('tmp/guard');
  execFileSync('mkdir', ['-p', folder]);
  const at = (name: string): string => join(folder, name);
  writeFileSync(at('latch.json'), '{"state":"armed","cause":"first start","at":""}\n');
  writeFileSync(at('contacts'), '0 1\n');
  const config = {
    listen: { host: '127.0.0.1', port: 0 },
    gateway: { host: '127.0.0.1', port: 9, clientId: 900 },
    ...{
      folder,
      limits: inside('etc/wheelhouse/limits.json'),
      switch: 'file',
      contacts: at('contacts'),
      afterReset: 'reducing',
    },
    control: { open: at('o.sock'), admin: at('a.sock') },
  };
  writeFileSync(at('guard.json'), JSON.stringify(config));
  const guard = inside('usr/lib/wheelhouse/app/guard/main.js');
  const child = spawn('qemu-aarch64-static', ['-L', inside(''), inside(NODE), guard, '--config', at('guard.json')]);
  const ended = once(child, 'close');
  try {
    await Promise.race([once(child.stdout, 'data'), ended.then(([code]) => assert.fail(`it ended with ${code}`))]);
    const halted = await node(MAIN, 'guard', 'halt', '--reason', 'rig', '--config', at('guard.json'));
    assert.match(halted.out, /^tripped, UNCONFIRMED: rig/, halted.err);
  } finally {
    child.kill('SIGTERM');
  }
  assert.deepEqual(await ended, [0, null]);
});
