import { randomBytes, timingSafeEqual } from 'node:crypto';
import { pipeline, Readable, type Transform } from 'node:stream';
import { constants, createZstdCompress, createZstdDecompress } from 'node:zlib';
import { ArchiveError, damagedArchive } from './archive-error.ts';
import { ByteReader } from './byte-reader.ts';
import { type Entry, entryBytes, readEntries } from './entries.ts';
import { type ArchiveHeader, headerBytes, readHeader } from './header.ts';
import { headerSeal, keysOf, SCRYPT } from './keys.ts';
import { seal, unseal } from './sealing.ts';

export type ArchiveAbout = Pick<ArchiveHeader, 'madeAt' | 'records'>;

export interface OpenArchive {
  readonly header: ArchiveHeader;
  /** To be gone through once, to its end: only there it is proven to be whole. */
  readonly entries: AsyncGenerator<Entry>;
}

const SALT_BYTES = 32;
const SEAL_BYTES = 32;

/**
 * A back-up as it lies on a disk: header, its seal, and entries that are compressed, then sealed piece by piece. With a passphrase nobody
 * can read it without; with `null` it is only held against damage.
 */
export async function* archive(
  entries: AsyncIterable<Entry>,
  about: ArchiveAbout,
  passphrase: string | null,
): AsyncGenerator<Buffer> {
  const salt = randomBytes(SALT_BYTES).toString('hex');
  const header: ArchiveHeader = { version: 1, ...about, lock: passphrase === null ? { kind: 'none' } : SCRYPT, salt };
  const keys = await keysOf(header, passphrase);
  const raw = headerBytes(header);
  const bound = headerSeal(keys, raw);
  yield Buffer.concat([raw, bound]);
  const level = { params: { [constants.ZSTD_c_compressionLevel]: 3 } };
  yield* seal(through(entryBytes(entries), createZstdCompress(level)), { key: keys.chunks, bound });
}

/** The header alone, which anybody can read: whether a passphrase is needed, and how old it is. */
export async function archiveHeader(bytes: AsyncIterable<Buffer>): Promise<ArchiveHeader> {
  const reader = new ByteReader(bytes);
  const { header } = await readHeader(reader);
  await reader.end();
  return header;
}

/** Throws an `ArchiveError`: at once for a wrong passphrase, while its entries are read for anything else. */
export async function openArchive(bytes: AsyncIterable<Buffer>, passphrase: string | null): Promise<OpenArchive> {
  const reader = new ByteReader(bytes);
  try {
    const { header, raw } = await readHeader(reader);
    const keys = await keysOf(header, passphrase);
    const bound = await reader.take(SEAL_BYTES);
    if (bound.length < SEAL_BYTES) throw damagedArchive('it ends too early');
    if (!timingSafeEqual(bound, headerSeal(keys, raw))) throw wrongKey(header);
    const clear = through(unseal(reader, { key: keys.chunks, bound }), createZstdDecompress());
    return { header, entries: readEntries(new ByteReader(clear)) };
  } catch (error) {
    await reader.end();
    throw error;
  }
}

function wrongKey({ lock }: ArchiveHeader): ArchiveError {
  if (lock.kind === 'none') return damagedArchive('its beginning was changed');
  return new ArchiveError('passphrase', 'The passphrase is wrong, or the beginning of the back-up was changed.');
}

async function* through(source: AsyncGenerator<Buffer>, transform: Transform): AsyncGenerator<Buffer> {
  // Its error comes out of the transform, which it ends.
  pipeline(Readable.from(source, { objectMode: false }), transform, () => undefined);
  for await (const bytes of transform) yield bytes as Buffer;
}
