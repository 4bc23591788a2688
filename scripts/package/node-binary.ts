import { readFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import type { Architecture } from './architecture.ts';
import { type Places, registryPackage } from './registry-package.ts';

const ROOT = resolve(import.meta.dirname, '../..');

/** Of the registry's packages `node-linux-ARCH`, which npm chooses at installation and the lock therefore does not know. */
const INTEGRITY: Readonly<Record<string, string>> = {
  'arm64 26.10.0': 'sha512-idArV/cmqW9M9ODyGlbOIiyxFourDh1mJB0SdKCdMbSZjjef9CLEN3o1/eE4yf+B0+5BD+F74MpTTHiB3XXTBQ==',
  'x64 26.10.0': 'sha512-OmAztarr1gK4PD+sNyoku4N5Q40d8eqMuLjNa/zRvxF33aCsVKVIQLs4V5HYPWSWWlMiTdkmbZE/6Phigma0hw==',
};

export interface NodeBinary {
  readonly program: string;
  readonly licence: string;
}

/** Node for a kind of processor, of the version that this project is pinned to. */
export function nodeBinary({ node }: Architecture, places: Places): NodeBinary {
  const { dependencies } = JSON.parse(readFileSync(`${ROOT}/package.json`, 'utf8')) as {
    dependencies: { node: string };
  };
  const version = dependencies.node;
  const integrity = INTEGRITY[`${node} ${version}`];
  if (integrity === undefined) {
    const name = `node-linux-${node}@${version}`;
    throw new Error(`scripts/package/node-binary.ts has no checksum of ${name}: npm view ${name} dist.integrity`);
  }
  const folder = registryPackage({ name: `node-linux-${node}`, version, integrity }, places);
  return { program: join(folder, 'bin/node'), licence: join(folder, 'LICENSE') };
}
