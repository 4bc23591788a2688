import assert from 'node:assert/strict';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { test } from 'node:test';
import type { StatusSnapshot } from '../../agent/edges/status/snapshot.ts';
import { runNode } from '../run-node.ts';
import { DemoProcess } from './demo-process.ts';

const LIMIT = { timeout: 120_000 };

test(
  'the demo goes on through the night: research runs in a child, the lights say so, and it can be steered',
  LIMIT,
  async (t) => {
    const folder = mkdtempSync(join(tmpdir(), 'wheelhouse-night-'));
    t.after(() => rmSync(folder, { recursive: true, force: true }));
    const args = ['--from', '2026-11-20T17:50', '--days', '2', '--speed', '300', '--port', '0', '--folder', folder];
    const demo = new DemoProcess(...args);
    t.after(() => demo.end('SIGKILL'));
    const page = await demo.page();
    const token = await demo.token();
    const status = async (): Promise<StatusSnapshot> =>
      (await (await fetch(`${page}api/status`)).json()) as StatusSnapshot;
    const until = async (holds: (snapshot: StatusSnapshot) => boolean): Promise<StatusSnapshot> => {
      for (let i = 0; i < 1200; i += 1) {
        const snapshot = await status();
        if (holds(snapshot)) return snapshot;
        await new Promise((resolve) => setTimeout(resolve, 25));
      }
      assert.fail('it did not come true in thirty seconds');
    };
    const searching = await until(({ schedule }) => / % with delta /.test(schedule.running[0]?.progress?.best ?? ''));
    assert.equal(searching.mode, 'research');
    assert.equal(searching.schedule.running[0]?.name, 'nightly-research');
    assert.deepEqual(searching.lights.research, { colour: 'blue', pattern: 'breathing', meaning: 'running' });
    assert.equal(searching.schedule.budget.type, 'weekend');
    const steer = (...command: string[]): ReturnType<typeof runNode> =>
      runNode(['agent/main.ts', 'schedule', ...command, '--page', page, '--token', token]);
    assert.match(steer('stop-research').out, /^Research is over until 2026-11-23 08:00/);
    const stopped = await until(({ schedule }) => schedule.running.every(({ name }) => name !== 'nightly-research'));
    assert.equal(stopped.lights.research.meaning, 'paused');
    assert.match(steer('resume').out, /goes on/);
    await demo.hears(/Search for better put-write settings: \d+ of \d+ settings on \d+ days: best/, 60);
    const early = steer('run', 'execute');
    assert.deepEqual([early.code, /: Not started: not in its phases/.test(early.err)], [1, true]);
    const refused = runNode(['agent/main.ts', 'schedule', 'pause', '--page', page, '--token', 'wrong']);
    assert.deepEqual([refused.code, /That is not the token/.test(refused.err)], [1, true]);
    await until(({ schedule }) => schedule.running.some(({ name }) => /research|validate/.test(name)));
    assert.equal(await demo.end('SIGTERM'), 0);
    const [tasks = ''] = /^ +tasks .*$/m.exec(demo.said) ?? [];
    assert.match(tasks, /\d+ done/);
    assert.doesNotMatch(tasks, /running/, 'what ran until then was interrupted');
  },
);
