import assert from 'node:assert/strict';
import { execFileSync, spawnSync } from 'node:child_process';
import { mkdtempSync, readFileSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { type TestContext, test } from 'node:test';
import type { StatusSnapshot } from '../../agent/edges/status/snapshot.ts';
import { askControl } from '../guard/rig.ts';
import { ROOT } from '../run-node.ts';
import { DemoProcess } from './demo-process.ts';

const LIMIT = { timeout: 60_000 };

async function running(t: TestContext) {
  const folder = mkdtempSync(join(tmpdir(), 'wheelhouse-guarded-'));
  const demo = new DemoProcess('--from', '2026-11-20T09:31', '--speed', '1', '--port', '0', '--folder', folder);
  t.after(async () => {
    await demo.end('SIGTERM');
    rmSync(folder, { recursive: true, force: true });
  });
  const page = await demo.page();
  const token = await demo.token();
  const guard = JSON.parse(readFileSync(join(folder, 'guard/guard.json'), 'utf8')) as {
    control: { admin: string };
  };
  const status = async () => (await (await fetch(`${page}api/status`)).json()) as StatusSnapshot;
  const until = async (wanted: (snapshot: StatusSnapshot) => boolean): Promise<StatusSnapshot> => {
    for (;;) {
      const now = await status();
      if (wanted(now)) return now;
      await new Promise((resolve) => setTimeout(resolve, 20));
    }
  };
  const press = async (what: 'halt' | 'resume'): Promise<string> => {
    const headers = { authorization: `Bearer ${token}`, accept: 'application/json' };
    const answer = await fetch(`${page}${what}`, { method: 'POST', headers });
    return ((await answer.json()) as { message: string }).message;
  };
  const contacts = (levels: string): void => {
    writeFileSync(join(folder, 'guard/contacts.new'), levels);
    renameSync(join(folder, 'guard/contacts.new'), join(folder, 'guard/contacts'));
  };
  const ask = (call: object) => askControl(guard.control.admin, call);
  const reset = async (): Promise<void> => {
    while (!(await ask({ do: 'reset', by: 'test' })).ok) await new Promise((resolve) => setTimeout(resolve, 50));
  };
  await until(({ guard: shown, lights }) => shown?.open === true && lights.trading.meaning === 'active');
  return { demo, folder, ask, until, press, contacts, reset };
}

function guardProcess(folder: string): number {
  const found = execFileSync('ps', ['-eo', 'pid=,args=']).toString().split('\n');
  const line = found.find((text) => text.includes('guard/main.ts') && text.includes(folder));
  assert.ok(line !== undefined, 'there is no guard');
  return Number(line.trim().split(' ')[0]);
}

test('HALT on the page trips the guard; RESUME waits for its reset and for arm', LIMIT, async (t) => {
  const { ask, until, press, reset } = await running(t);
  assert.match(await press('halt'), /The guard has tripped too/);
  assert.match((await ask({ do: 'status' })).status.cause, /pressed on the page \(page\)/);
  const halted = await until(({ guard }) => guard?.halted === 'confirmed');
  assert.equal(halted.lights.trading.meaning, 'halted');
  assert.match(await press('resume'), /guard has tripped .*guard reset, wheelhouse guard arm/);
  await reset();
  const prep = await until(({ guard }) => guard?.state === 'prep');
  assert.equal(prep.mode, 'prep');
  assert.match(await press('resume'), /not armed yet/);
  assert.equal((await ask({ do: 'arm', by: 'test' })).ok, true);
  await until(({ guard }) => guard?.open === true);
  assert.equal(await press('resume'), 'Trading is active again.');
  assert.equal((await until(({ mode }) => mode === 'trading')).lights.trading.meaning, 'active');
});

test('the red switch halts the program; the command line trips both', LIMIT, async (t) => {
  const { folder, until, contacts, reset, ask, press } = await running(t);
  contacts('1 0\n');
  const pressed = await until(({ trading }) => trading.state === 'halted');
  assert.match(pressed.trading.reason, /red switch: pressed/);
  await until(({ guard }) => guard?.halted === 'confirmed');
  contacts('0 1\n');
  await reset();
  await ask({ do: 'arm', by: 'test' });
  await until(({ guard }) => guard?.open === true);
  await press('resume');
  const args = ['agent/main.ts', 'halt', '--reason', 'dentist', '--config', join(folder, 'guard/guard.json')];
  execFileSync(process.execPath, args, { cwd: ROOT });
  assert.match((await until(({ trading }) => trading.state === 'halted')).trading.reason, /dentist \(command line\)/);
});

test(
  'a guard that is killed is told at once and comes back; a frozen one is told too, and halts when it thaws',
  LIMIT,
  async (t) => {
    const { folder, until } = await running(t);
    const pid = guardProcess(folder);
    process.kill(pid, 'SIGKILL');
    const lost = await until(({ guard }) => guard?.state === 'unreachable');
    assert.equal(lost.lights.system.meaning, 'connection failed');
    assert.ok(lost.alerts.some(({ text }) => text.includes('nothing can be ordered')));
    await until(
      ({ guard, connections }) => guard?.open === true && connections.every(({ state }) => state !== 'failed'),
    );
    const second = guardProcess(folder);
    assert.notEqual(second, pid);
    process.kill(second, 'SIGSTOP');
    assert.match((await until(({ guard }) => guard?.state === 'unreachable')).guard?.detail ?? '', /silent for 3 s/);
    const args = ['agent/main.ts', 'halt', '--folder', folder, '--reason', 'smoke'];
    const { status, stderr } = spawnSync(process.execPath, args, { cwd: ROOT, encoding: 'utf8', timeout: 20_000 });
    assert.equal(status, 1);
    assert.match(stderr, /has not answered within 3 s; the program was told instead: Halted\..*told again/);
    assert.equal((await until(() => true)).trading.state, 'halted');
    process.kill(second, 'SIGCONT');
    const thawed = await until(({ guard }) => guard?.state === 'tripped');
    assert.match(thawed.trading.reason, /smoke \(command line\)/);
  },
);
