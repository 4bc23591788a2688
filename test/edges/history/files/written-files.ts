import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import type { TestContext } from 'node:test';
import { crc32, deflateRawSync, gzipSync } from 'node:zlib';
import { type DailyBars, emptyBars } from '../../../../agent/core/market/bars.ts';
import type { Chain } from '../../../../agent/core/market/chain.ts';
import type { CorporateAction } from '../../../../agent/core/market/corporate-action.ts';
import { planFiles } from '../../../../agent/edges/history/files/plan.ts';
import type { FileReport, HistoryPart, HistorySource, KnownHistory } from '../../../../agent/edges/history/history.ts';

/** A folder that is gone after the test, with files in it: text as it is, packed when the name ends in .gz, zipped from entries. */
export function folderWith(t: TestContext, files: Readonly<Record<string, string | Buffer | ZipFiles>>): string {
  const folder = mkdtempSync(join(tmpdir(), 'wheelhouse-history-'));
  t.after(() => rmSync(folder, { recursive: true, force: true }));
  for (const [name, content] of Object.entries(files)) {
    const path = join(folder, name);
    mkdirSync(dirname(path), { recursive: true });
    writeFileSync(path, bytesOf(name, content));
  }
  return folder;
}

export type ZipFiles = Readonly<Record<string, string>>;

function bytesOf(name: string, content: string | Buffer | ZipFiles): Buffer | string {
  if (Buffer.isBuffer(content)) return content;
  if (typeof content === 'object') return zipOf(content);
  return name.endsWith('.gz') ? gzipSync(content) : content;
}

/** A zip as the format's note describes it: local headers with their data, then the directory. */
export function zipOf(files: ZipFiles): Buffer {
  const parts: Buffer[] = [];
  const directory: Buffer[] = [];
  let at = 0;
  for (const [name, text] of Object.entries(files)) {
    const data = Buffer.from(text);
    const packed = deflateRawSync(data);
    const shared = Buffer.alloc(26);
    shared.writeUInt16LE(20, 0);
    shared.writeUInt16LE(8, 4);
    shared.writeUInt32LE(crc32(data), 10);
    shared.writeUInt32LE(packed.length, 14);
    shared.writeUInt32LE(data.length, 18);
    shared.writeUInt16LE(name.length, 22);
    const local = Buffer.concat([Buffer.from('PK\x03\x04'), shared, Buffer.from(name), packed]);
    const rest = Buffer.alloc(14);
    rest.writeUInt32LE(at, 10);
    directory.push(Buffer.concat([Buffer.from('PK\x01\x02\x14\x00'), shared, rest, Buffer.from(name)]));
    parts.push(local);
    at += local.length;
  }
  const end = Buffer.alloc(22);
  end.write('PK\x05\x06');
  end.writeUInt16LE(directory.length, 8);
  end.writeUInt16LE(directory.length, 10);
  end.writeUInt32LE(
    directory.reduce((sum, { length }) => sum + length, 0),
    12,
  );
  end.writeUInt32LE(at, 16);
  return Buffer.concat([...parts, ...directory, end]);
}

export interface ReadHistory {
  readonly parts: readonly HistoryPart[];
  readonly chains: readonly Chain[];
  readonly bars: readonly DailyBars[];
  readonly actions: readonly CorporateAction[];
  readonly reports: readonly FileReport[];
}

/** Everything that files or folders hold, each source asking what those before it told. */
export async function readHistory(...paths: readonly string[]): Promise<ReadHistory> {
  const plan = await planFiles(paths, { format: null });
  const told: Told = { actions: new Map(), bars: new Map() };
  const parts: HistoryPart[] = [];
  const reports: FileReport[] = [];
  for (const source of plan.sources) {
    parts.push(...(await partsOf(source, told)));
    reports.push(...source.reports());
  }
  return {
    parts,
    chains: parts.flatMap((part) => (part.kind === 'chain' ? [part.chain] : [])),
    bars: parts.flatMap((part) => (part.kind === 'bars' ? [part.bars] : [])),
    actions: parts.flatMap((part) => (part.kind === 'actions' ? part.actions : [])),
    reports,
  };
}

interface Told {
  readonly actions: Map<string, CorporateAction[]>;
  readonly bars: Map<string, DailyBars>;
}

async function partsOf(source: HistorySource, told: Told): Promise<HistoryPart[]> {
  const known: KnownHistory = {
    actions: async (symbol) => told.actions.get(symbol) ?? [],
    bars: async (symbol) => told.bars.get(symbol) ?? emptyBars(symbol, 0),
  };
  const parts: HistoryPart[] = [];
  for await (const part of source.read(known)) {
    parts.push(part);
    if (part.kind === 'actions') {
      told.actions.set(part.symbol, [...(told.actions.get(part.symbol) ?? []), ...part.actions]);
    }
    if (part.kind === 'bars') told.bars.set(part.bars.symbol, part.bars);
  }
  return parts;
}

/** `{ 'bid above ask': 3 }`, of all three lists of a report. */
export function countsOf(report: FileReport | undefined): Record<string, number> {
  const findings = [...(report?.rejected ?? []), ...(report?.blanked ?? []), ...(report?.flagged ?? [])];
  return Object.fromEntries(findings.map(({ reason, count }) => [reason, count]));
}

/** Rows as CSV with a header. */
export function csv(header: string, rows: readonly string[]): string {
  return [header, ...rows, ''].join('\n');
}
