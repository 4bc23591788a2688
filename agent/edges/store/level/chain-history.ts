import { type EpochMs, HOUR_MS } from '../../../core/calendar/time.ts';
import type { Chain } from '../../../core/market/chain.ts';
import type { Log } from '../../system/log.ts';
import { assertChain, LAST_TIME } from '../kept-chain.ts';
import { readHead } from './chain-block.ts';
import { chainOf, frameOf, memoryOf } from './chain-frame.ts';
import { append, blockKey, follow, type Link, sameLink, type Taken, throughChanges, timeOf } from './chain-link.ts';
import type { Database } from './open-database.ts';
import { Turns } from './turns.ts';

export type Change =
  | { readonly type: 'put'; readonly key: string; readonly value: Buffer }
  | { readonly type: 'del'; readonly key: string };

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
