import { once } from 'node:events';
import { createReadStream, existsSync } from 'node:fs';
import { mkdir } from 'node:fs/promises';
import { dirname, join, resolve } from 'node:path';
import { Command } from 'commander';
import { announced } from '../compose/appliance-file.ts';
import { type Restored, restoreStore } from '../edges/store/level/restore.ts';
import { HostClock } from '../edges/system/host/clock.ts';
import { archiveHeader } from '../ground/archive/archive.ts';
import { failure, installedConfig } from './appliance-client.ts';
import { asOwnerOf } from './as-owner.ts';
import { count, print, printJson } from './columns.ts';
import { configurationOrExit } from './configuration.ts';
import { passphrase } from './passphrase.ts';
import { Progress } from './progress.ts';

interface Options {
  readonly config?: string;
  readonly passphraseFile?: string;
  readonly json?: true;
}

export function restoreCommand(): Command {
  return new Command('restore')
    .argument('<file>', 'a back-up of wheelhouse backup, or one of the nightly copies beside the store')
    .option('--config <file>', 'settings of the appliance: where its store is')
    .option('--passphrase-file <file>', 'where the passphrase stands (default: it is asked for)')
    .option('--json', 'what was done, as JSON')
    .addHelpText(
      'after',
      '\nThe appliance must not run. What was there is kept beside it, under its day. The store that takes its place is halted, and its' +
        '\nworking orders are in doubt until the broker has been asked. Broken off, the same call goes on. Settings that were in the' +
        '\nback-up are laid beside the store and not put in force.',
    )
    .action((file: string, options: Options, command: Command) => restore(file, options, command));
}

async function restore(file: string, options: Options, command: Command): Promise<void> {
  const { settings } = await configurationOrExit(options.config ?? installedConfig(), command);
  const path = resolve(settings.store.path);
  if (!existsSync(file)) throw failure('NO_FILE', `there is no ${resolve(file)}`, 2);
  if ((await announced(dirname(path))) !== null) {
    throw failure('RUNS', `the appliance runs on ${path}: stop it first (systemctl stop wheelhouse-agent)`, 2);
  }
  const { lock } = await archiveHeader(createReadStream(file));
  const answers = {
    terminal: process.stdin,
    write: (text: string) => process.stderr.write(text),
    credentials: process.env.CREDENTIALS_DIRECTORY ?? null,
  };
  const secret =
    lock.kind === 'none' ? null : await passphrase({ file: options.passphraseFile, fresh: false }, answers);
  const progress = new Progress(process.stderr);
  const bytes = createReadStream(file);
  // Whoever owns the store may not be allowed to read it.
  await once(bytes, 'open');
  await mkdir(dirname(path), { recursive: true });
  const restored = await asOwnerOf(dirname(path), () =>
    restoreStore({
      ...{ path, bytes, passphrase: secret, at: new HostClock().now() },
      onRecords: (records) => progress.show(records, 'restored'),
    }),
  ).finally(() => progress.end());
  if (options.json) printJson({ store: path, ...restored });
  else print(text(path, restored));
}

function text(path: string, { madeAt, content, aside, settings }: Restored): string[] {
  const beside = (name: string): string => join(dirname(path), name);
  const lines = [
    `${path}: ${content === null ? 'the back-up' : count(content.records, 'record')} of ${madeAt}. Trading is halted.`,
  ];
  if (existsSync(beside(aside))) lines.push(`What was there: ${beside(aside)}`);
  if (existsSync(beside(settings))) lines.push(`Settings of the back-up, not in force: ${beside(settings)}`);
  lines.push('Start the appliance, compare its orders and positions with the broker, then: wheelhouse resume');
  return lines;
}
