import { execFileSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import { existsSync, mkdirSync, mkdtempSync, readFileSync, renameSync, rmSync } from 'node:fs';
import { basename, join } from 'node:path';

export interface Wanted {
  readonly name: string;
  readonly version: string;
  /** As in package-lock.json: `sha512-…`. */
  readonly integrity: string;
}

/** Where archives are kept for the next time, and where they are unpacked for this one. */
export interface Places {
  readonly archives: string;
  readonly unpacked: string;
}

/**
 * The folder of a package of the registry, for whatever machine it was made: npm itself would install only what fits this one.
 * Fetched once, and held against its checksum every time before it is unpacked.
 */
export function registryPackage({ name, version, integrity }: Wanted, { archives, unpacked }: Places): string {
  const folder = join(unpacked, `${name.replace('/', '+')}-${version}`);
  const archive = join(archives, `${basename(folder)}.tgz`);
  if (!existsSync(archive)) fetchArchive(`${name}@${version}`, archive, archives);
  const found = `sha512-${createHash('sha512').update(readFileSync(archive)).digest('base64')}`;
  if (found !== integrity) {
    rmSync(archive);
    throw new Error(`${name}@${version} is not what it must be: its checksum is ${found}, not ${integrity}`);
  }
  rmSync(folder, { recursive: true, force: true });
  mkdirSync(folder, { recursive: true });
  execFileSync('tar', ['-xzf', archive, '-C', folder, '--strip-components=1', '--no-same-owner']);
  return folder;
}

function fetchArchive(wanted: string, archive: string, cache: string): void {
  mkdirSync(cache, { recursive: true });
  const folder = mkdtempSync(join(cache, 'fetch-'));
  try {
    const answer = execFileSync('npm', ['pack', wanted, '--json', '--loglevel=error'], {
      cwd: folder,
      encoding: 'utf8',
    });
    const [packed] = JSON.parse(answer) as { filename: string }[];
    if (packed === undefined) throw new Error(`npm packed nothing for ${wanted}`);
    renameSync(join(folder, packed.filename), archive);
  } finally {
    rmSync(folder, { recursive: true });
  }
}
