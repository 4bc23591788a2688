import assert from 'node:assert/strict';
import { spawn } from 'node:child_process';
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { type TestContext, test } from 'node:test';
import { announce } from '../../agent/compose/appliance-file.ts';
import { guardFiles, type Rig, startGuard } from '../guard/rig.ts';
import { startStand } from '../lab/exchange/server/stand.ts';
import { ROOT } from '../run-node.ts';

const LIMIT = { timeout: 30_000 };

interface Ran {
  readonly code: number | null;
  readonly out: string;
  readonly err: string;
}

function wheelhouse(t: TestContext, rig: Rig, ...args: string[]): Promise<Ran> {
  return new Promise((resolve) => {
    const child = spawn(process.execPath, [join(ROOT, 'agent/main.ts'), ...args, '--config', rig.configPath]);
    t.after(() => child.kill('SIGKILL'));
    const said = { out: '', err: '' };
    child.stdout.on('data', (chunk) => {
      said.out += chunk;
      if (String(chunk).includes('listens')) child.kill('SIGTERM');
    });
    child.stderr.on('data', (chunk) => {
      said.err += chunk;
    });
    child.on('exit', (code) => resolve({ code, ...said }));
  });
}

test('the command line halts, tells, resets and arms', LIMIT, async (t) => {
  const stand = await startStand(t);
  const rig = await startGuard(t, { gatewayPort: stand.port });
  // The other commands call the settings their configuration: in a hurry that must do as well.
  const settings = join(rig.folder, 'settings.yaml');
  writeFileSync(settings, `store:\n  path: ${rig.folder}/store\n`);
  await announce(rig.folder, {
    pid: process.pid,
    run: 'paper',
    page: 'http://[::1]:9',
    token: '',
    guard: rig.configPath,
  });
  const halted = await wheelhouse(t, { ...rig, configPath: settings }, 'halt', '--reason', 'dentist');
  assert.match(halted.out, /tripped, (UN)?CONFIRMED|tripped, confirmed/);
  assert.match(halted.out, /dentist \(command line\)/);
  await rig.until((status) => status.halted === 'confirmed');
  const early = await wheelhouse(t, rig, 'guard', 'arm');
  assert.deepEqual([early.code, early.err], [1, 'wheelhouse: it is tripped, not reset\n']);
  assert.match((await wheelhouse(t, rig, 'guard', 'reset')).out, /^prep: reset by command line/);
  assert.match((await wheelhouse(t, rig, 'guard', 'arm')).out, /Orders pass\./);
  const status = await wheelhouse(t, rig, 'guard', 'status', '--json');
  assert.equal(JSON.parse(status.out).state, 'armed');
});

test('without a guard, or without its configuration, the command says so', LIMIT, async (t) => {
  const rig = await guardFiles(t, { gatewayPort: 1 });
  const none = await wheelhouse(t, rig, 'guard', 'status');
  assert.equal(none.code, 1);
  assert.match(none.err, /no guard answers at/);
  const wrong = await wheelhouse(t, { ...rig, configPath: '/nowhere' }, 'halt');
  assert.equal(wrong.code, 2);
  assert.match(wrong.err, /\/nowhere/);
  const alone = await wheelhouse(t, rig, 'halt');
  assert.deepEqual([alone.code, /no guard answers at .*; nor /.test(alone.err)], [1, true]);
});

test(
  'run starts it as a process and ends it when interrupted; a wrong configuration starts nothing',
  LIMIT,
  async (t) => {
    const rig = await guardFiles(t, { gatewayPort: 1 });
    const ran = await wheelhouse(t, rig, 'guard', 'run');
    assert.match(ran.out, /guard: listens on 127\.0\.0\.1/);
    assert.equal(ran.code, 0);
    const bad = await guardFiles(t, { gatewayPort: 1, config: { folder: 'here', more: 1 } });
    const refused = await wheelhouse(t, bad, 'guard', 'run');
    assert.equal(refused.code, 2);
    assert.match(refused.err, /folder must be an absolute path/);
    assert.match(refused.err, /more is not known/);
  },
);
