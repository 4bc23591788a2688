import { spawnSync } from 'node:child_process';
import { existsSync, mkdirSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { crc32 } from 'node:zlib';
import { openDatabase, SCHEMA_KEY } from '../../../agent/edges/store/level/open-database.ts';
import { Journal } from '../../../agent/guard/journal.ts';
import { Latch, type LatchRecord } from '../../../agent/guard/latch.ts';
import type { Records } from './write-ledger.ts';

const MOST_BYTES = 1 << 24;

/** What lies on a disk whose power was cut, before anything of ours has touched it. */
export interface Found {
  /** `null` = there is no store yet. */
  readonly records: Records | null;
  /** Why the store did not open. */
  readonly closed: string | null;
  readonly latch: LatchRecord;
  /** By the guard's journal, of its day. */
  readonly ordersCounted: number;
  /** Where its files are, until the next look. */
  readonly folder: string;
}

/** Whatever the kernel does at its next mount is done on a copy: the journal is played, and then all must be in order. */
export async function lookAt(medium: Buffer, scratch: string): Promise<Found> {
  const [image, folder] = [join(scratch, 'look.img'), join(scratch, 'look')];
  rmSync(folder, { recursive: true, force: true });
  mkdirSync(folder, { recursive: true });
  writeFileSync(image, medium);
  run('e2fsck', ['-E', 'journal_only', '-p', image], [0, 1]);
  run('e2fsck', ['-f', '-p', image], [0, 1]);
  run('debugfs', ['-R', `rdump / ${folder}`, image], [0]);
  const journal = new Journal(join(folder, 'guard/journal.jsonl'), MOST_BYTES);
  await journal.open();
  await journal.close();
  const store = await recordsIn(join(folder, 'store'));
  return {
    ...store,
    latch: new Latch(join(folder, 'guard')).record,
    ordersCounted: journal.today.orders,
    folder,
  };
}

async function recordsIn(path: string): Promise<Pick<Found, 'records' | 'closed'>> {
  if (!existsSync(path)) return { records: null, closed: null };
  try {
    const database = await openDatabase(path);
    const records = new Map<string, number>();
    try {
      for await (const [key, text] of database.iterator()) {
        if (key !== SCHEMA_KEY && !key.startsWith('chains/')) records.set(key, crc32(text));
      }
    } finally {
      await database.close();
    }
    return { records, closed: null };
  } catch (error) {
    return { records: new Map(), closed: `${(error as Error).message} There are ${readdirSync(path).join(', ')}` };
  }
}

function run(program: string, args: readonly string[], good: readonly number[]): void {
  const { status, stdout, stderr } = spawnSync(program, args, { encoding: 'utf8' });
  if (status === null || !good.includes(status)) throw new Error(`${program} ended with ${status}: ${stdout}${stderr}`);
}
