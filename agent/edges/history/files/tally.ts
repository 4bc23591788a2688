import type { FileReport, Finding } from '../history.ts';
import { BLANKED, type Blank, FLAGGED, type Flag, REJECTED, type Reject } from './reasons.ts';

interface Count {
  count: number;
  readonly line: number;
  readonly entry: string | null;
}

/** The report of a file while it is being read. */
export class Tally {
  readonly path: string;
  readonly format: string;
  rows = 0;
  /** The file in the archive that is being read. */
  entry: string | null = null;
  #trouble: string | null = null;
  #rejectedRows = 0;
  readonly #rejected = new Map<string, Count>();
  readonly #blanked = new Map<string, Count>();
  readonly #flagged = new Map<string, Count>();

  constructor(path: string, format: string) {
    this.path = path;
    this.format = format;
  }

  reject(reason: Reject, line: number): void {
    this.#rejectedRows += 1;
    this.#add(this.#rejected, REJECTED[reason], line);
  }

  blank(reason: Blank, line: number, times = 1): void {
    this.#add(this.#blanked, BLANKED[reason], line, times);
  }

  flag(reason: Flag, line: number, detail = ''): void {
    this.#add(this.#flagged, detail === '' ? FLAGGED[reason] : `${FLAGGED[reason]}: ${detail}`, line);
  }

  /** The first one counts. */
  fail(trouble: string): void {
    this.#trouble ??= trouble;
  }

  report(): FileReport {
    return {
      path: this.path,
      format: this.format,
      rows: this.rows,
      kept: this.rows - this.#rejectedRows,
      rejected: findings(this.#rejected),
      blanked: findings(this.#blanked),
      flagged: findings(this.#flagged),
      complete: this.#trouble === null,
      trouble: this.#trouble,
    };
  }

  #add(counts: Map<string, Count>, reason: string, line: number, times = 1): void {
    const found = counts.get(reason);
    if (found === undefined) counts.set(reason, { count: times, line, entry: this.entry });
    else found.count += times;
  }
}

function findings(counts: ReadonlyMap<string, Count>): Finding[] {
  return [...counts].map(([reason, { count, line, entry }]) =>
    entry === null ? { reason, count, line } : { reason, count, line, entry },
  );
}
