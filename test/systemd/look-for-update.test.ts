import assert from 'node:assert/strict';
import { type SpawnSyncReturns, spawnSync } from 'node:child_process';
import { existsSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { type TestContext, test } from 'node:test';
import { packagedProgram } from '../packages.ts';
import { ROOT } from '../run-node.ts';

function stanza(version: string, more: string): string {
  const about = 'Architecture: all\nMaintainer: owner <owner@home>\nDescription: it\n';
  return `Package: wheelhouse\nVersion: ${version}\n${about}${more}\n`;
}

interface Apt {
  look(): SpawnSyncReturns<string>;
  offer(version: string): void;
  readonly found: string;
  readonly folder: string;
}

/** A source and a list of installed packages of our own. */
function apt(t: TestContext): Apt {
  const folder = mkdtempSync(join(tmpdir(), 'wheelhouse-update-'));
  t.after(() => rmSync(folder, { recursive: true }));
  for (const name of ['source', 'dpkg/info', 'dpkg/updates', 'sources', 'cache', 'run']) {
    mkdirSync(join(folder, name), { recursive: true });
  }
  writeFileSync(join(folder, 'dpkg/status'), stanza('0.1.0', 'Status: install ok installed\n'));
  const env = {
    ...process.env,
    WHEELHOUSE_SOURCES: join(folder, 'sources'),
    WHEELHOUSE_DPKG: join(folder, 'dpkg'),
    CACHE_DIRECTORY: join(folder, 'cache'),
    RUNTIME_DIRECTORY: join(folder, 'run'),
  };
  const offer = (version: string): void => {
    const file = 'Filename: ./wheelhouse.deb\nSize: 1\nSHA256: ';
    writeFileSync(join(folder, 'source/Packages'), stanza(version, `${file}${'0'.repeat(64)}\n`));
    writeFileSync(join(folder, 'sources/wheelhouse.list'), `deb [trusted=yes] file:${folder}/source ./\n`);
  };
  const look = (): SpawnSyncReturns<string> =>
    spawnSync(join(ROOT, 'systemd/look-for-update'), { env, encoding: 'utf8' });
  return { look, offer, found: join(folder, 'run/update.json'), folder };
}

test('a newer package in the owner’s source is told of and not installed; without a source nothing is', (t) => {
  if (packagedProgram(t, 'apt', 'apt-get') === null) return;
  const { look, offer, found, folder } = apt(t);
  const none = look();
  assert.deepEqual([none.status, existsSync(found)], [0, false]);
  assert.match(none.stdout, /no apt source is configured/);
  const says = (): Record<string, unknown> => JSON.parse(readFileSync(found, 'utf8')) as Record<string, unknown>;
  for (const [version, newer] of [
    ['0.1.0', false],
    ['0.2.0', true],
  ] as const) {
    offer(version);
    const looked = look();
    assert.equal(looked.status, 0, looked.stderr);
    const { at, ...rest } = says();
    assert.deepEqual(rest, { installed: '0.1.0', available: version, newer });
    assert.match(String(at), /^\d{4}-\d\d-\d\dT[\d:]+Z$/);
  }
  rmSync(join(folder, 'source/Packages'));
  assert.notEqual(look().status, 0);
  assert.equal(says().available, '0.2.0');
});
