import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { type TestContext, test } from 'node:test';
import { fileURLToPath } from 'node:url';
import type { ChildJob, ChildOutcome, ChildProgress } from '../../../../agent/edges/system/children.ts';
import { HostChildren } from '../../../../agent/edges/system/host/child-task.ts';
import { lacking } from '../../../lacking.ts';

const LIMIT = { timeout: 60_000 };
const program = fileURLToPath(new URL('./child-program.ts', import.meta.url));
const children = new HostChildren({ program, args: [], killAfterMs: 300, watchEveryMs: 30 });

function run(work: string, more: Partial<ChildJob> = {}): Promise<ChildOutcome> {
  const onProgress = (): void => undefined;
  return children.run({ work, input: null, capMb: 300, signal: new AbortController().signal, onProgress, ...more });
}

test('a child works on columns, tells how far it is, and gives its result back', LIMIT, async () => {
  const progress: [ChildProgress, unknown][] = [];
  const outcome = await run('sum', {
    input: Int32Array.of(4, 5, 6),
    onProgress: (step, partial) => progress.push([step, partial]),
  });
  assert.deepEqual(progress, [[{ done: 1, of: 2, best: 'half' }, { sofar: 4 }]]);
  assert.ok(outcome.kind === 'done' && outcome.result === 15 && outcome.peakMb > 10 && outcome.peakMb < 300);
});

test('a child that says why it failed, and one that dies, are failures with their reasons', LIMIT, async () => {
  assert.deepEqual(await run('complain'), { kind: 'failed', reason: 'there is no data' });
  const crashed = await run('crash');
  assert.equal(crashed.kind, 'failed');
  assert.match(crashed.kind === 'failed' ? crashed.reason : '', /it died \(exit 1\)/);
});

for (const work of ['buffers', 'heap']) {
  test(`a child that allocates ${work} beyond its cap dies of it, and that is its result`, LIMIT, async (t) => {
    if (!hasProc(t)) return;
    const outcome = await run(work, { capMb: 120 });
    assert.equal(outcome.kind, 'outOfMemory', JSON.stringify(outcome));
    assert.ok(outcome.kind === 'outOfMemory' && outcome.capMb === 120 && outcome.peakMb < 400);
  });
}

test('a child stops at the signal, and one that ignores it is gone within a second', LIMIT, async () => {
  const gentle = new AbortController();
  const obeys = run('obey', { signal: gentle.signal });
  gentle.abort();
  assert.deepEqual(await obeys, { kind: 'stopped' });
  const hard = new AbortController();
  let stoppedAt = 0;
  const ignores = run('ignore', {
    signal: hard.signal,
    onProgress: () => {
      stoppedAt = performance.now();
      hard.abort();
    },
  });
  assert.deepEqual(await ignores, { kind: 'stopped' });
  const took = performance.now() - stoppedAt;
  assert.ok(took >= 250 && took < 1000, `${took} ms`);
});

test(
  'a signal that was given before begins no child, and a program that is not there is a failure',
  LIMIT,
  async () => {
    assert.deepEqual(await run('sum', { signal: AbortSignal.abort() }), { kind: 'stopped' });
    const nowhere = new HostChildren({ program: '/nowhere/at-all.ts', args: [] });
    const outcome = await nowhere.run({
      ...{ work: 'sum', input: null, capMb: 100, signal: new AbortController().signal },
      onProgress: () => undefined,
    });
    assert.equal(outcome.kind, 'failed');
  },
);

function hasProc(t: TestContext): boolean {
  try {
    readFileSync('/proc/self/status');
    return true;
  } catch {
    lacking(t, 'this system has no /proc: memory is capped by the heap limit only');
    return false;
  }
}
