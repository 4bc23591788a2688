const LONGEST = 64 << 20;

/** Unpacks a raw Snappy block. Throws a RangeError on anything that is none. Source: google/snappy, format_description.txt. */
export function snappyBytes(packed: Buffer): Buffer {
  const [length, start] = lengthOf(packed);
  if (length > LONGEST) throw new RangeError('longer than a block can be');
  const out = Buffer.alloc(length);
  let [at, to] = [start, 0];
  while (at < packed.length) {
    const tag = packed.readUInt8(at);
    const literal = (tag & 3) === 0;
    const wide = literal ? Math.max(0, (tag >> 2) - 59) : ([0, 1, 2, 4][tag & 3] as number);
    const extra = wide === 0 ? 0 : packed.readUIntLE(at + 1, wide);
    at += 1 + wide;
    if (literal) {
      const size = (wide === 0 ? tag >> 2 : extra) + 1;
      if (to + size > length || at + size > packed.length) throw new RangeError('a part is longer than the whole');
      packed.copy(out, to, at, at + size);
      at += size;
      to += size;
    } else {
      const size = wide === 1 ? ((tag >> 2) & 7) + 4 : (tag >> 2) + 1;
      const back = wide === 1 ? ((tag >> 5) << 8) | extra : extra;
      if (back === 0 || back > to || to + size > length) throw new RangeError('a part repeats what is not there');
      // Byte by byte: what it repeats may be what it is just writing.
      for (let n = 0; n < size; n += 1, to += 1) out[to] = out[to - back] as number;
    }
  }
  if (to !== length) throw new RangeError('shorter than it says');
  return out;
}

function lengthOf(packed: Buffer): [length: number, next: number] {
  let length = 0;
  for (let at = 0, place = 1; ; at += 1, place *= 128) {
    const byte = packed.readUInt8(at);
    length += (byte & 127) * place;
    if (byte < 128) return [length, at + 1];
  }
}
