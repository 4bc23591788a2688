import { stat } from 'node:fs/promises';

/**
 * Does work on a folder as the one it belongs to: files that the administrator made in it the appliance could not open again, and links
 * that the appliance has laid in it lead the administrator nowhere; as the service itself, it makes them for nobody else to read. For
 * everybody else it is the same.
 */
export async function asOwnerOf<T>(folder: string, work: () => Promise<T>): Promise<T> {
  const { seteuid, setegid, geteuid } = process;
  const owner = await stat(folder).catch(() => null);
  if (!seteuid || !setegid || geteuid?.() !== 0 || owner === null) return work();
  const { uid, gid } = owner;
  const mask = process.umask(0o077);
  setegid(gid);
  seteuid(uid);
  try {
    return await work();
  } finally {
    seteuid(0);
    setegid(0);
    process.umask(mask);
  }
}
