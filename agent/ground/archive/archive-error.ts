/**
 * foreign     no back-up of this program, or nothing that a store holds
 * newer       made by a newer program
 * passphrase  the passphrase is wrong, or one is needed
 * damaged     it was cut off or changed
 */
export type ArchiveTrouble = 'foreign' | 'newer' | 'passphrase' | 'damaged';

/** A back-up that cannot be read, in one sentence. */
export class ArchiveError extends Error {
  readonly code: `ARCHIVE_${Uppercase<ArchiveTrouble>}`;

  constructor(trouble: ArchiveTrouble, message: string, cause?: unknown) {
    super(message, { cause });
    this.code = `ARCHIVE_${trouble.toUpperCase() as Uppercase<ArchiveTrouble>}`;
  }
}

export function damagedArchive(what: string, cause?: unknown): ArchiveError {
  return new ArchiveError('damaged', `The back-up is damaged (${what}): it was cut off or changed.`, cause);
}
