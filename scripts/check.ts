import { spawnSync } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { resolve } from 'node:path';
import { houseProblems } from './check/house-rules.ts';
import { importProblems } from './check/import-table.ts';
import { type Lock, missingPlatforms } from './check/lockfile.ts';
import { type Problem, readSources, type Source } from './check/sources.ts';

/** What a step has to complain about; empty when all is well. */
type Step = () => string;

const ROOT = resolve(import.meta.dirname, '..');
const TOOLS = `${ROOT}/node_modules/.bin`;

let parsed: Source[] | null = null;

/** All of them run, whatever the others found. */
const STEPS: Readonly<Record<string, Step>> = {
  'format and lint': () => tool('biome', ['check', '--error-on-warnings', '.']),
  types: () => tool('tsc', ['--noEmit', '--project', '.']),
  'types of the page': () => tool('tsc', ['--noEmit', '--project', 'web-ui']),
  'import table': () => complaints(importProblems(sources())),
  'house rules': () => complaints(houseProblems(sources())),
  'lock file': () => lockComplaint(JSON.parse(readFileSync(`${ROOT}/package-lock.json`, 'utf8'))),
  'unused code': () => tool('knip', ['--no-progress', '--treat-config-hints-as-errors']),
};

const failed = Object.entries(STEPS).filter(([name, step]) => !passes(name, step));
process.exitCode = failed.length === 0 ? 0 : 1;

function passes(name: string, step: Step): boolean {
  const start = performance.now();
  const complaint = step().trim();
  const seconds = ((performance.now() - start) / 1000).toFixed(1);
  process.stdout.write(`${complaint === '' ? '✔' : '✖'} ${name.padEnd(16)} ${seconds.padStart(5)} s\n`);
  if (complaint !== '') process.stdout.write(`\n${complaint}\n\n`);
  return complaint === '';
}

function tool(name: string, args: readonly string[]): string {
  const ran = spawnSync(process.execPath, [`${TOOLS}/${name}`, ...args], {
    cwd: ROOT,
    encoding: 'utf8',
    env: process.env,
  });
  if (ran.status === 0) return '';
  return (
    `${ran.stdout ?? ''}${ran.stderr ?? ''}`.trim() ||
    `${name} could not be run: ${ran.error?.message ?? `exit ${ran.status}`}`
  );
}

function lockComplaint(lock: Lock): string {
  const names = Object.keys(missingPlatforms(lock));
  return names.length === 0 ? '' : `package-lock.json lacks ${names.join(', ')}: run node scripts/complete-lock.ts`;
}

function sources(): Source[] {
  parsed ??= readSources(ROOT);
  return parsed;
}

function complaints(problems: readonly Problem[]): string {
  return problems.map(({ path, line, text }) => `${path}:${line} ${text}`).join('\n');
}
