import { readFile } from 'node:fs/promises';
import { gunzipSync } from 'node:zlib';
import { epochDay } from '../../agent/core/calendar/time.ts';
import { CALL, PUT } from '../../agent/core/market/chain.ts';
import type { Row, SymbolDay } from './symbol-day.ts';

/** `ts_utc,expiration,strike,type,bid,ask,last,volume,open_interest,iv,spot` */
type Line = readonly string[];

const FIRST_SNAPSHOT = 1_773_675_846;
const CLOSE = Temporal.Instant.from('2026-03-16T20:00:00Z').epochMilliseconds / 1000;

/**
 * The first day of the recorded SPY chains: the contracts nearest to the money that do not expire that day, in evenly chosen
 * snapshots. A contract that a snapshot leaves out stands as it was.
 */
export async function recordedDay(
  file: string,
  { contracts: most, snapshots }: { contracts: number; snapshots: number },
): Promise<SymbolDay> {
  const taken = await snapshotsIn(file);
  const first = taken[0] as Line[];
  const spot = Number(first[0]?.[10]);
  const nearest = first
    .filter((line) => line[1] !== '2026-03-16')
    .sort((a, b) => Math.abs(Number(a[2]) - spot) - Math.abs(Number(b[2]) - spot))
    .slice(0, most)
    .sort((a, b) => (keyOf(a) < keyOf(b) ? -1 : 1));
  const latest = new Map<string, Line>();
  const spots: number[] = [];
  const rows: Row[][] = [];
  for (let n = 0; n < snapshots; n += 1) {
    const lines = taken[Math.floor((n * taken.length) / snapshots)] as Line[];
    for (const line of lines) latest.set(keyOf(line), line);
    spots.push(Number(lines[0]?.[10]));
    rows.push(nearest.map((line) => rowOf(latest.get(keyOf(line)) as Line)));
  }
  const contracts = nearest.map((line) => ({
    expiration: epochDay(line[1] as string),
    strike: Number(line[2]),
    right: line[3] === 'put' ? PUT : CALL,
  }));
  return { contracts, spots, rows };
}

async function snapshotsIn(file: string): Promise<Line[][]> {
  const snapshots = new Map<string, Line[]>();
  for (const text of gunzipSync(await readFile(file))
    .toString()
    .split('\n')) {
    const line = text.split(',');
    const at = Number(line[0]);
    if (!(at >= FIRST_SNAPSHOT && at < CLOSE)) continue;
    const known = snapshots.get(line[0] as string);
    if (known === undefined) snapshots.set(line[0] as string, [line]);
    else known.push(line);
  }
  return [...snapshots.values()];
}

function keyOf(line: Line): string {
  return `${line[1]}${line[2]?.padStart(8)}${line[3]}`;
}

function rowOf(line: Line): Row {
  const number = (text: string | undefined): number | null => (text === undefined || text === '' ? null : Number(text));
  return {
    bid: number(line[4]),
    ask: number(line[5]),
    last: number(line[6]),
    volume: number(line[7]),
    openInterest: number(line[8]),
    impliedVolatility: Number(line[9]),
  };
}
