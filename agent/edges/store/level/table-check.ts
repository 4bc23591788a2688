import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { crc32c } from './crc32c.ts';
import type { Database } from './open-database.ts';
import { snappyBytes } from './snappy.ts';

interface Handle {
  readonly offset: number;
  readonly size: number;
}

const FOOTER = 48;
const MAGIC = Buffer.from('57fb808b247547db', 'hex');
/** Type of a block and its checksum follow it. */
const TRAILER = 5;
const SNAPPY = 1;
const MASK = 0xa282ead8;

/**
 * Why a table of the database is not as it was written, or `null`. The library itself looks at no checksum when it reads, and a block of
 * zeros is to it a block without records: what a dying card loses would be missing without a word.
 * Source: LevelDB, doc/table_format.md.
 */
export async function damagedTable(database: Database, path: string): Promise<string | null> {
  // The library's type is that of what runs in a browser as well, which has no tables.
  const live = (database as unknown as { getProperty(name: string): string }).getProperty('leveldb.sstables');
  for (const [, number = ''] of live.matchAll(/^ (\d+):\d+\[/gm)) {
    const name = `${number.padStart(6, '0')}.ldb`;
    const bytes = await readFile(join(path, name)).catch((error: NodeJS.ErrnoException) => {
      // What was in it is in another one meanwhile.
      if (error.code === 'ENOENT') return null;
      throw error;
    });
    const found = bytes === null ? null : damageOf(bytes);
    if (found !== null) return `${found} in ${name}`;
  }
  return null;
}

export function damageOf(table: Buffer): string | null {
  const footer = table.subarray(-FOOTER);
  if (footer.length < FOOTER || !footer.subarray(-MAGIC.length).equals(MAGIC)) return 'the end is missing';
  try {
    const blocks = blocksOf(table);
    const broken = blocks.findIndex((block) => !isWhole(table, block));
    return broken < 0 ? null : `block ${broken + 1} of ${blocks.length} is damaged`;
  } catch (error) {
    if (error instanceof RangeError) return 'the index is damaged';
    throw error;
  }
}

/** Records first, then what helps to find them. Throws a RangeError when an index cannot be read. */
export function blocksOf(table: Buffer): Handle[] {
  const footer = table.subarray(-FOOTER);
  const [meta, next] = readHandle(footer, 0);
  const [index] = readHandle(footer, next);
  const indexes = [index, meta];
  if (!indexes.every((block) => isWhole(table, block))) throw new RangeError('an index is damaged');
  return indexes.flatMap((block) => handlesIn(contentOf(table, block)));
}

function isWhole(table: Buffer, { offset, size }: Handle): boolean {
  if (offset + size + TRAILER > table.length) return false;
  const masked = table.readUInt32LE(offset + size + 1);
  const rotated = (masked - MASK) >>> 0;
  const stored = ((rotated >>> 17) | (rotated << 15)) >>> 0;
  return crc32c(table, offset, offset + size + 1) === stored;
}

function contentOf(table: Buffer, { offset, size }: Handle): Buffer {
  const content = table.subarray(offset, offset + size);
  return table[offset + size] === SNAPPY ? snappyBytes(content) : content;
}

/** Where the blocks are that an index leads to. */
function handlesIn(index: Buffer): Handle[] {
  const restarts = index.readUInt32LE(index.length - 4);
  const end = index.length - 4 - 4 * restarts;
  const handles: Handle[] = [];
  for (let at = 0; at < end; ) {
    const [, afterShared] = readNumber(index, at);
    const [own, afterOwn] = readNumber(index, afterShared);
    const [valueLength, start] = readNumber(index, afterOwn);
    handles.push(readHandle(index, start + own)[0]);
    at = start + own + valueLength;
  }
  return handles;
}

function readHandle(bytes: Buffer, at: number): [Handle, next: number] {
  const [offset, afterOffset] = readNumber(bytes, at);
  const [size, next] = readNumber(bytes, afterOffset);
  return [{ offset, size }, next];
}

/** Seven bits a byte, the lowest first. Throws a RangeError at the end of the bytes. */
function readNumber(bytes: Buffer, at: number): [value: number, next: number] {
  let value = 0;
  for (let place = 1; ; place *= 128, at += 1) {
    const byte = bytes.readUInt8(at);
    value += (byte & 127) * place;
    if (byte < 128) return [value, at + 1];
  }
}
