import assert from 'node:assert/strict';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { type TestContext, test } from 'node:test';
import { limitsAt } from '../../agent/guard/limits.ts';
import { type Ran, runNode } from '../run-node.ts';

test('a configuration without problems ends with 0', async (t) => {
  const file = await configuration(t, 'symbols: [SPY]\n');
  const { code, out, err } = checkConfig(file);
  assert.deepEqual({ code, err }, { code: 0, err: '' });
  assert.match(out, /in order/);
  assert.deepEqual(JSON.parse(checkConfig(file, '--json').out), { ok: true, problems: [] });
});

test('the limits that a guard needs for a configuration are printed as its file has them, and none for a wrong one', async (t) => {
  const file = await configuration(t, 'symbols: [SPY]\nrisk: { maxContractsPerOrder: 7 }\n');
  const limits = join(dirname(file), 'limits.json');
  await writeFile(limits, checkConfig(file, '--limits').out, { mode: 0o644 });
  const { value, problems } = limitsAt(limits);
  assert.deepEqual([problems, value?.symbols, value?.contractsPerOrder], [[], ['SPY'], 7]);
  const wrong = checkConfig(await configuration(t, 'symbols: SPY\n'), '--limits');
  assert.deepEqual([wrong.code, wrong.out], [2, '']);
});

test('every problem is listed with its place, and it ends with 2', async (t) => {
  const file = await configuration(t, 'broker:\n  prot: 1\nsymbols: SPY\n');
  const { code, out, err } = checkConfig(file);
  assert.equal(code, 2);
  assert.equal(out, '');
  assert.deepEqual(err.trim().split('\n'), [
    `${file}:2:3  broker.prot  is not a setting; nearest is "port"`,
    `${file}:3:1  symbols  must be a list such as [a, b], not "SPY"`,
  ]);
});

test('as JSON, problems are objects on standard output, and it still ends with 2', async (t) => {
  const file = await configuration(t, 'broker:\n  prot: 1\n');
  const { code, out, err } = checkConfig(file, '--json');
  assert.equal(code, 2);
  assert.equal(err.trim(), '');
  const problem = { file, line: 2, column: 3, key: 'broker.prot', text: 'is not a setting; nearest is "port"' };
  assert.deepEqual(JSON.parse(out), { ok: false, problems: [problem] });
});

test('the printed defaults are a configuration without problems', async (t) => {
  const printed = checkConfig('--defaults');
  assert.equal(printed.code, 0);
  assert.equal(checkConfig(await configuration(t, printed.out)).code, 0);
});

test('without a file it says so and ends with 2', () => {
  const { code, err } = checkConfig();
  assert.equal(code, 2);
  assert.match(err, /name the file/);
});

function checkConfig(...args: string[]): Ran {
  return runNode(['agent/main.ts', 'check-config', ...args]);
}

async function configuration(t: TestContext, text: string): Promise<string> {
  const folder = await mkdtemp(join(tmpdir(), 'wheelhouse-config-'));
  t.after(() => rm(folder, { recursive: true }));
  const file = join(folder, 'w.yaml');
  await writeFile(file, text);
  return file;
}
