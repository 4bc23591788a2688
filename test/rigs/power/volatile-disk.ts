import { stream } from '../../../agent/lab/exchange/random.ts';

export const SECTOR = 512;

/** What the cache still brings to the medium when the power goes: nothing, or of each sector nothing or any of its versions. */
export type CutKind = 'dropped' | 'half kept';

export interface CutSectors {
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
  /** By sector, each version since the last flush, the newest last. */
  readonly #cache = new Map<number, Buffer[]>();
  #bytesWritten = 0;
  #flushes = 0;

  constructor(medium: Buffer, { lies = false }: DiskHabits = {}) {
    if (medium.length % SECTOR !== 0) throw new RangeError(`a disk has whole sectors, not ${medium.length} bytes`);
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

  /** @param offset and length in bytes, of whole sectors */
  read(offset: number, length: number): Buffer {
    const found = Buffer.from(this.#medium.subarray(offset, offset + length));
    if (this.#cache.size === 0) return found;
    for (let at = 0; at < length; at += SECTOR)
      this.#cache
        .get((offset + at) / SECTOR)
        ?.at(-1)
        ?.copy(found, at);
    return found;
  }

  /** @param through whether it must be on the medium when this returns (FUA) */
  write(offset: number, data: Buffer, through = false): void {
    this.#bytesWritten += data.length;
    for (let at = 0; at < data.length; at += SECTOR) {
      const sector = (offset + at) / SECTOR;
      const bytes = Buffer.from(data.subarray(at, at + SECTOR));
      if (through && !this.#lies) this.#settle(sector, bytes);
      else this.#versions(sector).push(bytes);
    }
  }

  flush(): void {
    this.#flushes += 1;
    if (this.#lies) return;
    for (const [sector, versions] of this.#cache) this.#settle(sector, versions.at(-1) as Buffer);
  }

  /** The power goes. What is left is a disk with an empty cache. */
  cut(kind: CutKind, seed: number): CutSectors {
    const next = stream(seed);
    const unflushed = this.#cache.size;
    let kept = 0;
    for (const [sector, versions] of this.#cache) {
      // A cache writes sectors in any order; one that was written twice may have gone to the medium in between.
      const version = kind === 'dropped' || next() < 0.5 ? null : versions[Math.floor(next() * versions.length)];
      if (version == null) continue;
      version.copy(this.#medium, sector * SECTOR);
      kept += 1;
    }
    this.#cache.clear();
    return { unflushed, kept };
  }

  #settle(sector: number, bytes: Buffer): void {
    bytes.copy(this.#medium, sector * SECTOR);
    this.#cache.delete(sector);
  }

  #versions(sector: number): Buffer[] {
    const versions = this.#cache.get(sector) ?? [];
    this.#cache.set(sector, versions);
    return versions;
  }
}
