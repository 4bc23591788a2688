export interface BackupRequest {
  /** Of the copy's folder; one of the same name is replaced. Copies sort by their names. */
  readonly name: string;
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

/**
 * Copies of every table as it stands at one instant, beside the store; collected chains are not in them, because a memory card
 * would not bear it every day. A copy counts only once it was opened and compared. To go back to one, move it to where the
 * store was.
 */
export interface Backups {
  /** Where the copies lie. */
  readonly folder: string;
  backUp(request: BackupRequest): Promise<Backup>;
}
