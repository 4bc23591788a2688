import { chmodSync, copyFileSync, cpSync, mkdirSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { dirname, join, resolve } from 'node:path';
import { gzipSync } from 'node:zlib';
import { guardLimits } from '../../agent/compose/guard-limits.ts';
import { loadConfiguration } from '../../agent/config/load.ts';
import type { Architecture } from './architecture.ts';
import { copyrightText } from './copyright.ts';
import { copyNativeParts } from './native-parts.ts';
import { nodeBinary } from './node-binary.ts';
import { compileOverlay } from './overlay.ts';
import type { Places } from './registry-package.ts';

const ROOT = resolve(import.meta.dirname, '../..');
const HERE = import.meta.dirname;

export interface TreeRequest {
  readonly architecture: Architecture;
  /** Where the files are laid out as they will lie on the box. */
  readonly root: string;
  /** What was bundled, the same for every architecture, and what went into it. */
  readonly app: { readonly folder: string; readonly packages: readonly string[] };
  readonly places: Places;
}

/** Files of the repository as they are, and where they lie on the box. */
const FILES: Readonly<Record<string, string>> = {
  'scripts/package/wheelhouse': 'usr/bin/wheelhouse',
  'scripts/package/orders-at-work': 'usr/lib/wheelhouse/orders-at-work',
  'scripts/install.sh': 'usr/share/wheelhouse/install.sh',
  'systemd/lights': 'usr/lib/wheelhouse/lights',
  'systemd/look-for-update': 'usr/lib/wheelhouse/look-for-update',
  'systemd/wheelhouse-agent.service': 'usr/lib/systemd/system/wheelhouse-agent.service',
  'systemd/wheelhouse-backup.service': 'usr/lib/systemd/system/wheelhouse-backup.service',
  'systemd/wheelhouse-backup.timer': 'usr/lib/systemd/system/wheelhouse-backup.timer',
  'systemd/wheelhouse-fault@.service': 'usr/lib/systemd/system/wheelhouse-fault@.service',
  'systemd/wheelhouse-guard.service': 'usr/lib/systemd/system/wheelhouse-guard.service',
  'systemd/wheelhouse-poweroff.path': 'usr/lib/systemd/system/wheelhouse-poweroff.path',
  'systemd/wheelhouse-poweroff.service': 'usr/lib/systemd/system/wheelhouse-poweroff.service',
  'systemd/wheelhouse-update.service': 'usr/lib/systemd/system/wheelhouse-update.service',
  'systemd/wheelhouse-update.timer': 'usr/lib/systemd/system/wheelhouse-update.timer',
  'systemd/sysusers.conf': 'usr/lib/sysusers.d/wheelhouse.conf',
  'firmware-config/60-wheelhouse.rules': 'usr/lib/udev/rules.d/60-wheelhouse.rules',
  'firmware-config/config.txt': 'usr/share/wheelhouse/firmware/config.txt',
  'firmware-config/journald.conf': 'usr/share/wheelhouse/firmware/journald.conf',
  'firmware-config/lights.yaml': 'usr/share/wheelhouse/firmware/lights.yaml',
  'firmware-config/modules.conf': 'usr/share/wheelhouse/firmware/modules.conf',
  'firmware-config/sysctl.conf': 'usr/share/wheelhouse/firmware/sysctl.conf',
  'firmware-config/watchdog.conf': 'usr/share/wheelhouse/firmware/watchdog.conf',
  'scripts/package/etc/wheelhouse.yaml': 'etc/wheelhouse/wheelhouse.yaml',
  'scripts/package/etc/guard.json': 'etc/wheelhouse/guard.json',
};
const ON_THE_PINS = '"switch": "gpio"';
const PROGRAMS = /^usr\/(bin|lib\/wheelhouse\/bin)\/|\/(orders-at-work|lights|look-for-update|install\.sh)$/;

/** Everything that is installed, as it lies on the box, with the modes it has there. */
export async function layOut({ architecture, root, app, places }: TreeRequest): Promise<void> {
  rmSync(root, { recursive: true, force: true });
  const at = (path: string): string => {
    mkdirSync(dirname(join(root, path)), { recursive: true });
    return join(root, path);
  };
  for (const [from, to] of Object.entries(FILES)) copyFileSync(join(ROOT, from), at(to));
  if (!architecture.hasPins) withoutSwitch(at('etc/wheelhouse/guard.json'));
  const node = nodeBinary(architecture, places);
  copyFileSync(node.program, at('usr/lib/wheelhouse/bin/node'));
  cpSync(app.folder, at('usr/lib/wheelhouse/app'), { recursive: true });
  writeFileSync(at('usr/lib/wheelhouse/app/package.json'), '{ "type": "module" }\n');
  const native = copyNativeParts(architecture, at('usr/lib/wheelhouse/app/node_modules'), places);
  writeFileSync(at('etc/wheelhouse/limits.json'), `${JSON.stringify(await limits(), null, 2)}\n`);
  compileOverlay(at('usr/share/wheelhouse/firmware/wheelhouse.dtbo'));
  writeFileSync(at('usr/share/man/man1/wheelhouse.1.gz'), packed(readFileSync(`${HERE}/wheelhouse.1`)));
  documents(at);
  const packages = [...new Set([...app.packages, ...native])].sort();
  writeFileSync(at('usr/share/doc/wheelhouse/copyright'), copyrightText(packages, node.licence));
  setModes(root, '');
}

/** What the guard lets pass, from the settings that lie beside it: paper only. */
async function limits(): Promise<object> {
  const checked = await loadConfiguration(`${HERE}/etc/wheelhouse.yaml`);
  if (!checked.ok) throw new Error(`the packaged settings are wrong: ${JSON.stringify(checked.problems)}`);
  return guardLimits(checked.value.settings);
}

/** A PC has no pins to wire a red switch to. That there is none is shown at all times. */
function withoutSwitch(path: string): void {
  const text = readFileSync(path, 'utf8');
  if (!text.includes(ON_THE_PINS)) throw new Error(`${path} says nothing of the red switch`);
  writeFileSync(path, text.replace(ON_THE_PINS, '"switch": "none"'));
}

function documents(at: (path: string) => string): void {
  writeFileSync(at('usr/share/doc/wheelhouse/changelog.gz'), packed(readFileSync(`${ROOT}/CHANGELOG.md`)));
  for (const name of readdirSync(`${ROOT}/docs`).filter((file) => file.endsWith('.md') || file.endsWith('.svg'))) {
    copyFileSync(`${ROOT}/docs/${name}`, at(`usr/share/doc/wheelhouse/${name}`));
  }
}

/** The same bytes at whatever time. */
function packed(text: Buffer): Buffer {
  return gzipSync(text, { level: 9 });
}

function setModes(root: string, place: string): void {
  for (const entry of readdirSync(join(root, place), { withFileTypes: true })) {
    const path = place === '' ? entry.name : `${place}/${entry.name}`;
    const program = !entry.isDirectory() && PROGRAMS.test(path);
    chmodSync(join(root, path), entry.isDirectory() || program ? 0o755 : 0o644);
    if (entry.isDirectory()) setModes(root, path);
  }
}
