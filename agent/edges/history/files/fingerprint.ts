import { createHash } from 'node:crypto';
import { open, stat } from 'node:fs/promises';

const HEAD_BYTES = 64 * 1024;
/** Raised when a reader changes what it makes of a file, so that files are read again. */
const READERS = 1;

/** Changes when a file does: its size, when it was written last, and its first 64 KiB. */
export async function fingerprintOf(paths: readonly string[]): Promise<string> {
  const hash = createHash('sha256').update(`readers ${READERS}\n`);
  for (const path of paths) {
    const { size, mtimeMs } = await stat(path);
    hash.update(`${size} ${Math.floor(mtimeMs)}\n`);
    const file = await open(path);
    try {
      const { buffer, bytesRead } = await file.read(Buffer.alloc(HEAD_BYTES), 0, HEAD_BYTES, 0);
      hash.update(buffer.subarray(0, bytesRead));
    } finally {
      await file.close();
    }
  }
  return hash.digest('hex');
}
