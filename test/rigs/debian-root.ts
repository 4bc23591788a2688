import { execFileSync, spawnSync } from 'node:child_process';
import { existsSync, mkdirSync, renameSync } from 'node:fs';
import { join } from 'node:path';
import { ROOT } from '../run-node.ts';

const CACHE = join(ROOT, 'node_modules/.cache/rigs');

export type Suite = 'bookworm' | 'trixie';

export interface RootRequest {
  readonly suite: Suite;
  readonly architecture: 'amd64' | 'arm64';
  /** `extract`: nothing of it is run, so that it may be for another processor. */
  readonly variant: 'minbase' | 'extract';
  readonly packages: readonly string[];
}

/** The archive of a fresh Debian; made once and kept, because that takes most of a minute and the network. */
export function debianRoot({ suite, architecture, variant, packages }: RootRequest): string {
  const archive = join(CACHE, `${suite}-${architecture}-${variant}.tar`);
  if (existsSync(archive)) return archive;
  mkdirSync(CACHE, { recursive: true });
  const args = [
    `--variant=${variant}`,
    `--architectures=${architecture}`,
    `--include=${packages.join(',')}`,
    '--quiet',
    ...proxies().map((option) => `--aptopt=${option}`),
  ];
  const making = archive.replace(/\.tar$/, `.${process.pid}.tar`);
  execFileSync('mmdebstrap', [...args, suite, making, mirror()], { stdio: ['ignore', 'ignore', 'inherit'] });
  renameSync(making, archive);
  return archive;
}

export function unpackRoot(archive: string, folder: string): void {
  mkdirSync(folder, { recursive: true });
  execFileSync('tar', ['-xf', archive, '-C', folder, '--numeric-owner']);
}

/** Where this machine gets its own packages from, if that is a Debian too. */
function mirror(): string {
  const known = said('apt-get', ['indextargets', '--format', '$(REPO_URI)']).split('\n');
  return known.find((address) => /^https?:\/\/.*\/debian\/?$/.test(address)) ?? 'http://deb.debian.org/debian';
}

function proxies(): string[] {
  return said('apt-config', ['dump'])
    .split('\n')
    .filter((line) => /^Acquire::https?::Proxy "[^"]+";$/.test(line));
}

function said(program: string, args: readonly string[]): string {
  const { stdout } = spawnSync(program, args, { encoding: 'utf8' });
  return stdout ?? '';
}
