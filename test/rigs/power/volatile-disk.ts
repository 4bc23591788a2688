import { stream } from '../../../agent/lab/exchange/random.ts';

/** What a medium writes whole or not at all: a card's page, which is also a block of the file system on it. */
export const BLOCK = 4096;

/** What the cache still brings to the medium when the power goes: nothing, or of each block nothing or any of its versions. */
export type CutKind = 'dropped' | 'half kept';

export interface CutBlocks {
  /** Written since the last flush. */
  readonly unflushed: number;
  /** Of those, how many reached the medium all the same. */
  readonly kept: number;
}

export interface DiskHabits {
  /** Says that it has flushed, and has not: some cards do. */
  readonly lies?: boolean;
}

/** A disk with a write cache that forgets: only what was flushed is sure to outlive a power cut. */
export class VolatileDisk {
  readonly #medium: Buffer;
  readonly #lies: boolean;
  /** By block, each version since the last flush, the newest last. */
  readonly #cache = new Map<number, Buffer[]>();
  #bytesWritten = 0;
  #flushes = 0;

  constructor(medium: Buffer, { lies = false }: DiskHabits = {}) {
    if (medium.length % BLOCK !== 0) throw new RangeError(`a disk has whole blocks, not ${medium.length} bytes`);
    this.#medium = medium;
    this.#lies = lies;
  }

  get size(): number {
    return this.#medium.length;
  }

  get bytesWritten(): number {
    return this.#bytesWritten;
  }

  get flushes(): number {
    return this.#flushes;
  }

  /** What it would still have if the power went now and nothing of the cache were kept. */
  get medium(): Buffer {
    return this.#medium;
  }

  read(offset: number, length: number): Buffer {
    const found = Buffer.from(this.#medium.subarray(offset, offset + length));
    if (this.#cache.size === 0) return found;
    for (const { block, from, to } of blocksIn(offset, length)) {
      const start = block * BLOCK;
      this.#cache
        .get(block)
        ?.at(-1)
        ?.copy(found, start + from - offset, from, to);
    }
    return found;
  }

  /** @param through whether it must be on the medium when this returns (FUA) */
  write(offset: number, data: Buffer, through = false): void {
    this.#bytesWritten += data.length;
    for (const { block, from, to } of blocksIn(offset, data.length)) {
      const start = block * BLOCK;
      const version = this.read(start, BLOCK);
      data.copy(version, from, start + from - offset, start + to - offset);
      if (through && !this.#lies) this.#settle(block, version);
      else this.#versions(block).push(version);
    }
  }

  flush(): void {
    this.#flushes += 1;
    if (this.#lies) return;
    for (const [block, versions] of this.#cache) this.#settle(block, versions.at(-1) as Buffer);
  }

  /** The power goes. What is left is a disk with an empty cache. */
  cut(kind: CutKind, seed: number): CutBlocks {
    const next = stream(seed);
    const unflushed = this.#cache.size;
    let kept = 0;
    for (const [block, versions] of this.#cache) {
      // A cache writes blocks in any order; one that was written twice may have gone to the medium in between.
      const version = kind === 'dropped' || next() < 0.5 ? null : versions[Math.floor(next() * versions.length)];
      if (version == null) continue;
      version.copy(this.#medium, block * BLOCK);
      kept += 1;
    }
    this.#cache.clear();
    return { unflushed, kept };
  }

  #settle(block: number, version: Buffer): void {
    version.copy(this.#medium, block * BLOCK);
    this.#cache.delete(block);
  }

  #versions(block: number): Buffer[] {
    const versions = this.#cache.get(block) ?? [];
    this.#cache.set(block, versions);
    return versions;
  }
}

/** The part of each block that these bytes take. */
function* blocksIn(offset: number, length: number): Generator<{ block: number; from: number; to: number }> {
  for (let block = Math.floor(offset / BLOCK); block * BLOCK < offset + length; block += 1) {
    const start = block * BLOCK;
    yield { block, from: Math.max(0, offset - start), to: Math.min(BLOCK, offset + length - start) };
  }
}
