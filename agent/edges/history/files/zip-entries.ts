import { readFile } from 'node:fs/promises';
import { constants, crc32, inflateRawSync } from 'node:zlib';
import { type Entry, fromBuffer, type ZipFile } from 'yauzl';
import type { Tally } from './tally.ts';

export interface ZipEntry {
  readonly name: string;
  readonly bytes: Buffer;
  /** False when the archive breaks off in it: its last row may be half a row. */
  readonly whole: boolean;
}

const LOCAL = 0x04_03_4b_50;
const LOCAL_BYTES = 30;
const STORED = 0;
const DEFLATED = 8;
const ENCRYPTED = 1;
/** An archive of text that unpacks to more than this per packed byte is a trap. */
const MOST_UNPACKED = 512 * 1024 * 1024;

/**
 * The files of a zip, in its order. Of an archive that breaks off, whose directory at the end is therefore missing, those that
 * come before the break and the beginning of the one it lies in; the tally says so.
 */
export async function* zipEntries(path: string, tally: Tally): AsyncGenerator<ZipEntry> {
  let archive: Buffer;
  try {
    archive = await readFile(path);
  } catch (error) {
    tally.fail(`cannot be read (${(error as Error).message})`);
    return;
  }
  if (archive.length === 0) {
    tally.fail('empty: not even the end of an archive');
    return;
  }
  const directory = await directoryOf(archive);
  if (directory === null) {
    tally.fail('zip breaks off; what came before was read');
    yield* withoutDirectory(archive);
    return;
  }
  for (const entry of directory) {
    const found = entryAt(archive, entry.relativeOffsetOfLocalHeader, entry.compressedSize);
    if (found === null || crc32(found.bytes) !== entry.crc32) {
      tally.fail(`damaged zip at ${entry.fileName}; the rest was read`);
    } else yield { name: entry.fileName, bytes: found.bytes, whole: true };
  }
}

function directoryOf(archive: Buffer): Promise<Entry[] | null> {
  return new Promise((resolve) => {
    fromBuffer(archive, { lazyEntries: false }, (error: Error | null, zip?: ZipFile) => {
      if (error !== null || zip === undefined) return resolve(null);
      const entries: Entry[] = [];
      zip.on('entry', (entry: Entry) => entries.push(entry));
      zip.on('error', () => resolve(null));
      zip.on('end', () => resolve(entries.filter(({ fileName }) => !fileName.endsWith('/'))));
    });
  });
}

function* withoutDirectory(archive: Buffer): Generator<ZipEntry> {
  for (let at = 0; ; ) {
    const found = entryAt(archive, at, null);
    if (found === null) return;
    if (!found.name.endsWith('/')) yield found;
    at = found.next;
  }
}

/** The file whose header stands here; `size` = packed bytes, `null` = as the header says or as far as they go. */
function entryAt(archive: Buffer, at: number, size: number | null): (ZipEntry & { readonly next: number }) | null {
  if (at + LOCAL_BYTES > archive.length || archive.readUInt32LE(at) !== LOCAL) return null;
  const method = archive.readUInt16LE(at + 8);
  const start = at + LOCAL_BYTES + archive.readUInt16LE(at + 26) + archive.readUInt16LE(at + 28);
  const known = size ?? (archive.readUInt32LE(at + 18) || null);
  const encrypted = (archive.readUInt16LE(at + 6) & ENCRYPTED) !== 0;
  if (start > archive.length || encrypted || (method !== STORED && method !== DEFLATED)) return null;
  const name = archive.toString('latin1', at + LOCAL_BYTES, at + LOCAL_BYTES + archive.readUInt16LE(at + 26));
  const packed = archive.subarray(start, known === null ? undefined : start + known);
  const ends = known !== null && start + known <= archive.length;
  if (method === STORED) return { name, bytes: packed, whole: ends, next: start + (known ?? packed.length) };
  try {
    const options = { finishFlush: constants.Z_SYNC_FLUSH, info: true, maxOutputLength: MOST_UNPACKED } as const;
    const { buffer, engine } = inflateRawSync(packed, options) as unknown as {
      buffer: Buffer;
      engine: { bytesWritten: number };
    };
    const next = start + (known ?? engine.bytesWritten);
    return { name, bytes: buffer, whole: ends || next < archive.length, next };
  } catch {
    return null;
  }
}
