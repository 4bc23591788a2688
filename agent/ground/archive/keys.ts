import { createHash, createHmac, scrypt } from 'node:crypto';
import { ArchiveError } from './archive-error.ts';
import type { ArchiveHeader, Lock } from './header.ts';

export interface Keys {
  /** Of AES-256-GCM. */
  readonly chunks: Buffer;
  /** Of the header's seal. */
  readonly header: Buffer;
}

/** As OWASP's password storage cheat sheet has it, in the row with 64 MiB: a Zero 2 W has 512. */
export const SCRYPT: Lock = { kind: 'scrypt', N: 1 << 16, r: 8, p: 2 };
const KEY_BYTES = 32;

/** Throws an `ArchiveError` when it is locked and there is no passphrase. */
export async function keysOf({ lock, salt }: ArchiveHeader, passphrase: string | null): Promise<Keys> {
  const seed = Buffer.from(salt, 'hex');
  if (lock.kind === 'none') return split(createHash('sha512').update('not locked').update(seed).digest());
  if (passphrase === null) throw new ArchiveError('passphrase', 'The back-up is locked: its passphrase is needed.');
  const { N, r, p } = lock;
  const maxmem = 128 * r * (N + p + 2);
  const both = await new Promise<Buffer>((resolve, reject) => {
    scrypt(passphrase.normalize('NFC'), seed, 2 * KEY_BYTES, { N, r, p, maxmem }, (error, key) => {
      if (error) reject(error);
      else resolve(key);
    });
  });
  return split(both);
}

export function headerSeal(keys: Keys, raw: Buffer): Buffer {
  return createHmac('sha256', keys.header).update(raw).digest();
}

function split(both: Buffer): Keys {
  return { chunks: both.subarray(0, KEY_BYTES), header: both.subarray(KEY_BYTES) };
}
