import type { Board } from '../../edges/status/board.ts';
import type { StatusSnapshot } from '../../edges/status/snapshot.ts';

export type SnapshotBody = Omit<StatusSnapshot, 'sequence'>;

export interface StatusBoardParts {
  /** Builds the record from everything as it stands. */
  readonly build: () => SnapshotBody;
  /** A listener that fails must not stop the others, nor whoever changed something. */
  readonly onListenerError: (error: unknown) => void;
}

/** Keeps the newest status record. Many changes in one turn of the event loop make one new record. */
export class StatusBoard implements Board {
  readonly #parts: StatusBoardParts;
  readonly #listeners = new Set<(snapshot: StatusSnapshot) => void>();
  #current: StatusSnapshot | null = null;
  #sequence = 0;
  #pending = false;

  constructor(parts: StatusBoardParts) {
    this.#parts = parts;
  }

  get current(): StatusSnapshot {
    this.#current ??= { ...this.#parts.build(), sequence: ++this.#sequence };
    return this.#current;
  }

  onChange(listener: (snapshot: StatusSnapshot) => void): () => void {
    this.#listeners.add(listener);
    return () => this.#listeners.delete(listener);
  }

  changed(): void {
    if (this.#pending) return;
    this.#pending = true;
    setImmediate(() => {
      this.#pending = false;
      // Where nobody looks, the record is made when somebody asks.
      this.#current = null;
      if (this.#listeners.size === 0) return;
      this.#current = { ...this.#parts.build(), sequence: ++this.#sequence };
      for (const listener of this.#listeners) this.#tell(listener, this.#current);
    });
  }

  #tell(listener: (snapshot: StatusSnapshot) => void, snapshot: StatusSnapshot): void {
    try {
      listener(snapshot);
    } catch (error) {
      this.#parts.onListenerError(error);
    }
  }
}
