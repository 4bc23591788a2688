/** Takes exactly so many bytes from a flow of buffers. */
export class ByteReader {
  readonly #source: AsyncIterator<Buffer>;
  #waiting: Buffer[] = [];
  #length = 0;
  #ended = false;

  constructor(source: AsyncIterable<Buffer>) {
    this.#source = source[Symbol.asyncIterator]();
  }

  /** The next bytes, or what is left of them at the end. */
  async take(wanted: number): Promise<Buffer> {
    while (this.#length < wanted && !this.#ended) {
      const { value, done } = await this.#source.next();
      if (done === true) this.#ended = true;
      else {
        this.#waiting.push(value);
        this.#length += value.length;
      }
    }
    const all = this.#waiting.length === 1 ? (this.#waiting[0] as Buffer) : Buffer.concat(this.#waiting);
    const taken = all.subarray(0, wanted);
    const rest = all.subarray(taken.length);
    this.#waiting = rest.length === 0 ? [] : [rest];
    this.#length = rest.length;
    return taken;
  }

  /** Nobody wants the rest. */
  async end(): Promise<void> {
    this.#ended = true;
    await this.#source.return?.();
  }
}
