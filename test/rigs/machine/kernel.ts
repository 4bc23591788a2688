import { execFileSync } from 'node:child_process';
import { existsSync, mkdirSync, readdirSync, readFileSync, renameSync, rmSync } from 'node:fs';
import { basename, join } from 'node:path';
import { ROOT } from '../../run-node.ts';
import { type Architecture, DebianArchive } from './debian-archive.ts';
import { kernelImage } from './kernel-image.ts';

const CACHE = join(ROOT, 'node_modules/.cache/rigs');
/** What no rig will ever load; most of the package. Of the network the makers' folders: what lies beside them is virtual. */
const LEFT_OUT = ['gpu', 'infiniband', 'iio', 'isdn', 'media', 'net/*/*', 'scsi', 'staging', 'usb'].map(
  (name) => `*/drivers/${name}`,
);

/** Debian's kernel, with the one busybox that everything in it can be run with. */
export interface Kernel {
  readonly architecture: Architecture;
  readonly version: string;
  /** Where it is unpacked, and where whatever is built for it may be kept. */
  readonly folder: string;
  readonly image: string;
  readonly busybox: string;
}

/** Fetched once and kept, by its version: `node_modules/.cache/rigs/linux-ARCHITECTURE-VERSION`. Remove it for a newer one. */
export function debianKernel(architecture: Architecture): Kernel {
  const prefix = `linux-${architecture}-`;
  const kept = existsSync(CACHE) ? readdirSync(CACHE).filter((name) => name.startsWith(prefix)) : [];
  const name = kept.sort().at(-1) ?? `${prefix}${fetchKernel(architecture, prefix)}`;
  const folder = join(CACHE, name);
  const version = name.slice(prefix.length);
  return {
    ...{ architecture, version, folder, image: kernelImage(folder, version) },
    busybox: ['bin', 'usr/bin'].map((bin) => join(folder, bin, 'busybox')).find(existsSync) ?? '',
  };
}

function fetchKernel(architecture: Architecture, prefix: string): string {
  const archive = new DebianArchive(architecture);
  try {
    archive.open();
    const image = archive.dependenciesOf(`linux-image-${architecture}`).find((each) => each.startsWith('linux-image-'));
    if (image === undefined) throw new Error(`linux-image-${architecture} leads to no kernel`);
    const version = image.slice('linux-image-'.length);
    const making = join(CACHE, `making-${process.pid}-${version}`);
    mkdirSync(CACHE, { recursive: true });
    rmSync(making, { recursive: true, force: true });
    archive.unpack([image, 'busybox-static'], making, ['*/usr/share/doc', '*/kernel/sound', ...LEFT_OUT]);
    execFileSync('find', [making, '-name', '*.ko.xz', '-exec', 'xz', '-d', '{}', '+']);
    // Another rig may have been quicker.
    if (existsSync(join(CACHE, `${prefix}${version}`))) rmSync(making, { recursive: true });
    else renameSync(making, join(CACHE, `${prefix}${version}`));
    return version;
  } finally {
    archive.close();
  }
}

/** Files of modules with all they depend on, in the order they must be loaded; what is built into the kernel is no file. */
export function modulesOf(kernel: Kernel, names: readonly string[]): string[] {
  const folder = ['lib/modules', 'usr/lib/modules']
    .map((path) => join(kernel.folder, path, kernel.version))
    .find(existsSync);
  if (folder === undefined) throw new Error(`${kernel.version} has no modules`);
  const files = readdirSync(folder, { recursive: true, encoding: 'utf8' }).filter((path) => path.endsWith('.ko'));
  const known = new Map(files.map((path) => [plain(path), join(folder, path)]));
  const built = new Set(readFileSync(join(folder, 'modules.builtin'), 'utf8').split('\n').map(plain));
  const ordered = new Set<string>();
  const add = (name: string): void => {
    const file = known.get(plain(name));
    if (file === undefined && !built.has(plain(name))) throw new Error(`${kernel.version} has no module ${name}`);
    if (file === undefined || ordered.has(file)) return;
    for (const needed of dependenciesOf(file)) add(needed);
    ordered.add(file);
  };
  for (const name of names) add(name);
  return [...ordered];
}

function dependenciesOf(file: string): string[] {
  const [, list = ''] = /\0depends=([^\0]*)\0/.exec(readFileSync(file, 'latin1')) ?? [];
  return list.split(',').filter((name) => name !== '');
}

function plain(path: string): string {
  return basename(path, '.ko').replaceAll('-', '_');
}
