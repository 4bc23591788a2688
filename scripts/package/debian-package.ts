import { execFileSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import {
  chmodSync,
  copyFileSync,
  type Dirent,
  lutimesSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  statSync,
  writeFileSync,
} from 'node:fs';
import { join, relative } from 'node:path';
import type { Architecture } from './architecture.ts';

export interface DebianRequest {
  readonly architecture: Architecture;
  readonly version: string;
  /** Everything that is installed, as it lies on the box. */
  readonly root: string;
  readonly file: string;
  /** Seconds since 1970: the age of every file in it. */
  readonly epoch: number;
  /** 1 = fast, 19 = small. */
  readonly compression: number;
}

const SCRIPTS = ['postinst', 'prerm', 'postrm'];
const HERE = `${import.meta.dirname}/debian`;

/** Writes the package. The same files give the same bytes, on whatever day. */
export function buildDebianPackage({ architecture, version, root, file, epoch, compression }: DebianRequest): void {
  const control = join(root, 'DEBIAN');
  const files = filesBelow(root).sort();
  const kib = Math.ceil(files.reduce((sum, path) => sum + statSync(join(root, path)).size, 0) / 1024);
  mkdirSync(control, { mode: 0o755 });
  for (const name of SCRIPTS) {
    copyFileSync(`${HERE}/${name}`, join(control, name));
    chmodSync(join(control, name), 0o755);
  }
  copyFileSync(`${HERE}/templates`, join(control, 'templates'));
  writeFileSync(join(control, 'control'), controlText(architecture, version, kib));
  writeFileSync(
    join(control, 'conffiles'),
    lines(files.filter((path) => path.startsWith('etc/')).map((path) => `/${path}`)),
  );
  writeFileSync(join(control, 'md5sums'), lines(files.map((path) => `${md5(join(root, path))}  ${path}`)));
  for (const name of ['templates', 'control', 'conffiles', 'md5sums']) chmodSync(join(control, name), 0o644);
  setAges(root, epoch);
  const how = ['--root-owner-group', '-Zzstd', `-z${compression}`, '--threads-max=1', '--build', root, file];
  execFileSync('dpkg-deb', how, {
    env: { ...process.env, SOURCE_DATE_EPOCH: String(epoch) },
    stdio: ['ignore', 'ignore', 'inherit'],
  });
}

function controlText({ debian }: Architecture, version: string, kib: number): string {
  return lines([
    'Package: wheelhouse',
    `Version: ${version}`,
    `Architecture: ${debian}`,
    'Maintainer: Wheelhouse <wheelhouse@localhost>',
    `Installed-Size: ${kib}`,
    'Depends: libc6 (>= 2.36), libstdc++6 (>= 12), libatomic1, systemd (>= 252), debconf (>= 0.5) | debconf-2.0',
    'Recommends: i2c-tools',
    'Section: misc',
    'Priority: optional',
    'Description: trades option strategies by the exchange calendar',
    ' The agent of an appliance that trades the wheel through Interactive Brokers on',
    ' a Raspberry Pi, with a guard between it and the broker, a red switch, lights,',
    ' a status page and a feed for Home Assistant. It trades paper until two settings',
    ' agree that it shall not. Node is inside.',
  ]);
}

function filesBelow(root: string): string[] {
  const entries: Dirent[] = readdirSync(root, { recursive: true, withFileTypes: true });
  return entries.filter((entry) => entry.isFile()).map((entry) => relative(root, join(entry.parentPath, entry.name)));
}

function setAges(root: string, epoch: number): void {
  const entries: Dirent[] = readdirSync(root, { recursive: true, withFileTypes: true });
  for (const entry of entries) lutimesSync(join(entry.parentPath, entry.name), epoch, epoch);
  lutimesSync(root, epoch, epoch);
}

function md5(path: string): string {
  return createHash('md5').update(readFileSync(path)).digest('hex');
}

function lines(all: readonly string[]): string {
  return `${all.join('\n')}\n`;
}
