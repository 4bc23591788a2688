import { randomBytes } from 'node:crypto';
import { mkdir, readFile, writeFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';

/** The page's token, made at the first start and kept beside the store, so that it stays the same over restarts. */
export async function pageToken(storePath: string): Promise<string> {
  const path = tokenPath(storePath);
  try {
    const kept = (await readFile(path, 'utf8')).trim();
    if (kept !== '') return kept;
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== 'ENOENT') throw error;
  }
  const token = randomBytes(12).toString('base64url');
  await mkdir(dirname(path), { recursive: true });
  await writeFile(path, `${token}\n`, { mode: 0o600 });
  return token;
}

export function tokenPath(storePath: string): string {
  return join(dirname(storePath), 'page-token');
}
