import { type EpochMs, HOUR_MS } from '../../../core/calendar/time.ts';
import type { Chain } from '../../../core/market/chain.ts';
import type { Log } from '../../system/log.ts';
import { assertChain, LAST_TIME } from '../kept-chain.ts';
import { timeKey } from '../store.ts';
import { type Predecessor, readFrame, readHead, writeBlock } from './chain-block.ts';
import { type ChainHead, chainOf, equalColumns, type Frame, frameOf, memoryOf, sameContracts } from './chain-frame.ts';
import type { Database } from './open-database.ts';
import { Turns } from './turns.ts';

/** A frame in the row of changes since its key frame. */
interface Link extends Predecessor {
  readonly takenAt: EpochMs;
  readonly head: ChainHead;
  /** Blocks since the key frame. */
  readonly changes: number;
}

/** A chain as it was when it was handed over. */
interface Taken {
  readonly symbol: string;
  readonly head: ChainHead;
  readonly frame: Frame;
}

export type Change =
  | { readonly type: 'put'; readonly key: string; readonly value: Buffer }
  | { readonly type: 'del'; readonly key: string };
type Entry = readonly [key: string, block: Buffer];

const MOST_CHANGES = 60;
const AT_ONCE = 32;
const BLOCKS = { keyEncoding: 'utf8', valueEncoding: 'buffer' } as const;

/**
 * The chains of all symbols, as blocks under `chains/SYMBOL/time`. A block is a change to an earlier one, or a key frame: the
 * first after an hour or 60 changes, when contracts come or go, when the program has started, and when it is put in before
 * the last one. A block that is missing or damaged takes away the chains that were changes to it, up to the next key frame;
 * it never yields another chain.
 */
export class ChainHistory {
  readonly #database: Database;
  readonly #log: Log | null;
  readonly #write: (batch: readonly Change[]) => Promise<void>;
  /** The block of each symbol that was written last. */
  readonly #written = new Map<string, Link>();
  /** The block of each symbol that was read last, which the next one is likely to be a change to. */
  readonly #read = new Map<string, Link>();
  /** No block of the symbol is newer: what comes after it replaces nothing, and nobody has to look. */
  readonly #newest = new Map<string, EpochMs>();
  readonly #writing = new Turns();
  /** Memory of a frame that was written and is no longer the last: new memory for each costs more than filling it. */
  #spare: Int32Array | null = null;

  constructor(database: Database, log: Log | null, write: (batch: readonly Change[]) => Promise<void>) {
    this.#database = database;
    this.#log = log;
    this.#write = write;
  }

  /** Each needs to know the one before it. */
  async put(chain: Chain): Promise<void> {
    assertChain(chain);
    const { symbol, takenAt, complete, spot, spotAt, multiplier, size } = chain;
    const frame = frameOf(chain, this.#spare);
    this.#spare = null;
    const taken = { symbol, head: { takenAt, complete, spot, spotAt, multiplier, size }, frame };
    return this.#writing.take(() => this.#put(taken));
  }

  idle(): Promise<void> {
    return this.#writing.idle();
  }

  async at(symbol: string, at: EpochMs): Promise<Chain | null> {
    for (let limit = at; limit >= 0; ) {
      const found = await this.#newestAt(symbol, limit);
      if (found === null) return null;
      if (found.link !== null) return chainOf(symbol, found.link.head, found.link.frame);
      this.#complain(symbol, found.takenAt);
      limit = found.takenAt - 1;
    }
    return null;
  }

  async times(symbol: string, from: EpochMs, before: EpochMs): Promise<EpochMs[]> {
    const range = { gte: blockKey(symbol, Math.ceil(from)), lt: blockKey(symbol, Math.ceil(before)) };
    const keys = await this.#database.keys(range).all();
    return keys.map(timeOf);
  }

  async *between(symbol: string, from: EpochMs, before: EpochMs): AsyncGenerator<Chain> {
    const range = { gte: blockKey(symbol, Math.ceil(from)), lt: blockKey(symbol, Math.ceil(before)) };
    const iterator = this.#database.iterator<string, Buffer>({ ...BLOCKS, ...range });
    let last: Link | null = null;
    try {
      for (let entries = await iterator.nextv(AT_ONCE); entries.length > 0; entries = await iterator.nextv(AT_ONCE)) {
        for (const entry of entries) {
          const link: Link | null =
            follow(last, entry) ?? (await this.#newestAt(symbol, timeOf(entry[0])))?.link ?? null;
          if (link === null || link.takenAt !== timeOf(entry[0])) {
            this.#complain(symbol, timeOf(entry[0]));
            continue;
          }
          last = link;
          yield chainOf(symbol, link.head, link.frame);
        }
      }
    } finally {
      await iterator.close();
    }
  }

  /** The blocks that were changes to what goes are written anew, in the same batch. */
  async drop(symbol: string, times: readonly EpochMs[]): Promise<number> {
    if (times.length === 0) return 0;
    return this.#writing.take(() =>
      this.#drop(
        symbol,
        times.toSorted((a, b) => a - b),
      ),
    );
  }

