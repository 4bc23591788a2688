import { basename } from 'node:path';
import type { StatusSnapshot } from '../edges/status/snapshot.ts';
import type { Box } from './box.ts';
import { AS_ROOT } from './chip.ts';
import { type Finding, failed, ok, together, warning } from './finding.ts';
import type { PageWord } from './page.ts';

export interface StoreFacts {
  readonly path: string;
  /** Process of the agent that runs here, as it has told of itself. */
  readonly agent: number | null;
  /** What the running agent shows. */
  readonly word: Promise<PageWord>;
  /** Opens a look-alike of it and answers the version of its form. Throws an Error with a code that begins with STORE_. */
  readonly look: (path: string) => Promise<number>;
}

const MENDED = 'sudo systemctl start wheelhouse-agent, which mends a damaged store on a copy and begins halted';

/** The books. They belong to one process at a time, so what runs is left alone, and what does not is looked at in a copy. */
export async function lookAtStore(box: Box, { path, agent, word, look }: StoreFacts): Promise<Finding> {
  const folder = await box.stat(path);
  if (folder === null) {
    const parent = await box.stat(path.slice(0, path.lastIndexOf('/')) || '/');
    if (parent === null || agent === null) return ok(`${path} is not there yet: the first start makes it`);
    return failed(`${path} is gone, although the agent runs`, 'sudo systemctl restart wheelhouse-agent');
  }
  const holder = await lockHolder(box, path);
  if (holder !== null) {
    const whose = holder === agent ? 'the agent' : await nameOf(box, holder);
    return together([ok(`${path} is open in ${whose} (process ${holder})`), ...aboutDisk((await word).snapshot)]);
  }
  try {
    return ok(`${path} opens, version ${await look(box.at(path))}`);
  } catch (error) {
    return refused(error, await lockHolder(box, path));
  }
}

function aboutDisk(snapshot: StatusSnapshot | null): Finding[] {
  const { failure = null, written = null, guardWritten = null } = snapshot?.disk ?? {};
  if (failure !== null)
    return [failed(failure, 'see the line Disk; when that is mended: sudo systemctl restart wheelhouse-agent')];
  if (written === null) return [];
  return [ok(`${((written + (guardWritten ?? 0)) / 1e6).toFixed(1)} MB written today`)];
}

function refused(error: unknown, holder: number | null): Finding {
  const { code, message } = error as NodeJS.ErrnoException;
  if (holder !== null) return ok('it has just been opened by the agent');
  if (code === 'EACCES' || code === 'EPERM') return warning(`no permission for the store (${code})`, AS_ROOT);
  if (code === 'STORE_NEWER') return failed(message, 'sudo apt-get install wheelhouse, or the newer package at hand');
  return failed(message, `${MENDED}; or put a back-up in its place: sudo wheelhouse restore FILE`);
}

/** By the kernel's list of locks, so that nothing is touched: whoever opened the store would keep the agent from starting. */
async function lockHolder(box: Box, path: string): Promise<number | null> {
  const lock = await box.stat(`${path}/LOCK`);
  const list = await box.text('/proc/locks');
  if (lock === null || list === null) return null;
  for (const line of list.split('\n')) {
    const [, pid, inode] = /^\d+: \w+ +\w+ +WRITE (\d+) \S+:\S+:(\d+) /.exec(line) ?? [];
    if (inode === String(lock.ino) && pid !== undefined) return Number(pid);
  }
  return null;
}

async function nameOf(box: Box, pid: number): Promise<string> {
  const words = (await box.text(`/proc/${pid}/cmdline`))?.split('\0') ?? [];
  return words.length === 0
    ? 'another program'
    : words
        .map((word) => basename(word))
        .slice(0, 3)
        .join(' ');
}
