import assert from 'node:assert/strict';
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { chmodSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { test } from 'node:test';
import { supervisorOf } from '../../../agent/ground/supervisor/supervisor.ts';
import { ROOT } from '../../run-node.ts';

const MODULE = join(ROOT, 'agent/ground/supervisor/supervisor.ts');

/** A process of its own: what systemd hands over comes with the start. */
function program(work: string): string {
  return `import { supervisorOf } from ${JSON.stringify(MODULE)};
    process.env.LISTEN_PID &&= String(process.pid);
    const supervisor = supervisorOf(process.env, process.pid);
    ${work}`;
}

test('messages go to the descriptor that is called notify, one write each, each status in one line', async () => {
  const env = {
    ...process.env,
    LISTEN_PID: 'us',
    LISTEN_FDS: '2',
    LISTEN_FDNAMES: 'other:notify',
    NOTIFY_SOCKET: '/no',
  };
  const work = `supervisor.ready('page\\nready'); supervisor.alive('trading'); supervisor.stopping();
    console.log(Object.keys(process.env).filter((name) => /^(LISTEN|NOTIFY|WATCHDOG)/.test(name)).length);`;
  const stdio = ['ignore', 'pipe', 'inherit', 'pipe', 'pipe'] as const;
  const child = spawn(process.execPath, ['--input-type=module', '-e', program(work)], { env, stdio: [...stdio] });
  const said: string[] = ['', '', '', '', ''];
  for (const at of [1, 3, 4]) {
    child.stdio[at]?.on('data', (bytes: Buffer) => {
      said[at] += String(bytes);
    });
  }
  await once(child, 'close');
  assert.equal(said[4], 'READY=1\nSTATUS=page ready\nWATCHDOG=1\nSTATUS=trading\nSTOPPING=1\n');
  assert.deepEqual([said[3], said[1]], ['', '0\n'], 'nothing elsewhere, and nothing left for children');
});

test('where only a socket is named, systemd-notify speaks with the same words', async (t) => {
  const folder = mkdtempSync(join(tmpdir(), 'wheelhouse-notify-'));
  t.after(() => rmSync(folder, { recursive: true }));
  writeFileSync(`${folder}/systemd-notify`, `#!/bin/sh\nprintf '%s|' "$NOTIFY_SOCKET" "$@" > ${folder}/said\n`);
  chmodSync(`${folder}/systemd-notify`, 0o755);
  const env = { PATH: `${folder}:${process.env.PATH}`, NOTIFY_SOCKET: '/run/somewhere' };
  const child = spawn(process.execPath, ['--input-type=module', '-e', program(`supervisor.ready('as it is');`)], {
    env,
  });
  await once(child, 'close');
  assert.equal(readFileSync(`${folder}/said`, 'utf8'), '/run/somewhere|READY=1|STATUS=as it is|');
});

test('patience is what systemd says to this process and to no other', () => {
  assert.equal(supervisorOf({ WATCHDOG_USEC: '5000000' }, 7).patienceMs, 5000);
  assert.equal(supervisorOf({ WATCHDOG_USEC: '5000000', WATCHDOG_PID: '7' }, 7).patienceMs, 5000);
  assert.equal(supervisorOf({ WATCHDOG_USEC: '5000000', WATCHDOG_PID: '8' }, 7).patienceMs, null);
  assert.equal(supervisorOf({ WATCHDOG_USEC: 'soon' }, 7).patienceMs, null);
  assert.equal(supervisorOf({}, 7).patienceMs, null);
});

test('without systemd, and after it is gone, nothing is said and nothing fails', () => {
  supervisorOf({}, 7).ready('alone');
  supervisorOf({ LISTEN_PID: '7', LISTEN_FDNAMES: 'notify' }, 8).alive('of another process');
  const closed = { LISTEN_PID: '7', LISTEN_FDNAMES: `${'x:'.repeat(9000)}notify` };
  supervisorOf(closed, 7).alive('a descriptor that is not open');
});
