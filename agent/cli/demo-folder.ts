import { join } from 'node:path';

const BOOK = 'exchange.jsonl';

const REASONS: Readonly<Record<string, string>> = {
  EACCES: 'writing is not allowed there',
  EPERM: 'writing is not allowed there',
  EROFS: 'the disk is read-only',
  ENOSPC: 'the disk is full',
  EEXIST: 'it is a file, not a folder',
  ENOTDIR: 'a part of the path is a file, not a folder',
};

/** Makes or writes something in the folder. Throws an Error with code DEMO_FOLDER when nothing can be kept there. */
export async function inFolder(folder: string, work: () => Promise<void>): Promise<void> {
  try {
    await work();
  } catch (cause) {
    const { code = '', message } = cause as NodeJS.ErrnoException;
    const text = `the demo cannot keep its data in ${folder}: ${REASONS[code] ?? message}`;
    throw Object.assign(new Error(text, { cause }), { code: 'DEMO_FOLDER' });
  }
}

/** A day that was interrupted can only go on with its book. */
export function continued<T>(folder: string, open: () => T): T {
  try {
    return open();
  } catch (cause) {
    const { code, message } = cause as Error & { code?: unknown };
    if (typeof code !== 'string' || !code.startsWith('BOOK_')) throw cause;
    const text = `the day kept in ${join(folder, BOOK)} cannot be continued (${message}); --fresh begins a new day`;
    throw Object.assign(new Error(text, { cause }), { code });
  }
}
