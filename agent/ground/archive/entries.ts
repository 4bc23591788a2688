import { damagedArchive } from './archive-error.ts';
import type { ByteReader } from './byte-reader.ts';

/** A record of the store under its key, or a small file under its name. */
export interface Entry {
  readonly kind: 'record' | 'file';
  readonly name: string;
  readonly value: Buffer;
}

const KINDS = ['record', 'file'] as const;
const HEAD = 7;
/** Together at a time: small pieces would cost more than what is in them. */
const ROOM = 1 << 16;
const LONGEST_VALUE = 64 << 20;

export async function* entryBytes(entries: AsyncIterable<Entry>): AsyncGenerator<Buffer> {
  let parts: Buffer[] = [];
  let length = 0;
  for await (const { kind, name, value } of entries) {
    const key = Buffer.from(name);
    const head = Buffer.alloc(HEAD);
    head[0] = KINDS.indexOf(kind);
    head.writeUInt16LE(key.length, 1);
    head.writeUInt32LE(value.length, 3);
    parts.push(head, key, value);
    length += HEAD + key.length + value.length;
    if (length < ROOM) continue;
    yield Buffer.concat(parts);
    parts = [];
    length = 0;
  }
  yield Buffer.concat(parts);
}

export async function* readEntries(bytes: ByteReader): AsyncGenerator<Entry> {
  for (;;) {
    const head = await bytes.take(HEAD);
    if (head.length === 0) return;
    const kind = KINDS[head[0] as number];
    const valueLength = head.length < HEAD ? 0 : head.readUInt32LE(3);
    if (head.length < HEAD || kind === undefined || valueLength > LONGEST_VALUE) {
      throw damagedArchive('an entry in it cannot be read');
    }
    const keyLength = head.readUInt16LE(1);
    const body = await bytes.take(keyLength + valueLength);
    if (body.length < keyLength + valueLength) throw damagedArchive('its last entry is not whole');
    yield { kind, name: body.toString('utf8', 0, keyLength), value: Buffer.from(body.subarray(keyLength)) };
  }
}
