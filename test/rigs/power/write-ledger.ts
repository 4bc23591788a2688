import type { GuestLine } from './lines.ts';

type Batch = Extract<GuestLine, { kind: 'writes' }>;
/** Of each record what its text comes to; what is not in it is not on the disk. */
export type Records = ReadonlyMap<string, number>;

/**
 * What a store was given and what it has promised to keep, over any number of power cuts. After each of them there must be a
 * moment, not before the last promise, at which the store stood exactly as the disk says it does.
 */
export class WriteLedger {
  /** As the disk was found last. */
  #found: Records = new Map();
  #batches: Batch[] = [];
  /** How many of those must be there. */
  #promised = 0;

  get promised(): number {
    return this.#promised;
  }

  get unpromised(): number {
    return this.#batches.length - this.#promised;
  }

  wrote(batch: Batch): void {
    this.#batches.push(batch);
  }

  stored(batch: number): void {
    const index = this.#batches.findIndex((each) => each.batch === batch);
    if (index < 0) throw new Error(`batch ${batch} was stored and never written`);
    this.#promised = Math.max(this.#promised, index + 1);
  }

  /** What is not as it was promised. From now on the disk counts as it is. */
  compare(disk: Records): string[] {
    const wrongs = this.#wrongs(disk);
    this.#found = disk;
    this.#batches = [];
    this.#promised = 0;
    return wrongs;
  }

  #wrongs(disk: Records): string[] {
    const state = new Map<string, number | null>(this.#found);
    for (const batch of this.#batches.slice(0, this.#promised)) put(state, batch);
    const atPromise = differences(state, disk);
    for (const batch of this.#batches.slice(this.#promised)) {
      if (differences(state, disk).length === 0) return [];
      put(state, batch);
    }
    return differences(state, disk).length === 0 ? [] : this.#told(atPromise, disk);
  }

  /** Each record that is neither as it was promised nor as it was written later; if all are, they are of different moments. */
  #told(keys: readonly string[], disk: Records): string[] {
    const later = new Map<string, (number | null)[]>();
    for (const { records } of this.#batches.slice(this.#promised)) {
      for (const [key, crc] of records) later.set(key, [...(later.get(key) ?? []), crc]);
    }
    const lost = keys.filter((key) => !later.get(key)?.includes(disk.get(key) ?? null));
    const texts = lost.map((key) => `${key} is ${disk.has(key) ? 'not as it was stored' : 'lost'}`);
    return texts.length > 0
      ? texts
      : [`${keys.length} records are of different moments: ${keys.slice(0, 5).join(', ')}`];
  }
}

function put(state: Map<string, number | null>, { records }: Batch): void {
  for (const [key, crc] of records) state.set(key, crc);
}

function differences(state: ReadonlyMap<string, number | null>, disk: Records): string[] {
  const keys = new Set([...state.keys(), ...disk.keys()]);
  return [...keys].filter((key) => (state.get(key) ?? null) !== (disk.get(key) ?? null));
}
