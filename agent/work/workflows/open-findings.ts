import type { EpochMs } from '../../core/calendar/time.ts';
import { type Finding, patienceEnds } from '../../core/portfolio/finding.ts';

/** Remembers since when each difference has stood: what cannot be explained at once may explain itself in a moment. */
export class OpenFindings {
  #since = new Map<string, EpochMs>();

  /** Those whose time is up; one that is gone begins anew when it comes back. */
  overdue(findings: readonly Finding[], now: EpochMs): readonly Finding[] {
    const since = new Map<string, EpochMs>();
    for (const finding of findings) since.set(nameOf(finding), this.#since.get(nameOf(finding)) ?? now);
    this.#since = since;
    return findings.filter((finding) => now >= patienceEnds(finding, since.get(nameOf(finding)) as EpochMs));
  }
}

function nameOf({ kind, keys, text }: Finding): string {
  return kind === 'unexplained' ? `${kind}/${text}` : `${kind}/${keys.join()}`;
}
