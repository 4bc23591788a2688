import { type EpochMs, HOUR_MS } from '../../../core/calendar/time.ts';
import { LAST_TIME } from '../kept-chain.ts';
import { timeKey } from '../store.ts';
import { type Predecessor, readFrame, readHead, writeBlock } from './chain-block.ts';
import { type ChainHead, equalColumns, type Frame, sameContracts } from './chain-frame.ts';

/** A frame in the row of changes since its key frame. */
export interface Link extends Predecessor {
  readonly takenAt: EpochMs;
  readonly head: ChainHead;
  /** Blocks since the key frame. */
  readonly changes: number;
}

/** A chain as it was when it was handed over. */
export interface Taken {
  readonly symbol: string;
  readonly head: ChainHead;
  readonly frame: Frame;
}

export type Entry = readonly [key: string, block: Buffer];

const MOST_CHANGES = 60;

/** Walks back to the key frame of a block, and forward again. `null` when a block on the way is missing or damaged. */
export async function throughChanges(
  wanted: Entry,
  before: { next(): Promise<[string, Buffer] | undefined> },
): Promise<Link | null> {
  const head = readHead(wanted[0], timeOf(wanted[0]), wanted[1]);
  if (head === null) return null;
  const way: Entry[] = [wanted];
  for (let at = head.chain.takenAt; at > head.keyAt; ) {
    const entry = await before.next();
    if (entry === undefined) return null;
    at = timeOf(entry[0]);
    way.push(entry);
  }
  let link: Link | null = null;
  for (const entry of way.reverse()) {
    const next: Link | null = follow(link, entry);
    if (next !== null && next.keyAt === head.keyAt) link = next;
  }
  return link?.takenAt === head.chain.takenAt ? link : null;
}

/** The link that an entry is: a key frame, a change to `last`, or `last` itself; `null` when it is none of them. */
export function follow(last: Link | null, [key, block]: Entry): Link | null {
  const head = readHead(key, timeOf(key), block);
  if (head === null) return null;
  const { takenAt } = head.chain;
  const { keyAt, crc } = head;
  if (last !== null && last.takenAt === takenAt && last.crc === crc) return last;
  if (keyAt === takenAt) {
    return { takenAt, keyAt, crc, head: head.chain, frame: readFrame(block, head, null), changes: 0 };
  }
  if (last === null || last.crc !== head.baseCrc) return null;
  return {
    takenAt,
    keyAt,
    crc,
    head: head.chain,
    frame: readFrame(block, head, last.frame),
    changes: last.changes + 1,
  };
}

export function append({ symbol, head, frame }: Taken, last: Link | null): [Entry, Link] {
  const { takenAt } = head;
  const base = last !== null && continues(last, takenAt) && sameContracts(last.frame, frame) ? last : null;
  const key = blockKey(symbol, takenAt);
  const block = writeBlock(key, head, frame, base);
  const crc = block.readUInt32LE(0);
  const changes = base === null ? 0 : base.changes + 1;
  return [[key, block], { takenAt, keyAt: base?.keyAt ?? takenAt, crc, head, frame, changes }];
}

/** Whether two links say the same, however they are stored. */
export function sameLink(a: Link, b: Link): boolean {
  const { head } = a;
  for (const [name, value] of Object.entries(b.head)) if (head[name as keyof ChainHead] !== value) return false;
  return a.frame.every((column, index) => equalColumns(column, b.frame[index] as Int32Array));
}

function continues(last: Link, takenAt: EpochMs): boolean {
  return takenAt > last.takenAt && takenAt - last.keyAt < HOUR_MS && last.changes < MOST_CHANGES;
}

export function blockKey(symbol: string, at: EpochMs): string {
  return `chains/${encodeURIComponent(symbol)}/${timeKey(Math.max(0, Math.min(Math.floor(at), LAST_TIME)))}`;
}

export function timeOf(key: string): EpochMs {
  return Number(key.slice(key.lastIndexOf('/') + 1));
}
