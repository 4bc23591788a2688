import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import { test } from 'node:test';
import { fileURLToPath } from 'node:url';
import { lacking } from '../../../lacking.ts';
import { temporaryFolder } from './temporary-folder.ts';

const PROGRAM = fileURLToPath(new URL('./fill-disk.ts', import.meta.url));
/** A disk of its own in a name space of its own, which is gone with the process. */
const ON_SMALL_DISK = 'mount -t tmpfs -o size=3m tmpfs "$1" && exec "$0" "$2" "$1"';

test('a full disk is told of, refuses every record until there is room, and nothing acknowledged afterwards is lost', async (t) => {
  const disk = await temporaryFolder(t);
  const args = ['--map-root-user', '--mount', 'sh', '-c', ON_SMALL_DISK, process.execPath, disk, PROGRAM];
  const ran = spawnSync('unshare', args, { encoding: 'utf8' });
  if (ran.error || /unshare failed|permission denied|not permitted/i.test(ran.stderr)) {
    return lacking(t, 'no disk of its own can be mounted here');
  }
  const { acknowledged, found, told, full } = JSON.parse(ran.stdout || ran.stderr) as Record<string, unknown>;
  assert.deepEqual(acknowledged, [1, 6, 7, 8, 9]);
  assert.deepEqual(found, acknowledged);
  const sentence = `The disk with the store ${disk}/store is full, so nothing can be ordered: make room on it.`;
  assert.deepEqual(told, [sentence, null]);
  assert.equal(full, `STORE_UNAVAILABLE ${sentence}`);
});
