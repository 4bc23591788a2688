import { readdir, stat } from 'node:fs/promises';
import { basename, join, resolve } from 'node:path';
import type { HistorySource } from '../history.ts';
import { readBarsFile } from './bars-file.ts';
import { ChainFile } from './chain-file.ts';
import { companionsOf } from './companions.ts';
import { detectFormat } from './detect.ts';
import { symbolIn } from './file-names.ts';
import type { Format } from './formats.ts';
import type { LeanKind } from './lean-bars.ts';
import { LeanEquity } from './lean-equity.ts';
import { LeanOptions } from './lean-options.ts';
import type { OnRead } from './scanned-file.ts';
import { readEarnings, readLeanFactors, readLeanMap, readRates } from './small-tables.ts';
import { type ReadTable, TableFile } from './table-file.ts';

export interface PlanOptions {
  /** `null` = by what is in each file. */
  readonly format: string | null;
  /** Of files that do not say it. */
  readonly symbol?: string | undefined;
  readonly onRead?: OnRead;
}

/** What is to be read, in an order in which each finds what it asks for. */
export interface Plan {
  readonly sources: readonly HistorySource[];
  /** Named or of a known kind, yet unreadable. */
  readonly failed: readonly Unread[];
  /** Other files in the folders. */
  readonly skipped: readonly Unread[];
  readonly bytes: number;
}

export interface Unread {
  readonly path: string;
  readonly why: string;
}

interface Found {
  readonly path: string;
  readonly format: Format;
}

const TABLES: Readonly<Record<string, ReadTable>> = {
  'daily-bars': readBarsFile,
  'daily-closes': readBarsFile,
  earnings: readEarnings,
  'interest-rates': readRates,
  'lean-map': readLeanMap,
  'lean-factors': readLeanFactors,
};

/** Looks through files and folders for market history. A path that is not there is among the failed. */
export async function planFiles(paths: readonly string[], options: PlanOptions): Promise<Plan> {
  const found = new Map<string, Found>();
  const failed: Unread[] = [];
  const skipped: Unread[] = [];
  const queue = await filesUnder(paths, failed);
  for (const { path, named } of queue) {
    if (found.has(path)) continue;
    const detected = await detectFormat(path, named === 'companion' ? null : options.format);
    if ('format' in detected) {
      found.set(path, { path, format: detected.format });
      for (const other of companionsOf(path, detected.format.name)) queue.push({ path: other, named: 'companion' });
    } else if (named === 'yes' || detected.problem !== 'unknown') failed.push({ path, why: detected.text });
    else skipped.push({ path, why: detected.text });
  }
  const sorted = [...found.values()].sort((a, b) => a.format.rank - b.format.rank || (a.path < b.path ? -1 : 1));
  const sizes = await Promise.all(sorted.map(async ({ path }) => (await stat(path)).size));
  return { sources: sourcesOf(sorted, options), failed, skipped, bytes: sizes.reduce((sum, size) => sum + size, 0) };
}

interface Queued {
  readonly path: string;
  readonly named: 'yes' | 'in a folder' | 'companion';
}

async function filesUnder(paths: readonly string[], failed: Unread[]): Promise<Queued[]> {
  const queue: Queued[] = [];
  for (const path of paths.map((name) => resolve(name))) {
    const what = await stat(path).catch((error: Error) => error);
    if (what instanceof Error) failed.push({ path, why: `cannot be read (${what.message})` });
    else if (!what.isDirectory()) queue.push({ path, named: 'yes' });
    else {
      for (const file of (await filesIn(path, failed)).sort()) queue.push({ path: file, named: 'in a folder' });
    }
  }
  return queue;
}

/** Folder by folder, so that one which may not be looked into does not hide the others. */
async function filesIn(folder: string, failed: Unread[]): Promise<string[]> {
  const entries = await readdir(folder, { withFileTypes: true }).catch((error: Error) => error);
  if (entries instanceof Error) {
    failed.push({ path: folder, why: `cannot be read (${entries.message})` });
    return [];
  }
  const files: string[] = [];
  for (const entry of entries) {
    const path = join(folder, entry.name);
    if (entry.isDirectory()) files.push(...(await filesIn(path, failed)));
    else if (entry.isFile()) files.push(path);
  }
  return files;
}

function sourcesOf(found: readonly Found[], { symbol, onRead = () => undefined }: PlanOptions): HistorySource[] {
  const groups = new Map<string, Found[]>();
  for (const file of found) {
    const key =
      file.format.name === 'lean-options' ? file.path.replace(/_(quote|trade|openinterest)_/, '_') : file.path;
    groups.set(key, [...(groups.get(key) ?? []), file]);
  }
  return [...groups.values()].map((files) => {
    const { path, format } = files[0] as Found;
    const ticker = symbol ?? symbolIn(path);
    const read = TABLES[format.name];
    if (read !== undefined) return new TableFile({ path, format: format.name, symbol: ticker, read, onRead });
    if (format.name === 'lean-equity') return new LeanEquity({ path, symbol: ticker });
    if (format.name !== 'lean-options') return new ChainFile({ path, format: format.name, symbol, onRead });
    return new LeanOptions({
      symbol: ticker,
      files: files.map((file) => ({ path: file.path, kind: kindOf(file.path) })),
    });
  });
}

function kindOf(path: string): LeanKind {
  return /_(quote|trade|openinterest)_/.exec(basename(path))?.[1] as LeanKind;
}
