import { createCipheriv, createDecipheriv } from 'node:crypto';
import { damagedArchive } from './archive-error.ts';
import type { ByteReader } from './byte-reader.ts';

/** Of clear text in each chunk but the last. */
const CHUNK = 1 << 16;
const TAG = 16;
const CIPHER = 'aes-256-gcm';

interface Seal {
  readonly key: Buffer;
  /** What every chunk is bound to: the seal of the header. */
  readonly bound: Buffer;
}

/**
 * Chunks of AES-256-GCM, each `length, cipher text, tag`. The nonce is the chunk's number and whether it is the last, so that none can
 * be left out, moved, repeated or cut off; a key is used for one archive only. Source: Hoang, Reyhanitabar, Rogaway, Vizár, Online
 * Authenticated-Encryption and its Nonce-Reuse Misuse-Resistance, 2015 (STREAM).
 */
export async function* seal(source: AsyncIterable<Buffer>, { key, bound }: Seal): AsyncGenerator<Buffer> {
  let waiting = Buffer.alloc(0);
  let number = 0;
  const sealed = (clear: Buffer, last: boolean): Buffer => {
    const cipher = createCipheriv(CIPHER, key, nonceOf(number, last)).setAAD(bound);
    number += 1;
    const length = Buffer.alloc(4);
    length.writeUInt32LE(clear.length);
    return Buffer.concat([length, cipher.update(clear), cipher.final(), cipher.getAuthTag()]);
  };
  for await (const bytes of source) {
    waiting = Buffer.concat([waiting, bytes]);
    // One is kept back: only at the end it is known which one is the last.
    while (waiting.length > CHUNK) {
      yield sealed(waiting.subarray(0, CHUNK), false);
      waiting = waiting.subarray(CHUNK);
    }
  }
  yield sealed(waiting, true);
}

/** Gives out nothing that was not proven. Throws an `ArchiveError` on everything that `seal` has not written. */
export async function* unseal(source: ByteReader, { key, bound }: Seal): AsyncGenerator<Buffer> {
  for (let number = 0; ; number += 1) {
    const head = await source.take(4);
    if (head.length < 4) throw damagedArchive('it ends too early');
    const length = head.readUInt32LE(0);
    if (length > CHUNK) throw damagedArchive(`part ${number + 1} cannot be read`);
    const body = await source.take(length + TAG);
    if (body.length < length + TAG) throw damagedArchive('it ends too early');
    const text = body.subarray(0, length);
    const tag = body.subarray(length);
    const whole = opened({ key, bound, number, last: false }, text, tag);
    if (whole !== null) {
      yield whole;
      continue;
    }
    const last = opened({ key, bound, number, last: true }, text, tag);
    if (last === null) throw damagedArchive(`part ${number + 1} cannot be read`);
    yield last;
    if ((await source.take(1)).length > 0) throw damagedArchive('something follows its end');
    return;
  }
}

interface Place extends Seal {
  readonly number: number;
  readonly last: boolean;
}

function opened({ key, bound, number, last }: Place, text: Buffer, tag: Buffer): Buffer | null {
  const decipher = createDecipheriv(CIPHER, key, nonceOf(number, last)).setAAD(bound).setAuthTag(tag);
  const clear = decipher.update(text);
  try {
    decipher.final();
    return clear;
  } catch {
    return null;
  }
}

function nonceOf(number: number, last: boolean): Buffer {
  const nonce = Buffer.alloc(12);
  nonce.writeUIntBE(number, 5, 6);
  nonce[11] = last ? 1 : 0;
  return nonce;
}
