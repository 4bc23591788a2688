import { existsSync } from 'node:fs';
import cliProgress from 'cli-progress';
import { Command } from 'commander';
import { FORMATS } from '../edges/history/files/formats.ts';
import { type Plan, planFiles, type Unread } from '../edges/history/files/plan.ts';
import type { FileReport, Finding, HistorySource } from '../edges/history/history.ts';
import { LevelStore } from '../edges/store/level/level-store.ts';
import { importSource, type SourceImport } from '../work/workflows/import-history.ts';

interface Options {
  readonly format: string;
  readonly store: string;
  readonly symbol?: string;
  readonly json?: true;
}

interface Done {
  readonly source: HistorySource;
  readonly result: SourceImport;
}

export function importCommand(): Command {
  return new Command('import')
    .argument('<path...>', 'files, or folders to look through')
    .option('--format <name>', `auto, or one of ${FORMATS.map(({ name }) => name).join(', ')}`, 'auto')
    .requiredOption('--store <dir>', 'folder of the store')
    .option('--symbol <ticker>', 'underlying of files that do not say it')
    .option('--json', 'one JSON object at the end')
    .action(run);
}

async function run(paths: string[], options: Options, command: Command): Promise<void> {
  const missing = paths.filter((path) => !existsSync(path));
  if (missing.length > 0) command.error(`wheelhouse: there is no ${missing.join(' and no ')}`);
  const wanted = options.format === 'auto' ? null : options.format;
  if (wanted !== null && !FORMATS.some(({ name }) => name === wanted)) {
    command.error(`wheelhouse: there is no format "${wanted}": auto, ${FORMATS.map(({ name }) => name).join(', ')}`);
  }
  const bar = new Bar(process.stderr.isTTY && !options.json);
  const plan = await planFiles(paths, { format: wanted, symbol: options.symbol, onRead: (bytes) => bar.add(bytes) });
  const store = new LevelStore({ path: options.store });
  await store.start();
  const done: Done[] = [];
  try {
    bar.start(plan.bytes);
    for (const source of plan.sources) {
      const result = await importSource(source, store);
      done.push({ source, result });
      if (!options.json && !bar.shown) write(linesOf({ source, result }));
    }
  } finally {
    bar.stop();
    await store.stop();
  }
  if (options.json) process.stdout.write(`${JSON.stringify(summary(options.store, plan, done))}\n`);
  else write([...(bar.shown ? done.flatMap(linesOf) : []), ...closing(plan, done)]);
  fail(plan, done);
}

/** Bytes of files read so far, on a terminal. */
class Bar {
  readonly shown: boolean;
  readonly #bar: cliProgress.SingleBar;

  constructor(shown: boolean) {
    this.shown = shown;
    const format = 'import {bar} {percentage}% | {eta_formatted} left';
    this.#bar = new cliProgress.SingleBar({ format, clearOnComplete: true, hideCursor: true });
  }

  start(bytes: number): void {
    if (this.shown) this.#bar.start(bytes, 0);
  }

  add(bytes: number): void {
    if (this.shown) this.#bar.increment(bytes);
  }

  stop(): void {
    if (this.shown) this.#bar.stop();
  }
}

function write(lines: readonly string[]): void {
  process.stdout.write(lines.map((line) => `${line}\n`).join(''));
}

function linesOf({ source, result }: Done): string[] {
  const { progress } = result;
  if (result.unchanged) {
    const rows = `${number(progress.kept)} of ${number(progress.rows)} rows in ${number(progress.chains)} chains`;
    return source.paths.map((path) => `${path}: already imported (${rows})${broken(progress.trouble)}`);
  }
  const lines = result.reports.flatMap((report) => [reportLine(report), ...findingLines(report)]);
  const { chains } = progress;
  if (chains > 0) lines.push(`    ${number(chains)} chains${chainNotes(result)}`);
  return lines;
}

