import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { type Problem, readSources, type Source } from '../../../scripts/check/sources.ts';

/** Parses a tree made of these files, given as path → text, which is gone again afterwards. */
export function planted(files: Readonly<Record<string, string>>): Source[] {
  const root = mkdtempSync(join(tmpdir(), 'wheelhouse-planted-'));
  try {
    for (const [path, text] of Object.entries(files)) {
      mkdirSync(dirname(join(root, path)), { recursive: true });
      writeFileSync(join(root, path), text);
    }
    return readSources(root);
  } finally {
    rmSync(root, { recursive: true, force: true });
  }
}

export function written(problems: readonly Problem[]): string[] {
  return problems.map(({ path, line, text }) => `${path}:${line} ${text}`).sort();
}
