import { spawnSync } from 'node:child_process';
import { rmSync } from 'node:fs';
import { resolve } from 'node:path';

const ROOT = resolve(import.meta.dirname, '..');
const EVERY_TEST = 'test/**/*.test.ts';

/** A file that hangs fails, and the others are still reported. */
const FILE_TIMEOUT_MS = 240_000;

/** Every file is a process of its own: without it each of them strips and compiles again what it has in common with the others. */
const COMPILE_CACHE = resolve(ROOT, 'node_modules/.cache/wheelhouse-tests');

const selected = process.argv.slice(2);
// It also keeps what the tests themselves bundle in folders of their own, under new names each time.
if (selected.length === 0) rmSync(COMPILE_CACHE, { recursive: true, force: true });
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
  const env = { ...process.env, NODE_COMPILE_CACHE: COMPILE_CACHE };
  return spawnSync(process.execPath, args, { cwd: ROOT, stdio: 'inherit', env }).status === 0;
}
