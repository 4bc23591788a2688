import { spawnSync } from 'node:child_process';
import { chmodSync, mkdirSync, rmSync, statSync } from 'node:fs';
import { resolve } from 'node:path';
import { parseArgs } from 'node:util';
import packageJson from '../package.json' with { type: 'json' };
import { bundle } from './bundle.ts';
import { ARCHITECTURES } from './package/architecture.ts';
import { buildDebianPackage } from './package/debian-package.ts';
import { layOut, type TreeRequest } from './package/tree.ts';

const ROOT = resolve(import.meta.dirname, '..');
const CACHE = `${ROOT}/node_modules/.cache/package`;
const MEGABYTE = 1e6;

export interface PackageRequest {
  /** Debian's names. */
  readonly architectures: readonly string[];
  readonly version: string;
  readonly out: string;
  readonly compression: number;
}

export interface Packaged {
  readonly file: string;
  readonly bytes: number;
}

/** Builds the packages on whatever machine this is: nothing in them is compiled here. */
export async function buildPackages(request: PackageRequest): Promise<readonly Packaged[]> {
  const work = `${CACHE}/${process.pid}`;
  try {
    const app = { folder: `${work}/app`, packages: await bundle(`${work}/app`) };
    const packaged: Packaged[] = [];
    for (const architecture of ARCHITECTURES.filter(({ debian }) => request.architectures.includes(debian))) {
      packaged.push(await buildPackage(request, { architecture, app, work }));
    }
    return packaged;
  } finally {
    rmSync(work, { recursive: true, force: true });
  }
}

interface Part extends Pick<TreeRequest, 'architecture' | 'app'> {
  readonly work: string;
}

async function buildPackage(request: PackageRequest, { architecture, app, work }: Part): Promise<Packaged> {
  const { version, out, compression } = request;
  const root = `${work}/root`;
  const places = { archives: `${CACHE}/archives`, unpacked: `${work}/unpacked` };
  await layOut({ architecture, root, app, places });
  chmodSync(root, 0o755);
  mkdirSync(out, { recursive: true });
  const file = `${out}/wheelhouse_${version}_${architecture.debian}.deb`;
  const epoch = Number(process.env.SOURCE_DATE_EPOCH ?? lastChange());
  buildDebianPackage({ architecture, version, root, file, epoch, compression });
  rmSync(root, { recursive: true });
  return { file, bytes: statSync(file).size };
}

/** Seconds since 1970: two builds of one state of the sources give the same bytes. Sources that were copied have no history. */
function lastChange(): number {
  const { status, stdout } = spawnSync('git', ['log', '-1', '--format=%ct'], { cwd: ROOT, encoding: 'utf8' });
  return status === 0 ? Number(stdout) : Math.floor(statSync(`${ROOT}/CHANGELOG.md`).mtimeMs / 1000);
}

/** Programs, and the Debian packages that bring them. */
const NEEDS = { dtc: 'device-tree-compiler', 'dpkg-deb': 'dpkg', npm: 'npm' };

function missing(): readonly string[] {
  const gone = Object.entries(NEEDS).filter(([program]) => spawnSync(program, ['--version']).error !== undefined);
  return gone.map(([, debian]) => debian);
}

if (import.meta.main) {
  if (missing().length > 0) {
    process.stderr.write(`This needs: sudo apt-get install ${missing().join(' ')}\n`);
    process.exit(1);
  }
  const options = {
    arch: { type: 'string', multiple: true, default: ARCHITECTURES.map(({ debian }) => debian) },
    out: { type: 'string', default: `${ROOT}/dist` },
    version: { type: 'string', default: packageJson.version },
    compression: { type: 'string', default: '12' },
  } as const;
  const { arch, out, version, compression } = parseArgs({ options }).values;
  const request = { architectures: arch, version, out: resolve(out), compression: Number(compression) };
  for (const { file, bytes } of await buildPackages(request)) {
    process.stdout.write(`${file}  ${(bytes / MEGABYTE).toFixed(1)} MB\n`);
  }
}
