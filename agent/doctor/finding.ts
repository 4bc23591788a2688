/** What a check has come to. */
export interface Finding {
  readonly state: 'ok' | 'warning' | 'failed';
  /** A sentence for a person. */
  readonly found: string;
  /** What to do about it, as far as possible a command to type; `null` = nothing. */
  readonly mend: string | null;
}

export interface NamedFinding extends Finding {
  readonly name: string;
}

export interface Check {
  readonly name: string;
  /** May throw, and may take too long: whoever runs it makes a finding of either. */
  readonly look: (signal: AbortSignal) => Promise<Finding>;
}

export function ok(found: string, mend: string | null = null): Finding {
  return { state: 'ok', found, mend };
}

export function warning(found: string, mend: string): Finding {
  return { state: 'warning', found, mend };
}

export function failed(found: string, mend: string): Finding {
  return { state: 'failed', found, mend };
}

const BY_WEIGHT = ['ok', 'warning', 'failed'] as const;

/** Several findings as one: the gravest tells the state, all are told, and the mends of the gravest. */
export function together(findings: readonly Finding[]): Finding {
  const gravest = findings.reduce((worst, { state }) => Math.max(worst, BY_WEIGHT.indexOf(state)), 0);
  const state = BY_WEIGHT[gravest] ?? 'failed';
  const mends = findings.flatMap((each) => (each.state === state && each.mend !== null ? [each.mend] : []));
  return {
    state,
    found: findings.map(({ found }) => found).join('; '),
    mend: mends.length === 0 ? null : [...new Set(mends)].join('; '),
  };
}

export function gravest(findings: readonly Finding[]): Finding['state'] {
  return together(findings).state;
}
