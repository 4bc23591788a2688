import assert from 'node:assert/strict';
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { test } from 'node:test';
import koffi from 'koffi';
import { supervisorOf } from '../../../agent/ground/supervisor/supervisor.ts';
import { ROOT, runNode } from '../../run-node.ts';

const MODULE = join(ROOT, 'agent/ground/supervisor/supervisor.ts');

/** A process of its own: what systemd hands over comes with the start. */
function program(work: string): string {
  return `import { supervisorOf } from ${JSON.stringify(MODULE)};
    process.env.LISTEN_PID &&= String(process.pid);
    const supervisor = await supervisorOf(process.env, process.pid);
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

test('where only a socket is named, datagrams are sent there with the same words', (t) => {
  const folder = mkdtempSync(join(tmpdir(), 'wheelhouse-notify-'));
  t.after(() => rmSync(folder, { recursive: true }));
  const libc = koffi.load('libc.so.6');
  const listener = libc.func('int socket(int, int, int)')(1, 2, 0);
  const path = join(folder, 'socket');
  const address = Buffer.concat([Buffer.from([1, 0]), Buffer.from(path)]);
  assert.equal(libc.func('int bind(int, void *, uint32)')(listener, address, address.length), 0);
  const receive = (): string => {
    const bytes = Buffer.alloc(4096);
    const MSG_DONTWAIT = 0x40;
    return bytes.toString(
      'utf8',
      0,
      Math.max(0, libc.func('int64 recv(int, void *, size_t, int)')(listener, bytes, bytes.length, MSG_DONTWAIT)),
    );
  };
  const work = program(`supervisor.ready('as it is'); supervisor.alive('trading');`);
  const ran = runNode(['--input-type=module', '-e', work], { NOTIFY_SOCKET: path });
  assert.deepEqual([ran.code, ran.err], [0, '']);
  assert.deepEqual(
    [receive(), receive(), receive()],
    ['READY=1\nSTATUS=as it is\n', 'WATCHDOG=1\nSTATUS=trading\n', ''],
  );
  rmSync(path);
  assert.equal(runNode(['--input-type=module', '-e', work], { NOTIFY_SOCKET: path }).code, 0, 'nobody listens');
});

test('patience is what systemd says to this process and to no other', async () => {
  assert.equal((await supervisorOf({ WATCHDOG_USEC: '5000000' }, 7)).patienceMs, 5000);
  assert.equal((await supervisorOf({ WATCHDOG_USEC: '5000000', WATCHDOG_PID: '7' }, 7)).patienceMs, 5000);
  assert.equal((await supervisorOf({ WATCHDOG_USEC: '5000000', WATCHDOG_PID: '8' }, 7)).patienceMs, null);
  assert.equal((await supervisorOf({ WATCHDOG_USEC: 'soon' }, 7)).patienceMs, null);
  assert.equal((await supervisorOf({}, 7)).patienceMs, null);
});

test('without systemd, and after it is gone, nothing is said and nothing fails', async () => {
  (await supervisorOf({}, 7)).ready('alone');
  (await supervisorOf({ LISTEN_PID: '7', LISTEN_FDNAMES: 'notify' }, 8)).alive('of another process');
  const closed = { LISTEN_PID: '7', LISTEN_FDNAMES: `${'x:'.repeat(9000)}notify` };
  (await supervisorOf(closed, 7)).alive('a descriptor that is not open');
});
