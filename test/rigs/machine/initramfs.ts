import { closeSync, openSync, readFileSync, writeSync } from 'node:fs';
import { dirname } from 'node:path';

/** A file in the machine's memory: a copy of one of ours, a text, or a link to another place in there. */
export type Entry = { readonly path: string; readonly mode?: number } & (
  | { readonly from: string }
  | { readonly text: string }
  | { readonly link: string }
);

const KIND = { folder: 0o040_000, file: 0o100_000, link: 0o120_000 } as const;
const HEADER_BYTES = 110;

/** The root of a machine that has no disk, as the kernel unpacks it: cpio in its "newc" form, not compressed. Paths begin with /. */
export function writeInitramfs(file: string, entries: readonly Entry[]): void {
  const out = openSync(file, 'w');
  let inode = 0;
  const put = (path: string, mode: number, body: Buffer): void => {
    inode += 1;
    const name = Buffer.from(`${path}\0`);
    const fields = [inode, mode, 0, 0, 1, 0, body.length, 0, 0, 0, 0, name.length, 0];
    const header = Buffer.from(`070701${fields.map((field) => field.toString(16).padStart(8, '0')).join('')}`);
    for (const part of [header, name, padding(HEADER_BYTES + name.length), body, padding(body.length)])
      writeSync(out, part);
  };
  for (const folder of foldersOf(entries)) put(folder.slice(1), KIND.folder | 0o755, Buffer.alloc(0));
  for (const entry of entries) {
    if ('link' in entry) put(entry.path.slice(1), KIND.link | 0o777, Buffer.from(entry.link));
    else {
      const body = 'from' in entry ? readFileSync(entry.from) : Buffer.from(entry.text);
      put(entry.path.slice(1), KIND.file | (entry.mode ?? 0o755), body);
    }
  }
  put('TRAILER!!!', 0, Buffer.alloc(0));
  closeSync(out);
}

function foldersOf(entries: readonly Entry[]): string[] {
  const folders = new Set<string>();
  for (const { path } of entries) {
    for (let folder = dirname(path); folder !== '/'; folder = dirname(folder)) folders.add(folder);
  }
  return [...folders].sort();
}

function padding(length: number): Buffer {
  return Buffer.alloc((4 - (length % 4)) % 4);
}
