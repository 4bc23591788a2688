import { createReadStream, existsSync, readFileSync, statSync } from 'node:fs';
import { readdir, rename, rm } from 'node:fs/promises';
import { basename, dirname, join, resolve } from 'node:path';
import { Command } from 'commander';
import { newYorkDate } from '../core/calendar/new-york.ts';
import { BACKUP_ENDING } from '../edges/store/backup.ts';
import { LevelStore } from '../edges/store/level/level-store.ts';
import { SETTINGS_FILES } from '../edges/store/level/restore.ts';
import { HostClock } from '../edges/system/host/clock.ts';
import { archive, openArchive } from '../ground/archive/archive.ts';
import { fillFile, newFile } from '../ground/archive/archive-file.ts';
import type { Entry } from '../ground/archive/entries.ts';
import { syncFolder } from '../ground/files/durable.ts';
import {
  applianceClient,
  asking,
  type ClientOptions,
  failure,
  installedConfig,
  runningAppliance,
} from './appliance-client.ts';
import { asOwnerOf } from './as-owner.ts';
import { count, print, printJson } from './columns.ts';
import { configurationOrExit } from './configuration.ts';
import { whole } from './numbers.ts';
import { passphrase } from './passphrase.ts';
import { Progress } from './progress.ts';

interface Options extends ClientOptions {
  readonly to?: string;
  readonly keep?: number;
  readonly passphraseFile?: string;
  readonly json?: true;
}

export function backupCommand(): Command {
  return asking(new Command('backup'))
    .option('--to <file>', 'a new file, or a folder in which it gets the day as its name (default: this folder)')
    .option('--keep <n>', 'in that folder only the newest so many stay', whole(1, 1000))
    .option('--passphrase-file <file>', 'where the passphrase stands (default: it is asked for)')
    .option('--json', 'what was written, as JSON')
    .addHelpText(
      'after',
      '\nMay be called while the appliance runs: it is then asked for everything as it stands at one moment.' +
        '\nNot in it: passwords, the token of the page, latch and journal of the guard. docs/recovery.md says why.',
    )
    .action((options: Options, command: Command) => backup(options, command));
}

async function backup(options: Options, command: Command): Promise<void> {
  const { settings } = await configurationOrExit(options.config ?? installedConfig(), command);
  const file = target(options);
  const secret = await passphrase(
    { file: options.passphraseFile, fresh: true },
    {
      terminal: process.stdin,
      write: (text) => process.stderr.write(text),
      credentials: process.env.CREDENTIALS_DIRECTORY ?? null,
    },
  );
  const box = dirname(settings.store.path);
  const running = await runningAppliance(options, box);
  const files = settingsFiles(options.config ?? installedConfig());
  const writing = { files, file, secret, owner: box };
  const written =
    running === null
      ? await atRest(settings.store.path, writing)
      : await write({ ...writing, bytes: (await applianceClient(options, command)).stream('/api/back-up') });
  if (options.keep !== undefined) await keepNewest(dirname(file), options.keep);
  const from = running === null ? 'a store that was at rest' : 'the running appliance';
  if (options.json) printJson({ file, ...written, files: files.map(({ name }) => name) });
  else
    print([
      `${file}: ${count(written.records, 'record')} and ${count(files.length, 'settings file')} of ${from}, ${(written.bytes / 1e6).toFixed(1)} MB, read back and compared`,
    ]);
}

async function atRest(path: string, writing: Omit<Writing, 'bytes'>): Promise<Written> {
  if (!existsSync(path))
    throw failure('NO_STORE', `there is no store ${resolve(path)}: name the settings with --config`, 2);
  const store = new LevelStore({ path });
  const madeAt = Temporal.Instant.fromEpochMilliseconds(new HostClock().now()).toString();
  await asOwnerOf(writing.owner, () => store.start());
  const bytes = store.snapshot({ madeAt, signal: new AbortController().signal });
  return write({ ...writing, bytes }).finally(() => asOwnerOf(writing.owner, () => store.stop()));
}

function target({ to = '.', keep }: Options): string {
  const folder = statSync(to, { throwIfNoEntry: false })?.isDirectory() === true;
  if (keep !== undefined && !folder) throw failure('NO_FOLDER', '--keep needs a folder after --to', 2);
  const day = newYorkDate(new HostClock().now());
  const file = resolve(folder ? join(to, `wheelhouse-${day}${BACKUP_ENDING}`) : to);
  // One of the same day in a folder is replaced, once the new one is whole; a file that is named never is.
  if (!folder && existsSync(file)) throw failure('FILE_EXISTS', `${file} is there already: nothing was written`, 2);
  return file;
}

interface Writing {
  readonly bytes: AsyncIterable<Buffer>;
  readonly files: readonly Entry[];
  readonly file: string;
  readonly secret: string;
  /** Folder whose owner the store belongs to. */
  readonly owner: string;
}

interface Written {
  readonly records: number;
  readonly bytes: number;
}

/** Takes its name only after it was read back. */
async function write({ bytes, files, file, secret, owner }: Writing): Promise<Written> {
  const unfinished = join(dirname(file), `.${basename(file)}.unfinished`);
  const progress = new Progress(process.stderr);
  await rm(unfinished, { force: true });
  try {
    const out = await newFile(unfinished);
    // The file is ours; what is done to the store meanwhile is done as its owner.
    const size = await asOwnerOf(owner, async () => {
      const { header, entries } = await openArchive(bytes, null);
      return fillFile(out, archive(progress.through(together(files, entries), 'written'), header, secret));
    });
    const records = progress.count;
    let read = 0;
    const again = await openArchive(createReadStream(unfinished), secret);
    for await (const _ of progress.through(again.entries, 'read back')) read += 1;
    if (read !== records) throw failure('NOT_THE_SAME', `${read} of ${records} entries came back: nothing was kept`);
    await rename(unfinished, file);
    await syncFolder(dirname(file));
    return { records: records - files.length, bytes: size };
  } finally {
    progress.end();
    await rm(unfinished, { force: true });
  }
}

async function* together(files: readonly Entry[], entries: AsyncIterable<Entry>): AsyncGenerator<Entry> {
  yield* files;
  yield* entries;
}

/** Settings that were named or installed, and what lies beside them for the guard. Passwords have a file of their own, which stays here. */
function settingsFiles(config: string | null): Entry[] {
  if (config === null) return [];
  const paths = [config, ...SETTINGS_FILES.slice(1).map((name) => join(dirname(config), name))];
  return SETTINGS_FILES.flatMap((name, n): Entry[] => {
    const path = paths[n] as string;
    return existsSync(path) ? [{ kind: 'file', name, value: readFileSync(path) }] : [];
  });
}

async function keepNewest(folder: string, keep: number): Promise<void> {
  const names = (await readdir(folder)).filter(
    (name) => name.startsWith('wheelhouse-') && name.endsWith(BACKUP_ENDING),
  );
  for (const old of names.sort().slice(0, -keep)) await rm(join(folder, old));
}
