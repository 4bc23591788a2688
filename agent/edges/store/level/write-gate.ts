import { rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { type Database, openDatabase, storeError } from './open-database.ts';
import { Turns } from './turns.ts';

/** More than a log or a table needs to be begun. */
const PROBE = Buffer.alloc(1 << 18);

export interface WriteGateParts {
  readonly path: string;
  readonly database: Database;
  /** The disk takes nothing any more, or takes it again. */
  readonly onFailure: () => void;
  readonly onReopened: (database: Database) => void;
}

/**
 * The only way to write: one after the other, because the library's own threads would race. A write that failed, as on a full disk, may
 * have left half a record in the log, and the library would lose all that it acknowledges behind it: so nothing is written until there is
 * room and the database was opened anew.
 */
export class WriteGate {
  readonly #parts: WriteGateParts;
  readonly #turns = new Turns();
  #database: Database;
  #failure: string | null = null;

  constructor(parts: WriteGateParts) {
    this.#parts = parts;
    this.#database = parts.database;
  }

  /** Why nothing can be written, or `null`. */
  get failure(): string | null {
    return this.#failure;
  }

  write(work: (database: Database) => Promise<void>): Promise<void> {
    return this.#turns.take(async () => {
      try {
        if (this.#failure !== null) await this.#reopen();
        await work(this.#database);
        this.#tell(null);
      } catch (error) {
        const failure = storeError(error, this.#parts.path);
        this.#tell(failure.message);
        throw failure;
      }
    });
  }

  async close(): Promise<void> {
    await this.#turns.idle();
    await this.#database.close();
  }

  async #reopen(): Promise<void> {
    const { path, onReopened } = this.#parts;
    const probe = join(path, 'PROBE');
    await writeFile(probe, PROBE, { flush: true }).finally(() => rm(probe, { force: true }));
    await this.#database.close();
    this.#database = await openDatabase(path);
    onReopened(this.#database);
  }

  #tell(failure: string | null): void {
    if (failure === this.#failure) return;
    this.#failure = failure;
    this.#parts.onFailure();
  }
}
