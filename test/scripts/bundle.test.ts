import assert from 'node:assert/strict';
import { existsSync, mkdirSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { type TestContext, test } from 'node:test';
import { pathToFileURL } from 'node:url';
import { loadAssets } from '../../agent/edges/status/page/assets.ts';
import { bundle } from '../../scripts/bundle.ts';
import { ROOT, runNode } from '../run-node.ts';

/** In the repository, because native parts are found by looking upward for them. */
async function bundled(t: TestContext): Promise<string> {
  const folder = join(ROOT, 'node_modules/.cache', `bundle-test-${process.pid}`, 'far', 'away');
  mkdirSync(folder, { recursive: true });
  t.after(() => rmSync(join(folder, '../..'), { recursive: true }));
  await bundle(folder);
  return folder;
}

test('a bundle runs, brings its guard along and has the page packed as the sources would pack it', async (t) => {
  const folder = await bundled(t);
  const asked = runNode([`${folder}/main.js`, '--version']);
  assert.deepEqual([asked.code, asked.err], [0, '']);
  const guard = runNode([`${folder}/main.js`, 'guard', 'run', '--config', '/nowhere/guard.json']);
  assert.equal(guard.code, 2);
  assert.match(guard.err, /guard: \/nowhere\/guard\.json: /);
  assert.ok(existsSync(`${folder}/guard/main.js`));
  // It is read a byte for each letter: what the page shows in one of the others would be three strange ones.
  for (const name of readdirSync(folder, { recursive: true, encoding: 'utf8' }).filter((each) =>
    each.endsWith('.cjs'),
  )) {
    assert.doesNotMatch(readFileSync(join(folder, name), 'latin1'), /\P{ASCII}/u);
  }
  const packed = await loadAssets(pathToFileURL(`${folder}/web-ui/`));
  assert.deepEqual(packed, await loadAssets(pathToFileURL(`${ROOT}/web-ui/`)));
});