  async #drop(symbol: string, times: readonly EpochMs[]): Promise<number> {
    const gone = new Set(times);
    const batch: Change[] = [];
    const orphaned = new Set<number>();
    let [old, kept]: (Link | null)[] = [null, null];
    let count = 0;
    const last = times.at(-1) as number;
    const range = { gte: blockKey(symbol, times[0] as number), lt: blockKey(symbol, last + HOUR_MS) };
    for await (const entry of this.#database.iterator<string, Buffer>({ ...BLOCKS, ...range })) {
      const [key, block] = entry;
      const takenAt = timeOf(key);
      const head = readHead(key, takenAt, block);
      if (gone.has(takenAt)) {
        count += 1;
        batch.push({ type: 'del', key });
        if (head !== null) orphaned.add(head.crc);
      }
      old = follow(old, entry) ?? (await this.#newestAt(symbol, takenAt))?.link ?? null;
      if (gone.has(takenAt) || head === null || old?.takenAt !== takenAt) continue;
      if (head.keyAt === takenAt || !orphaned.has(head.baseCrc)) {
        kept = old;
        continue;
      }
      orphaned.add(head.crc);
      const [[newKey, value], link] = append({ symbol, head: old.head, frame: old.frame }, kept);
      kept = link;
      batch.push({ type: 'put', key: newKey, value });
    }
    await this.#write(batch);
    this.#written.delete(symbol);
    this.#read.delete(symbol);
    return count;
  }

  async #put(taken: Taken): Promise<void> {
    const { symbol, head } = taken;
    const key = blockKey(symbol, head.takenAt);
    const newest = this.#newest.get(symbol) ?? (await this.#newestTime(symbol));
    if (head.takenAt <= newest && (await this.#database.has(key))) return this.#replace(taken);
    // Before it is written: whether a write that fails has left something is not known.
    this.#newest.set(symbol, Math.max(newest, head.takenAt));
    const last = this.#written.get(symbol) ?? null;
    const [entry, link] = append(taken, last);
    await this.#write([{ type: 'put', key: entry[0], value: entry[1] }]);
    this.#written.set(symbol, link);
    if (last !== null) this.#spare = memoryOf(last.frame);
  }

  async #newestTime(symbol: string): Promise<EpochMs> {
    const range = { gte: blockKey(symbol, 0), lte: blockKey(symbol, LAST_TIME) };
    const [key] = await this.#database.keys({ ...range, reverse: true, limit: 1 }).all();
    return key === undefined ? -1 : timeOf(key);
  }

  /** Together with the blocks that were changes to the old one, which are written anew. */
  async #replace(taken: Taken): Promise<void> {
    const { symbol } = taken;
    const old = (await this.#newestAt(symbol, taken.head.takenAt))?.link ?? null;
    let [entry, link] = append(taken, null);
    if (old !== null && sameLink(old, link)) return;
    const entries = [entry];
    for (const next of old === null ? [] : await this.#changesTo(symbol, old)) {
      [entry, link] = append({ symbol, head: next.head, frame: next.frame }, link);
      entries.push(entry);
    }
    await this.#write(entries.map(([key, value]) => ({ type: 'put', key, value }) as const));
    this.#written.delete(symbol);
    this.#read.delete(symbol);
  }

  /** The blocks that are changes to a block, directly or through others. */
  async #changesTo(symbol: string, link: Link): Promise<Link[]> {
    const links: Link[] = [];
    let last = link;
    const range = { gte: blockKey(symbol, link.takenAt + 1), lt: blockKey(symbol, link.keyAt + HOUR_MS) };
    for await (const entry of this.#database.iterator<string, Buffer>({ ...BLOCKS, ...range })) {
      const next = follow(last, entry);
      if (next === null || next.changes === 0) continue;
      links.push(next);
      last = next;
    }
    return links;
  }

  /** The newest block at or before `at`; its link is `null` when it cannot be read. `null` = there is none. */
  async #newestAt(symbol: string, at: EpochMs): Promise<{ takenAt: EpochMs; link: Link | null } | null> {
    const range = { gte: blockKey(symbol, 0), lte: blockKey(symbol, at) };
    const iterator = this.#database.iterator<string, Buffer>({ ...BLOCKS, ...range, reverse: true });
    try {
      const wanted = await iterator.next();
      if (wanted === undefined) return null;
      const takenAt = timeOf(wanted[0]);
      const link = follow(this.#read.get(symbol) ?? null, wanted) ?? (await throughChanges(wanted, iterator));
      if (link !== null) this.#read.set(symbol, link);
      return { takenAt, link };
    } finally {
      await iterator.close();
    }
  }

  #complain(symbol: string, takenAt: EpochMs): void {
    this.#log?.warn({ symbol, takenAt }, 'a stored chain cannot be read and is left out');
  }
}

/** Walks back to the key frame of a block, and forward again. `null` when a block on the way is missing or damaged. */
async function throughChanges(
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
function follow(last: Link | null, [key, block]: Entry): Link | null {
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

function append({ symbol, head, frame }: Taken, last: Link | null): [Entry, Link] {
  const { takenAt } = head;
  const base = last !== null && continues(last, takenAt) && sameContracts(last.frame, frame) ? last : null;
  const key = blockKey(symbol, takenAt);
  const block = writeBlock(key, head, frame, base);
  const crc = block.readUInt32LE(0);
  const changes = base === null ? 0 : base.changes + 1;
  return [[key, block], { takenAt, keyAt: base?.keyAt ?? takenAt, crc, head, frame, changes }];
}

/** Whether two links say the same, however they are stored. */
function sameLink(a: Link, b: Link): boolean {
  const { head } = a;
  for (const [name, value] of Object.entries(b.head)) if (head[name as keyof ChainHead] !== value) return false;
  return a.frame.every((column, index) => equalColumns(column, b.frame[index] as Int32Array));
}

function continues(last: Link, takenAt: EpochMs): boolean {
  return takenAt > last.takenAt && takenAt - last.keyAt < HOUR_MS && last.changes < MOST_CHANGES;
}

function blockKey(symbol: string, at: EpochMs): string {
  return `chains/${encodeURIComponent(symbol)}/${timeKey(Math.max(0, Math.min(Math.floor(at), LAST_TIME)))}`;
}

function timeOf(key: string): EpochMs {
  return Number(key.slice(key.lastIndexOf('/') + 1));
}
