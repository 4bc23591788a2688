import { type FileHandle, open } from 'node:fs/promises';

/** A file that is new and that only its owner may read. */
export function newFile(path: string): Promise<FileHandle> {
  return open(path, 'wx', 0o600);
}

/** Resolves with its size when all of it would survive a power cut, its name apart. */
export async function fillFile(file: FileHandle, bytes: AsyncIterable<Buffer>): Promise<number> {
  try {
    await file.writeFile(bytes);
    await file.sync();
    return (await file.stat()).size;
  } finally {
    await file.close();
  }
}