function reportLine({ path, format, rows, kept, trouble }: FileReport): string {
  return `${path}: ${format}, ${number(kept)} of ${number(rows)} rows kept${broken(trouble)}`;
}

function broken(trouble: string | null): string {
  return trouble === null ? '' : `; INCOMPLETE: ${trouble}`;
}

function findingLines({ rejected, blanked, flagged }: FileReport): string[] {
  const lines = (word: string, findings: readonly Finding[]): string[] =>
    findings.map(({ reason, count, line, entry }) => {
      const where = entry === undefined ? `line ${number(line)}` : `line ${number(line)} of ${entry}`;
      return `    ${word} ${number(count)}: ${reason} (first: ${where})`;
    });
  return [
    ...lines('rows rejected', rejected),
    ...lines('values rejected, row kept', blanked),
    ...lines('rows kept but flagged', flagged),
  ];
}

function chainNotes({ outdone, withoutSpot }: SourceImport): string {
  const notes: string[] = [];
  if (withoutSpot > 0) notes.push(`${number(withoutSpot)} without the underlying's price`);
  if (outdone > 0) notes.push(`${number(outdone)} left out, since the store has a fuller one of the same time`);
  return notes.length === 0 ? '' : `, ${notes.join(', ')}`;
}

function closing({ failed, skipped }: Plan, done: readonly Done[]): string[] {
  const files = done.reduce((sum, { source }) => sum + source.paths.length, 0);
  const sum = (count: (result: SourceImport) => number): string =>
    number(done.reduce((all, { result }) => all + count(result), 0));
  const rows = `${sum(({ progress }) => progress.kept)} of ${sum(({ progress }) => progress.rows)} rows`;
  return [
    ...failed.map(({ path, why }) => `${path}: NOT READ: ${why}`),
    ...(skipped.length > 0 ? [`${number(skipped.length)} other files are no market history and were passed over`] : []),
    `${number(files)} files, ${rows} in ${sum(({ progress }) => progress.chains)} chains`,
  ];
}

interface Summary {
  readonly store: string;
  readonly files: readonly object[];
  readonly failed: readonly Unread[];
  readonly skipped: readonly Unread[];
  readonly totals: Readonly<Record<string, number>>;
}

function summary(store: string, { failed, skipped }: Plan, done: readonly Done[]): Summary {
  const files = done.flatMap(({ source, result }): object[] => {
    const { unchanged, progress, outdone, withoutSpot, reports } = result;
    if (unchanged) {
      const { rows, kept, chains, trouble } = progress;
      const all = { status: 'unchanged', rows, kept, chains, complete: trouble === null, trouble };
      return source.paths.map((path) => ({ path, ...all }));
    }
    return reports.map((report) => ({ ...report, status: 'read', chains: progress.chains, outdone, withoutSpot }));
  });
  const sum = (count: (result: SourceImport) => number): number =>
    done.reduce((all, { result }) => all + count(result), 0);
  const filesOf = (some: readonly Done[]): number => some.reduce((all, { source }) => all + source.paths.length, 0);
  const totals = {
    files: filesOf(done),
    unchanged: filesOf(done.filter(({ result }) => result.unchanged)),
    rows: sum(({ progress }) => progress.rows),
    kept: sum(({ progress }) => progress.kept),
    chains: sum(({ progress }) => progress.chains),
  };
  return { store, files, failed, skipped, totals };
}

function number(value: number): string {
  return value.toLocaleString('en-US');
}

/** All that could be read is in the store by now; yet the caller must hear that it was not everything. */
function fail({ failed }: Plan, done: readonly Done[]): void {
  const troubled = done.filter(({ result }) => result.progress.trouble !== null).length;
  if (failed.length + troubled === 0) return;
  const parts = [
    ...(failed.length > 0 ? [`${failed.length} not read`] : []),
    ...(troubled > 0 ? [`${troubled} read incompletely`] : []),
  ];
  throw Object.assign(new Error(`import: ${parts.join(', ')}`), { code: 'IMPORT_INCOMPLETE' });
}
