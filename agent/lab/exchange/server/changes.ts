/** Remembers what was told under each key and lets through what is new. */
export class Changes {
  readonly #told = new Map<string, string>();

  of<T>(items: readonly T[], keyOf: (item: T) => string): T[] {
    return items.filter((item) => {
      const key = keyOf(item);
      const text = JSON.stringify(item);
      if (this.#told.get(key) === text) return false;
      this.#told.set(key, text);
      return true;
    });
  }
}
