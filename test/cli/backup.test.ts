import assert from 'node:assert/strict';
import { EventEmitter } from 'node:events';
import { chmodSync, existsSync, mkdirSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { type TestContext, test } from 'node:test';
import { passphrase, type Terminal } from '../../agent/cli/passphrase.ts';
import { runProgram } from '../../agent/cli/program.ts';
import { announce, withdraw } from '../../agent/compose/appliance-file.ts';
import { LevelStore } from '../../agent/edges/store/level/level-store.ts';
import { ALERTS, found, stocked } from '../edges/store/level/stocked.ts';

const PASSPHRASE = 'a horse, a staple';

interface Box {
  readonly folder: string;
  readonly path: string;
  readonly config: string;
  readonly secret: string;
}

async function box(t: TestContext): Promise<Box> {
  const path = await stocked(t);
  const folder = dirname(path);
  const [config, secret] = [join(folder, 'my.yaml'), join(folder, 'secret')];
  writeFileSync(config, `store: {path: ${path}}\n`);
  writeFileSync(join(folder, 'limits.json'), '{"limits":1}\n');
  writeFileSync(join(folder, 'page-token'), 'the token\n');
  writeFileSync(secret, `${PASSPHRASE}\n`, { mode: 0o600 });
  return { folder, path, config, secret };
}

/** What the command wrote, and how it ended. */
async function call(t: TestContext, ...args: readonly string[]): Promise<{ code: number; out: string; err: string }> {
  const said = { out: '', err: '' };
  const hear = (name: 'out' | 'err', stream: NodeJS.WriteStream) =>
    t.mock.method(stream, 'write', (text: string) => {
      said[name] += text;
      return true;
    });
  const heard = [hear('out', process.stdout), hear('err', process.stderr)];
  const code = await runProgram(args).finally(() => {
    for (const { mock } of heard) mock.restore();
  });
  return { code, ...said };
}

test('a back-up goes out locked and comes back halted, with the settings beside the store and without any secret', async (t) => {
  const { folder, path, config, secret } = await box(t);
  const common = ['--config', config, '--passphrase-file', secret];
  const out = join(folder, 'out');
  mkdirSync(out);
  writeFileSync(join(out, 'wheelhouse-2020-01-01.wheelhouse'), 'old');
  const made = await call(t, 'backup', ...common, '--to', out, '--keep', '1', '--json');
  assert.equal(made.code, 0, made.err);
  const { file, records, files } = JSON.parse(made.out) as { file: string; records: number; files: string[] };
  assert.deepEqual([readdirSync(out), files], [[file.slice(out.length + 1)], ['wheelhouse.yaml', 'limits.json']]);
  assert.equal(records, ALERTS + 3);
  writeFileSync(secret, 'another one');
  const before = readdirSync(folder);
  const refused = await call(t, 'restore', file, ...common);
  assert.deepEqual(
    [refused.code, refused.err],
    [1, 'wheelhouse: The passphrase is wrong, or the beginning of the back-up was changed.\n'],
  );
  assert.deepEqual(readdirSync(folder), before);
  writeFileSync(secret, PASSPHRASE);
  const back = await call(t, 'restore', file, ...common, '--json');
  assert.equal(back.code, 0, back.err);
  const { aside, settings } = JSON.parse(back.out) as { aside: string; settings: string };
  const store = new LevelStore({ path });
  await store.start();
  const is = await found(store);
  await store.stop();
  assert.deepEqual([is.alerts, is.chains, is.order, is.trading.state], [ALERTS, 1, 'unknown', 'halted']);
  assert.ok(existsSync(join(folder, aside, 'CURRENT')));
  assert.deepEqual(readdirSync(join(folder, settings)), ['limits.json', 'wheelhouse.yaml']);
  assert.equal(readFileSync(join(folder, settings, 'wheelhouse.yaml'), 'utf8'), readFileSync(config, 'utf8'));
});

test('what cannot be is refused before anything is written: no store, a file that is there, a running appliance, a passphrase in the open', async (t) => {
  const { folder, path, config, secret } = await box(t);
  const common = ['--config', config, '--passphrase-file', secret];
  const says = async (pattern: RegExp, ...args: string[]): Promise<void> => {
    const { code, err } = await call(t, ...args);
    assert.equal(code, 2, err);
    assert.match(err, pattern);
  };
  await says(/is there already: nothing was written/, 'backup', ...common, '--to', config);
  await says(/there is no .*missing/, 'restore', join(folder, 'missing'), ...common);
  await announce(folder, { pid: process.pid, run: 'paper', page: 'http://127.0.0.1:1', token: 'x', guard: null });
  await says(/the appliance runs on .*: stop it first/, 'restore', config, ...common);
  await withdraw(folder, process.pid);
  chmodSync(secret, 0o644);
  await says(/others may read it \(mode 644\): chmod 600 it/, 'backup', ...common, '--to', join(folder, 'new'));
  writeFileSync(secret, 'short');
  chmodSync(secret, 0o600);
  await says(/12 characters at least/, 'backup', ...common, '--to', join(folder, 'new'));
  writeFileSync(secret, PASSPHRASE);
  writeFileSync(config, `store: {path: ${path}-elsewhere}\n`);
  await says(/there is no store .*-elsewhere: name the settings/, 'backup', ...common, '--to', join(folder, 'new'));
  assert.equal(existsSync(join(folder, 'new')), false);
  assert.equal(existsSync(`${path}-elsewhere`), false);
});

class TypedTerminal extends EventEmitter implements Terminal {
  readonly isTTY = true;
  raw = false;
  setRawMode(raw: boolean): void {
    this.raw = raw;
  }
  resume(): void {}
  pause(): void {}
}

test('a passphrase is typed twice and never shown; two that differ, and Ctrl-C, end it', async () => {
  const ask = async (...typed: readonly string[]): Promise<string> => {
    const terminal = new TypedTerminal();
    let shown = '';
    const asked = passphrase(
      { file: undefined, fresh: true },
      { terminal, write: (text) => (shown += text), credentials: null },
    );
    for (const text of typed) {
      await new Promise(setImmediate);
      assert.equal(terminal.raw, true);
      terminal.emit('data', Buffer.from(text));
    }
    return asked.finally(() =>
      assert.deepEqual([shown.replace(/(Passphrase|Once more): \n?/g, ''), terminal.raw], ['', false]),
    );
  };
  assert.equal(await ask('a horse, a stx\u007faple\r', 'a horse, a staple\r'), PASSPHRASE);
  await assert.rejects(ask('a horse, a staple\r', 'a horse, a maple\r'), /are not the same/);
  await assert.rejects(ask('a hor\u0003'), /interrupted/);
});
