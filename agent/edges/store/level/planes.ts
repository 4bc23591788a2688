const BYTE_VALUES = 256;
const SAMPLE = 256;
/** Pairs of equal bytes in the sample: 127 when all values are as likely, 11 of them by chance more or less; 160 is 4 % less to write. */
const MOST_PAIRS = 155;
const counts = new Uint16Array(BYTE_VALUES);

/** The planes of a block's columns, as they are written. The memory is used again: new memory for each block costs more than filling it. */
export class Planes {
  /** What is deflated. */
  packed = Buffer.alloc(0);
  packedLength = 0;
  /** Planes that nothing makes smaller. */
  plain = Buffer.alloc(0);
  plainLength = 0;

  /** Begins a block of so many bytes at most. */
  begin(room: number): void {
    this.packedLength = 0;
    this.plainLength = 0;
    if (this.packed.length >= room) return;
    this.packed = Buffer.alloc(room);
    this.plain = Buffer.alloc(room);
  }

  /** Takes the planes that stand behind what is to be deflated; a bit for each that is left as it is. */
  take(planes: number, rows: number): number {
    let plain = 0;
    const { packed } = this;
    for (let plane = 0, at = this.packedLength; plane < planes; plane += 1, at += rows) {
      if (isNoise(packed, at, rows)) {
        plain |= 1 << plane;
        packed.copy(this.plain, this.plainLength, at, at + rows);
        this.plainLength += rows;
      } else {
        if (at !== this.packedLength) packed.copyWithin(this.packedLength, at, at + rows);
        this.packedLength += rows;
      }
    }
    return plain;
  }
}

/** Whether bytes are as good as random, so that deflating them is lost time. A guess from some of them: a wrong one costs bytes only. */
function isNoise(bytes: Uint8Array, start: number, length: number): boolean {
  if (length < SAMPLE) return false;
  // Odd, because calls and puts stand in turn.
  const step = (length / SAMPLE - 1) | 0 | 1;
  counts.fill(0);
  let pairs = 0;
  for (let n = 0, at = start; n < SAMPLE; n += 1, at += step) {
    const byte = bytes[at] as number;
    const seen = counts[byte] as number;
    pairs += seen;
    if (pairs > MOST_PAIRS) return false;
    counts[byte] = seen + 1;
  }
  return true;
}
