import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import { copyFileSync, mkdirSync, mkdtempSync, realpathSync, rmSync, symlinkSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { test } from 'node:test';
import { ROOT } from '../run-node.ts';

const SCRIPT = `${ROOT}/scripts/wheelhouse`;

test('the script starts the command line on the pinned Node from any directory, through symbolic links', (t) => {
  const folder = realpathSync(mkdtempSync(join(tmpdir(), 'wheelhouse link ')));
  t.after(() => rmSync(folder, { recursive: true }));
  symlinkSync(SCRIPT, join(folder, 'first'));
  symlinkSync('first', join(folder, 'second'));
  for (const program of [SCRIPT, join(folder, 'first'), join(folder, 'second')]) {
    const ran = spawnSync(program, ['--version'], { cwd: '/', encoding: 'utf8', env: { PATH: '/usr/bin:/bin' } });
    assert.deepEqual([ran.status, ran.stderr], [0, ''], program);
    assert.match(ran.stdout, /^\d+\.\d+\.\d+\n$/);
  }
});

test('before npm ci the script says so in one sentence', (t) => {
  const folder = realpathSync(mkdtempSync(join(tmpdir(), 'wheelhouse-bare-')));
  t.after(() => rmSync(folder, { recursive: true }));
  mkdirSync(join(folder, 'scripts'));
  copyFileSync(SCRIPT, join(folder, 'scripts/wheelhouse'));
  const ran = spawnSync(join(folder, 'scripts/wheelhouse'), ['--version'], { encoding: 'utf8' });
  assert.equal(ran.status, 1);
  assert.equal(ran.stderr, `wheelhouse: the program is not installed yet; run 'npm ci' in ${folder} first\n`);
});

test('arguments reach the command line unchanged, and its exit code comes back', () => {
  const ran = spawnSync(SCRIPT, ['calendar', '--from', 'two words * $HOME'], { encoding: 'utf8' });
  assert.equal(ran.status, 2);
  assert.match(ran.stderr, /not a date: "two words \* \$HOME"/);
});
