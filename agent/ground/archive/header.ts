import { ArchiveError, damagedArchive } from './archive-error.ts';
import type { ByteReader } from './byte-reader.ts';

/** How the key is made. `none` = sealed against damage only: anybody can read it. */
export type Lock =
  | { readonly kind: 'none' }
  | { readonly kind: 'scrypt'; readonly N: number; readonly r: number; readonly p: number };

export interface ArchiveHeader {
  /** Of the file's form. */
  readonly version: 1;
  /** ISO 8601. */
  readonly madeAt: string;
  /** Form of the records: the schema of the store. */
  readonly records: number;
  readonly lock: Lock;
  /** 32 bytes as hexadecimal, drawn for each archive. */
  readonly salt: string;
}

const MAGIC = Buffer.from('wheelhouse back-up\n');
const LONGEST = 4096;
/** What a file may ask of us before anything in it is known to be true: 256 MiB and some seconds. */
const MOST = { N: 1 << 18, r: 8, p: 8 };
const HEX_SALT = /^[0-9a-f]{64}$/;

/** Magic, length, JSON. */
export function headerBytes(header: ArchiveHeader): Buffer {
  const text = Buffer.from(JSON.stringify(header));
  const length = Buffer.alloc(4);
  length.writeUInt32LE(text.length);
  return Buffer.concat([MAGIC, length, text]);
}

/** Throws an `ArchiveError` on anything that is no header of ours. The bytes are what the seal is computed over. */
export async function readHeader(bytes: ByteReader): Promise<{ readonly header: ArchiveHeader; readonly raw: Buffer }> {
  const start = await bytes.take(MAGIC.length + 4);
  if (!start.subarray(0, MAGIC.length).equals(MAGIC)) {
    throw new ArchiveError('foreign', 'The file is no back-up of Wheelhouse.');
  }
  const length = start.length < MAGIC.length + 4 ? 0 : start.readUInt32LE(MAGIC.length);
  const text = length > LONGEST ? Buffer.alloc(0) : await bytes.take(length);
  if (length === 0 || text.length < length) throw damagedArchive('its beginning cannot be read');
  return { header: parsed(text), raw: Buffer.concat([start, text]) };
}

function parsed(text: Buffer): ArchiveHeader {
  let found: Partial<Record<keyof ArchiveHeader, unknown>>;
  try {
    found = JSON.parse(text.toString('utf8')) as typeof found;
  } catch (error) {
    throw damagedArchive('its beginning cannot be read', error);
  }
  const { version, madeAt, records, lock, salt } = found;
  if (Number.isInteger(version) && (version as number) > 1) {
    throw new ArchiveError('newer', `The back-up has form ${version}: a newer program made it.`);
  }
  const whole = version === 1 && typeof madeAt === 'string' && Number.isInteger(records);
  if (!whole || typeof salt !== 'string' || !HEX_SALT.test(salt)) throw damagedArchive('its beginning is not whole');
  return { version: 1, madeAt, records: records as number, lock: checkedLock(lock), salt };
}

function checkedLock(value: unknown): Lock {
  const { kind, N, r, p } = (value ?? {}) as { kind?: unknown; N?: unknown; r?: unknown; p?: unknown };
  if (kind === 'none') return { kind };
  const within = (given: unknown, most: number): given is number =>
    Number.isInteger(given) && (given as number) >= 1 && (given as number) <= most;
  const sound = within(N, MOST.N) && (N & (N - 1)) === 0 && N > 1 && within(r, MOST.r) && within(p, MOST.p);
  if (kind === 'scrypt' && sound) return { kind, N, r: r as number, p: p as number };
  throw damagedArchive('how it is locked is not known');
}
