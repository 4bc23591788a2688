import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { test } from 'node:test';
import { ROOT, runNode } from './run-node.ts';

const MAIN = 'agent/main.ts';
const version = JSON.parse(readFileSync(`${ROOT}/package.json`, 'utf8')).version;

/** Makes Node write the address of every module that it loads. */
const TELL_MODULES = `data:text/javascript,${encodeURIComponent(`
  import { registerHooks } from 'node:module';
  registerHooks({ resolve(name, context, next) { const found = next(name, context); process.stderr.write(found.url + '\\n'); return found; } });
`)}`;

test('the version is the one of package.json', () => {
  assert.deepEqual(runNode([MAIN, '--version']), { code: 0, out: `${version}\n`, err: '' });
});

test('without arguments, with --help and with help it names every command and succeeds', () => {
  for (const args of [[], ['--help'], ['help']]) {
    const { code, out } = runNode([MAIN, ...args]);
    assert.equal(code, 0);
    assert.match(out, /calendar +list the exchange's sessions/);
  }
});

test('help for one command shows its options', () => {
  assert.match(runNode([MAIN, 'help', 'calendar']).out, /--from <date>/);
});

test('an unknown command is refused with the nearest name and exit code 2', () => {
  const { code, out, err } = runNode([MAIN, 'calender']);
  assert.deepEqual([code, out], [2, '']);
  assert.match(err, /^wheelhouse: unknown command 'calender'\n\(Did you mean calendar\?\)/);
});

test('a command loads its own modules only', () => {
  const { err } = runNode(['--import', TELL_MODULES, MAIN, 'calendar', '--from', '2026-01-02', '--to', '2026-01-02']);
  const ours = err.split('\n').filter((url) => url.startsWith('file:') && !url.includes('/node_modules/'));
  const foreign = ours.filter(
    (url) => !/\/(package\.json|agent\/(main|cli\/program|cli\/calendar|core\/calendar\/[a-z-]+)\.ts)$/.test(url),
  );
  assert.deepEqual(foreign, []);
  assert.ok(ours.length > 3);
  const libraries = err.match(/\/node_modules\/(@[^/]+\/)?[^/\n]+/g) ?? [];
  assert.deepEqual([...new Set(libraries)], ['/node_modules/commander']);
});

test('a reader that stops early ends the program without an error', () => {
  const line = `"${process.execPath}" ${MAIN} calendar --from 1990-01-01 --to 2035-12-31 --json | head -n 1`;
  const ran = spawnSync('sh', ['-c', line], { cwd: ROOT, encoding: 'utf8' });
  assert.equal(ran.stderr, '');
  assert.equal(ran.stdout.split('\n').length, 2);
});
