import { spawnSync } from 'node:child_process';
import { resolve } from 'node:path';

const ROOT = resolve(import.meta.dirname, '..');
const EVERY_TEST = 'test/**/*.test.ts';

/** A file that hangs fails, and the others are still reported. */
const FILE_TIMEOUT_MS = 240_000;

const selected = process.argv.slice(2);
const checked = selected.length > 0 || runs(['scripts/check.ts']);
const tested = runs([
  '--test',
  '--test-reporter=spec',
  '--test-concurrency=2',
  `--test-timeout=${FILE_TIMEOUT_MS}`,
  ...(selected.length > 0 ? selected : [EVERY_TEST]),
]);
if (!checked) process.stderr.write('✖ the check failed, see the top\n');
process.exitCode = checked && tested ? 0 : 1;

function runs(args: readonly string[]): boolean {
  return spawnSync(process.execPath, args, { cwd: ROOT, stdio: 'inherit' }).status === 0;
}
