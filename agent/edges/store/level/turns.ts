/** Runs work one after the other, in the order of the calls: the library's own threads would race. */
export class Turns {
  #last: Promise<unknown> = Promise.resolve();

  take<R>(work: () => Promise<R>): Promise<R> {
    const result = this.#last.then(work);
    this.#last = result.catch(() => undefined);
    return result;
  }

  /** Resolves when all work that was asked for so far has ended. */
  async idle(): Promise<void> {
    await this.#last;
  }
}
