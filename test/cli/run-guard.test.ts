import assert from 'node:assert/strict';
import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { type TestContext, test } from 'node:test';
import { setTimeout as wait } from 'node:timers/promises';
import type { StatusSnapshot } from '../../agent/edges/status/snapshot.ts';
import { askControl, freePort, startGuard } from '../guard/rig.ts';
import { startStand } from '../lab/exchange/server/stand.ts';
import { ROOT } from '../run-node.ts';

const LIMIT = { timeout: 60_000 };

interface Running {
  readonly child: ChildProcess;
  readonly page: string;
  said(): string;
  until(wanted: (snapshot: StatusSnapshot) => boolean): Promise<StatusSnapshot>;
}

function folderOf(t: TestContext): string {
  const folder = mkdtempSync(join(tmpdir(), 'wheelhouse-run-'));
  t.after(() => rmSync(folder, { recursive: true, force: true }));
  return folder;
}

async function run(t: TestContext, folder: string, broker: string): Promise<Running> {
  const port = await freePort();
  const config = join(folder, `settings-${port}.yaml`);
  const lines = [`broker: {${broker}}`, 'symbols: [SPY]', `store: {path: ${join(folder, 'store')}}`];
  writeFileSync(config, [...lines, `page: {port: ${port}}`, `log: {path: ${join(folder, 'log')}}`, ''].join('\n'));
  const { NODE_TEST_CONTEXT: _, ...env } = process.env;
  const child = spawn(process.execPath, ['agent/main.ts', 'run', '--quiet', '--config', config], { cwd: ROOT, env });
  t.after(async () => {
    if (child.exitCode !== null || child.signalCode !== null) return;
    child.kill('SIGTERM');
    await once(child, 'exit');
  });
  let said = '';
  for (const stream of [child.stdout, child.stderr]) stream.on('data', (text) => (said += text));
  const page = `http://127.0.0.1:${port}/`;
  const until: Running['until'] = async (wanted) => {
    for (;;) {
      assert.equal(child.exitCode, null, said);
      const answer = await fetch(`${page}api/status`).catch(() => null);
      const snapshot = answer === null ? null : ((await answer.json()) as StatusSnapshot);
      if (snapshot !== null && wanted(snapshot)) return snapshot;
      await wait(30);
    }
  };
  return { child, page, said: () => said, until };
}

const open = ({ guard, connections }: StatusSnapshot): boolean =>
  guard?.open === true && connections.some(({ name, state }) => name === 'Broker' && state === 'ok');

test(
  'run starts a guard of its own for paper, armed when it is the first; a second run leaves it alone; one whose folder was removed is tripped',
  LIMIT,
  async (t) => {
    const stand = await startStand(t);
    const folder = folderOf(t);
    const first = await run(t, folder, `port: ${stand.port}`);
    await first.until(open);
    const limits = JSON.parse(readFileSync(join(folder, 'guard/limits.json'), 'utf8')) as Record<string, unknown>;
    assert.deepEqual([limits.account, limits.symbols, limits.shortCalls], ['paper', ['SPY'], 'covered']);
    const second = await run(t, folder, `port: ${stand.port}`);
    await once(second.child, 'exit');
    assert.equal(second.child.exitCode, 1, second.said());
    assert.equal((await first.until(() => true)).guard?.open, true);
    const admin = join(folder, 'guard/admin.sock');
    assert.equal((await askControl(admin, { do: 'halt', reason: 'test' })).ok, true);
    await first.until(({ trading, guard }) => trading.state === 'halted' && guard?.halted === 'confirmed');
    first.child.kill('SIGTERM');
    await once(first.child, 'exit');
    assert.equal(first.child.exitCode, 0, first.said());
    await assert.rejects(askControl(admin, { do: 'status' }));
    // Without its folder it would not know that it was halted.
    rmSync(join(folder, 'guard'), { recursive: true });
    const again = await run(t, folder, `port: ${stand.port}`);
    const still = await again.until(({ guard }) => guard?.halted === 'confirmed');
    assert.match(still.guard?.detail ?? '', /the guard's folder was missing/);
    assert.equal(still.trading.state, 'halted');
  },
);

test('run uses the guard that runs as its own service, and starts none', LIMIT, async (t) => {
  const stand = await startStand(t);
  const rig = await startGuard(t, { gatewayPort: stand.port });
  const folder = folderOf(t);
  const socket = join(rig.folder, 'open.sock');
  const { until } = await run(t, folder, `port: ${rig.port}, guard: {socket: ${socket}}`);
  await until(open);
  assert.equal(existsSync(join(folder, 'guard')), false);
  rig.press();
  await until(({ trading }) => trading.state === 'halted');
});
