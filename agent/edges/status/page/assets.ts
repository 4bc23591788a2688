import { createHash } from 'node:crypto';
import { existsSync } from 'node:fs';
import { readFile } from 'node:fs/promises';
import { promisify } from 'node:util';
import { gzip } from 'node:zlib';
import { ageText } from './format.ts';

export interface Asset {
  readonly type: string;
  readonly body: Buffer;
  readonly gzipped: Buffer;
  /** In the address, so that a browser may keep the file for ever and still gets the new one. */
  readonly version: string;
}

/** Served as `/ui/NAME`. */
export type Assets = Readonly<Record<'page.css' | 'live.js' | 'icon.svg', Asset>>;

const compress = promisify(gzip);

const TYPES: Readonly<Record<keyof Assets, string>> = {
  'page.css': 'text/css; charset=utf-8',
  'live.js': 'text/javascript; charset=utf-8',
  'icon.svg': 'image/svg+xml',
};
const STYLES = ['base.css', 'front.css', 'panels.css', 'small.css'];

/** The files of the page, packed. A bundle has them packed already; from the sources they are packed here, once. */
export async function loadAssets(folder: URL): Promise<Assets> {
  const packed = new URL('packed/', folder);
  if (!existsSync(packed)) return packAssets(folder);
  const load = async (name: keyof Assets): Promise<Asset> => {
    const [body, gzipped] = await Promise.all([
      readFile(new URL(name, packed)),
      readFile(new URL(`${name}.gz`, packed)),
    ]);
    return { type: TYPES[name], body, gzipped, version: versionOf(body) };
  };
  const [css, js, svg] = await Promise.all([load('page.css'), load('live.js'), load('icon.svg')]);
  return { 'page.css': css, 'live.js': js, 'icon.svg': svg };
}

/** Reads and packs the files of the page. */
async function packAssets(folder: URL): Promise<Assets> {
  const read = (name: string): Promise<string> => readFile(new URL(name, folder), 'utf8');
  const [styles, script, icon] = await Promise.all([Promise.all(STYLES.map(read)), read('live.js'), read('icon.svg')]);
  const [css, js, svg] = await Promise.all([
    pack('page.css', styles.join('')),
    pack('live.js', `const ageText = ${ageText};\n${script}`),
    pack('icon.svg', icon),
  ]);
  return { 'page.css': css, 'live.js': js, 'icon.svg': svg };
}

async function pack(name: keyof Assets, text: string): Promise<Asset> {
  const body = Buffer.from(text);
  return { type: TYPES[name], body, gzipped: await compress(body, { level: 9 }), version: versionOf(body) };
}

function versionOf(body: Buffer): string {
  return createHash('sha256').update(body).digest('base64url').slice(0, 10);
}
