interface Out {
  readonly isTTY?: boolean;
  write(text: string): unknown;
}

const EVERY = 2000;

/** How far long work is, in a line that is written over and over; only where somebody sits. */
export class Progress {
  readonly #out: Out;
  count = 0;
  #shown = false;

  constructor(out: Out) {
    this.#out = out;
  }

  async *through<T>(all: AsyncIterable<T>, done: string): AsyncGenerator<T> {
    this.count = 0;
    for await (const each of all) {
      this.count += 1;
      if (this.count % EVERY === 0) this.show(this.count, done);
      yield each;
    }
  }

  show(count: number, done: string): void {
    if (this.#out.isTTY !== true) return;
    this.#shown = true;
    this.#out.write(`\r${count.toLocaleString('en-US')} records ${done}   `);
  }

  end(): void {
    if (this.#shown) this.#out.write('\r\u001b[K');
  }
}
