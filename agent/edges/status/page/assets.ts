import { createHash } from 'node:crypto';
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

const STYLES = ['base.css', 'front.css', 'panels.css', 'small.css'];

/** Reads and packs the files of the page once, at start. */
export async function loadAssets(folder: URL): Promise<Assets> {
  const read = (name: string): Promise<string> => readFile(new URL(name, folder), 'utf8');
  const [styles, script, icon] = await Promise.all([Promise.all(STYLES.map(read)), read('live.js'), read('icon.svg')]);
  const [css, js, svg] = await Promise.all([
    pack('text/css; charset=utf-8', styles.join('')),
    pack('text/javascript; charset=utf-8', `const ageText = ${ageText};\n${script}`),
    pack('image/svg+xml', icon),
  ]);
  return { 'page.css': css, 'live.js': js, 'icon.svg': svg };
}

async function pack(type: string, text: string): Promise<Asset> {
  const body = Buffer.from(text);
  const version = createHash('sha256').update(body).digest('base64url').slice(0, 10);
  return { type, body, gzipped: await compress(body, { level: 9 }), version };
}
