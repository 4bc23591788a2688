/** Market data lines of the whole login: all clients together. */
export class Lines {
  readonly #most: () => number;
  #used = 0;

  constructor(most: () => number) {
    this.#most = most;
  }

  take(): boolean {
    if (this.#used >= this.#most()) return false;
    this.#used += 1;
    return true;
  }

  release(count: number): void {
    this.#used -= count;
  }
}
