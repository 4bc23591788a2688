import { readFile } from 'node:fs/promises';

/** What systemd/look-for-update has left behind. */
const FILE = '/run/wheelhouse-update/update.json';
const VERSION = /^[0-9A-Za-z.+:~-]{1,60}$/;

/** The version that the owner's apt source has beyond the one that is installed, or `null`. */
export async function newerVersion(file = FILE): Promise<string | null> {
  try {
    const { available, newer } = JSON.parse(await readFile(file, 'utf8')) as Record<string, unknown>;
    return newer === true && typeof available === 'string' && VERSION.test(available) ? available : null;
  } catch {
    return null;
  }
}
