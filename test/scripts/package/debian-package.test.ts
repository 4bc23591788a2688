import assert from 'node:assert/strict';
import { execFileSync } from 'node:child_process';
import { mkdirSync, mkdtempSync, readFileSync, rmSync, utimesSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { type TestContext, test } from 'node:test';
import { buildDebianPackage } from '../../../scripts/package/debian-package.ts';
import { registryPackage } from '../../../scripts/package/registry-package.ts';
import { buildPackages } from '../../../scripts/package.ts';
import { packagedProgram } from '../../packages.ts';

const MOST_BYTES = 60e6;

function folder(t: TestContext): string {
  const path = mkdtempSync(join(tmpdir(), 'wheelhouse-deb-'));
  t.after(() => rmSync(path, { recursive: true }));
  return path;
}

/** A little of everything, made in any order and at any time. */
function smallPackage(place: string, age: number): Buffer {
  const root = join(place, 'root');
  for (const [path, text] of Object.entries({
    'usr/bin/x': '#!/bin/sh\n',
    'etc/x/x.yaml': 'a: 1\n',
    'usr/lib/x': 'x',
  })) {
    mkdirSync(join(root, path, '..'), { recursive: true });
    writeFileSync(join(root, path), text);
    utimesSync(join(root, path), age, age);
  }
  const file = join(place, 'x.deb');
  const architecture = { debian: 'arm64', node: 'arm64', hasPins: true } as const;
  buildDebianPackage({ architecture, version: '1.2.3', root, file, epoch: 1_700_000_000, compression: 3 });
  return readFileSync(file);
}

test('the same files give the same package, byte for byte, whenever and wherever they are put together', (t) => {
  const first = smallPackage(folder(t), 1_600_000_000);
  const second = smallPackage(folder(t), 1_750_000_000);
  assert.ok(first.equals(second));
});

test('a package knows its settings, so that an upgrade does not overwrite them', (t) => {
  const place = folder(t);
  smallPackage(place, 0);
  assert.equal(
    execFileSync('dpkg-deb', ['-I', join(place, 'x.deb'), 'conffiles'], { encoding: 'utf8' }),
    '/etc/x/x.yaml\n',
  );
});

test('what the registry sends is taken only with the checksum that is expected', (t) => {
  const cache = folder(t);
  writeFileSync(join(cache, 'some-1.0.0.tgz'), 'something else');
  const wanted = { name: 'some', version: '1.0.0', integrity: 'sha512-AAAA' };
  assert.throws(
    () => registryPackage(wanted, { archives: cache, unpacked: cache }),
    /some@1\.0\.0 is not what it must be: its checksum is sha512-/,
  );
});

test('both packages hold a program, its Node and native parts for their own processor, below 60 MB', async (t) => {
  if (packagedProgram(t, 'device-tree-compiler', 'dtc') === null) return;
  const out = folder(t);
  const built = await buildPackages({ architectures: ['arm64', 'amd64'], version: '1.2.3', out, compression: 3 });
  assert.deepEqual(
    built.map(({ file }) => file.slice(out.length + 1)),
    ['wheelhouse_1.2.3_arm64.deb', 'wheelhouse_1.2.3_amd64.deb'],
  );
  for (const { file, bytes } of built) {
    const listed = execFileSync('dpkg-deb', ['-c', file], { encoding: 'utf8', maxBuffer: 1 << 24 });
    const mode = (path: string): string | undefined =>
      new RegExp(`^(\\S+) root/root .* \\./${path}$`, 'm').exec(listed)?.[1];
    for (const path of ['usr/bin/wheelhouse', 'usr/lib/wheelhouse/bin/node', 'usr/lib/wheelhouse/lights']) {
      assert.equal(mode(path), '-rwxr-xr-x', path);
    }
    const guard = execFileSync('sh', [
      '-c',
      'dpkg-deb --fsys-tarfile "$1" | tar -xO ./etc/wheelhouse/guard.json',
      '',
      file,
    ]);
    assert.equal(JSON.parse(String(guard)).switch, file.includes('arm64') ? 'gpio' : 'none');
    for (const path of PLAIN) assert.equal(mode(path), '-rw-r--r--', path);
    const native = [...listed.matchAll(/\S+\.node$/gm)].map(([path]) => path.split('/').at(-2));
    const other = file.includes('arm64') ? 'linux.x64' : 'linux.arm64';
    assert.ok(native.length >= 2 && native.every((at) => !new RegExp(`${other}|musl`).test(at ?? '')), native.join());
    assert.ok(bytes <= MOST_BYTES, `${bytes} bytes, at a fast compression`);
  }
});

const PLAIN = [
  'etc/wheelhouse/limits.json',
  'usr/lib/systemd/system/wheelhouse-agent.service',
  'usr/lib/udev/rules.d/60-wheelhouse.rules',
  'usr/lib/wheelhouse/app/guard/main.js',
  'usr/lib/wheelhouse/app/web-ui/packed/live.js.gz',
  'usr/share/doc/wheelhouse/copyright',
  'usr/share/man/man1/wheelhouse.1.gz',
  'usr/share/wheelhouse/firmware/wheelhouse.dtbo',
];
