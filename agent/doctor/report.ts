import { styleText } from 'node:util';
import type { Finding, NamedFinding } from './finding.ts';

const COLOURS = { ok: 'green', warning: 'yellow', failed: 'red' } as const;
const STATE_WIDTH = 'warning'.length;

export interface ReportLook {
  readonly coloured: boolean;
}

/** One check a line, with the mend below it. The word says it too: colour is never the only sign. */
export function reportLines(findings: readonly NamedFinding[], { coloured }: ReportLook): readonly string[] {
  const width = Math.max(...findings.map(({ name }) => name.length));
  const indent = ' '.repeat(STATE_WIDTH + width + 4);
  const word = (state: Finding['state']): string => {
    const padded = state.padEnd(STATE_WIDTH);
    return coloured ? styleText(COLOURS[state], padded, { validateStream: false }) : padded;
  };
  const lines = findings.flatMap(({ name, state, found, mend }) => [
    `${word(state)}  ${name.padEnd(width)}  ${found}`,
    ...(mend === null ? [] : [`${indent}→ ${mend}`]),
  ]);
  return [...lines, '', summary(findings)];
}

function summary(findings: readonly NamedFinding[]): string {
  const count = (state: Finding['state']): number => findings.filter((each) => each.state === state).length;
  const warnings = count('warning');
  return `${findings.length} checks: ${count('ok')} ok, ${warnings} warning${warnings === 1 ? '' : 's'}, ${count('failed')} failed.`;
}

/** In the sources there are neither services nor a command of the system. */
const IN_SOURCES: readonly (readonly [RegExp, string])[] = [
  [/sudo wheelhouse /g, 'scripts/wheelhouse '],
  [/sudo systemctl (re)?start wheelhouse-(agent|guard)/g, 'scripts/wheelhouse run'],
  [/journalctl -u wheelhouse-(agent|guard) -b( -n 50)?/g, 'what it has printed'],
];

export function mendsForSources(findings: readonly NamedFinding[]): readonly NamedFinding[] {
  return findings.map((finding) => ({
    ...finding,
    mend: finding.mend && IN_SOURCES.reduce((text, [of, instead]) => text.replace(of, instead), finding.mend),
  }));
}
