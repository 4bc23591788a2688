import { mkdir, readFile, rename, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';

/** Where a running appliance can be asked, for commands on the same machine. Only its owner may read it. */
export interface Announcement {
  readonly pid: number;
  readonly run: 'demo' | 'paper' | 'live';
  readonly page: string;
  readonly token: string;
  /** Configuration of the guard it has started; `null` = the guard is a service of its own. */
  readonly guard: string | null;
}

const NAME = 'appliance.json';

export async function announce(folder: string, announcement: Announcement): Promise<void> {
  const path = join(folder, NAME);
  await mkdir(folder, { recursive: true });
  await rm(`${path}.new`, { force: true });
  await writeFile(`${path}.new`, `${JSON.stringify(announcement)}\n`, { mode: 0o600 });
  await rename(`${path}.new`, path);
}

/** Takes back what this process has announced, and nothing else. */
export async function withdraw(folder: string, pid: number): Promise<void> {
  const found = await read(folder);
  if (found?.pid === pid) await rm(join(folder, NAME), { force: true });
}

/** Of an appliance that runs: one that was killed has left a file with the number of a process that is gone. */
export async function announced(folder: string): Promise<Announcement | null> {
  const found = await read(folder);
  return found !== null && isAlive(found.pid) ? found : null;
}

async function read(folder: string): Promise<Announcement | null> {
  try {
    const found = JSON.parse(await readFile(join(folder, NAME), 'utf8')) as Partial<Announcement> | null;
    const { pid, page, token } = found ?? {};
    const whole = Number.isSafeInteger(pid) && typeof page === 'string' && typeof token === 'string';
    return whole ? (found as Announcement) : null;
  } catch {
    return null;
  }
}

function isAlive(pid: number): boolean {
  try {
    process.kill(pid, 0);
    return true;
  } catch (error) {
    return (error as NodeJS.ErrnoException).code === 'EPERM';
  }
}
