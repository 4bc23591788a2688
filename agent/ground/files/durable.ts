import { open, rename } from 'node:fs/promises';
import { join } from 'node:path';

/**
 * Resolves when the file, new or replaced, would survive a power cut; rejects with the system's error. A reader, or a crash,
 * meets the old text or the new one, never a part.
 */
export async function storeDurably(folder: string, name: string, text: string): Promise<void> {
  const path = join(folder, name);
  const temporary = `${path}.new`;
  await synced(temporary, 'w', text);
  await rename(temporary, path);
  await syncFolder(folder);
}

/** What was made, renamed or removed in a folder is on disk when the folder is. */
export async function syncFolder(folder: string): Promise<void> {
  await synced(folder, 'r', '');
}

async function synced(path: string, mode: 'w' | 'r', text: string): Promise<void> {
  const file = await open(path, mode, 0o644);
  try {
    if (text !== '') await file.writeFile(text);
    await file.sync();
  } finally {
    await file.close();
  }
}
