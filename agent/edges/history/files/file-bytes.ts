import { createReadStream } from 'node:fs';
import { constants, createGunzip } from 'node:zlib';
import type { Tally } from './tally.ts';

const CHUNK = 256 * 1024;
const MAGIC = 0x8b1f;
const TRAILER = 8;

/**
 * The bytes of a file, unpacked when it is a gzip; each piece is good until the next is asked for. A file that breaks off or is damaged ends where it does: the tally says so,
 * and nothing is thrown.
 */
export async function* fileBytes(path: string, tally: Tally, onRead: (bytes: number) => void): AsyncGenerator<Buffer> {
  try {
    const file = createReadStream(path, { highWaterMark: CHUNK });
    const first = await firstChunk(file);
    if (first.length >= 2 && first.readUInt16LE(0) === MAGIC) yield* unpacked(path, tally, onRead);
    else yield* plain(path, onRead);
  } catch (error) {
    tally.fail(`cannot be read (${(error as Error).message})`);
  }
}

async function firstChunk(file: AsyncIterable<Buffer>): Promise<Buffer> {
  for await (const chunk of file) return chunk;
  return Buffer.alloc(0);
}

async function* plain(path: string, onRead: (bytes: number) => void): AsyncGenerator<Buffer> {
  for await (const chunk of createReadStream(path, { highWaterMark: CHUNK })) {
    onRead((chunk as Buffer).length);
    yield chunk as Buffer;
  }
}

/**
 * The library throws away what it has unpacked when a file breaks off; told to flush at the end it does not, but then says
 * nothing of the break. So the length at the file's end is compared with what came out; the sum before it is the library's.
 */
async function* unpacked(path: string, tally: Tally, onRead: (bytes: number) => void): AsyncGenerator<Buffer> {
  let length = 0;
  let tail = Buffer.alloc(0);
  const file = createReadStream(path, { highWaterMark: CHUNK });
  file.on('data', (chunk) => {
    onRead(chunk.length);
    tail = Buffer.concat([tail, (chunk as Buffer).subarray(-TRAILER)]).subarray(-TRAILER);
  });
  const gunzip = createGunzip({ chunkSize: CHUNK, finishFlush: constants.Z_SYNC_FLUSH });
  file.on('error', (error) => gunzip.destroy(error));
  file.pipe(gunzip);
  try {
    for await (const chunk of gunzip) {
      length += (chunk as Buffer).length;
      yield chunk as Buffer;
      release(chunk as Buffer);
    }
  } catch (error) {
    tally.fail(`damaged gzip (${(error as Error).message}); what came before was read`);
    return;
  } finally {
    file.destroy();
  }
  const ends = tail.length === TRAILER && tail.readUInt32LE(TRAILER - 4) === length >>> 0;
  if (!ends && !(await isWhole(path))) tally.fail('gzip breaks off; what came before was read');
}

/**
 * Gives the memory of what was unpacked back at once, rather than have it collected: a file has gigabytes of it. Only where
 * the library is done with it, having filled it to its end.
 */
function release({ buffer, byteOffset, length }: Buffer): void {
  if (buffer.byteLength === CHUNK && byteOffset + length === CHUNK) (buffer as ArrayBuffer).transfer(0);
}

/** A file of several gzips in a row has a sum for each: only unpacking it once more, strictly, tells. */
async function isWhole(path: string): Promise<boolean> {
  const gunzip = createReadStream(path).pipe(createGunzip());
  try {
    for await (const chunk of gunzip) if (chunk === null) break;
    return true;
  } catch {
    return false;
  }
}
