export interface BackupRequest {
  /** Of the copy, without its ending; one of the same name is replaced. Copies sort by their names. */
  readonly name: string;
  /** ISO 8601. */
  readonly madeAt: string;
  /** Copies that stay, with the new one. */
  readonly keep: number;
  readonly signal: AbortSignal;
}

export interface Backup {
  readonly records: number;
  readonly bytes: number;
  /** Copies there are now. */
  readonly copies: number;
}

export interface SnapshotRequest {
  readonly madeAt: string;
  readonly signal: AbortSignal;
}

/**
 * Back-ups of the store as it stands at one instant, all of one form (ground/archive), which is also what `wheelhouse backup` writes and
 * `wheelhouse restore` reads. The copies of every night lie beside the store and have no collected chains in them, because a memory card
 * would not bear it every day. A copy counts only once it was read back and compared.
 */
export interface Backups {
  /** Where the copies lie. */
  readonly folder: string;
  backUp(request: BackupRequest): Promise<Backup>;
  /** All of it, chains included, as the bytes of a back-up that is not locked: whoever keeps it locks it. */
  snapshot(request: SnapshotRequest): AsyncIterable<Buffer>;
}

/** Ending of the file of a back-up. */
export const BACKUP_ENDING = '.wheelhouse';
