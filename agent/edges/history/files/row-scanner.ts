const COMMA = 44;
const NEW_LINE = 10;
const RETURN = 13;
const QUOTE = 34;
const MOST_COLUMNS = 64;

/** A reader may look so far behind the end. */
const MARGIN = 16;

/**
 * Rows of comma-separated text as positions in its bytes, without an object per row: field i is `bytes[starts[i], ends[i])`.
 * Quotes around a field are left out; a comma or line end within quotes is not understood and shows as a wrong number of
 * columns. Bytes are those of the chunk last pushed, with what was left of the chunk before in front, and a line end behind;
 * the memory is used again for the next chunk.
 */
export class RowScanner {
  bytes: Uint8Array = new Uint8Array(0);
  readonly starts = new Int32Array(MOST_COLUMNS);
  readonly ends = new Int32Array(MOST_COLUMNS);
  /** Fields of the row; those above the most that can be held are counted, not kept. */
  count = 0;
  /** Line of the row in the file, from 1. */
  line = 0;
  /** Where the next row begins. */
  at = 0;
  /** Behind the last byte that was pushed. */
  end = 0;
  /** There are quotes among the bytes. */
  quoted = false;

  push(chunk: Uint8Array): void {
    const left = this.bytes.subarray(this.at, this.end);
    const end = left.length + chunk.length;
    if (this.bytes.length < end + MARGIN) {
      this.bytes = new Uint8Array(end + (end >> 1) + MARGIN);
      this.bytes.set(left);
    } else {
      this.bytes.copyWithin(0, this.at, this.end);
    }
    this.bytes.set(chunk, left.length);
    this.bytes[end] = NEW_LINE;
    this.at = 0;
    this.end = end;
    // Ten times as fast as what a plain array of bytes offers.
    this.quoted = Buffer.from(this.bytes.buffer, 0, end).includes(QUOTE);
  }

  /** Adds the line end that the last row of a file may lack. */
  finish(): void {
    if (this.at < this.end) this.push(Uint8Array.of(NEW_LINE));
  }

  /** Moves to the next row that is not empty; false when there is none whole in what was pushed. */
  next(): boolean {
    const { bytes, starts, ends } = this;
    const end = this.end;
    for (;;) {
      let count = 0;
      let start = this.at;
      let i = start;
      for (; i < end; i += 1) {
        const byte = bytes[i] as number;
        if (byte > COMMA) continue;
        if (byte === COMMA) {
          starts[count] = start;
          ends[count] = i;
          count += 1;
          start = i + 1;
        } else if (byte === NEW_LINE) {
          break;
        }
      }
      if (i >= end) return false;
      const last = i > start && bytes[i - 1] === RETURN ? i - 1 : i;
      starts[count] = start;
      ends[count] = last;
      this.line += 1;
      this.count = count + 1;
      const empty = count === 0 && last === this.at;
      this.at = i + 1;
      if (empty) continue;
      if (this.quoted) this.#unquote();
      return true;
    }
  }

  text(field: number): string {
    let text = '';
    const end = this.ends[field] as number;
    for (let i = this.starts[field] as number; i < end; i += 1) text += String.fromCharCode(this.bytes[i] as number);
    return text;
  }

  /** All fields of the row. */
  texts(): string[] {
    return Array.from({ length: Math.min(this.count, MOST_COLUMNS) }, (_, field) => this.text(field));
  }

  #unquote(): void {
    const { bytes, starts, ends } = this;
    for (let field = 0; field < Math.min(this.count, MOST_COLUMNS); field += 1) {
      const start = starts[field] as number;
      const end = ends[field] as number;
      if (end - start < 2 || bytes[start] !== QUOTE || bytes[end - 1] !== QUOTE) continue;
      starts[field] = start + 1;
      ends[field] = end - 1;
    }
  }
}
