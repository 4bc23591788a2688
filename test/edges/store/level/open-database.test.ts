import assert from 'node:assert/strict';
import { existsSync } from 'node:fs';
import { chmod, mkdir, readdir, readFile, rm, symlink, writeFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { type TestContext, test } from 'node:test';
import { Level } from 'level';
import { LevelStore } from '../../../../agent/edges/store/level/level-store.ts';
import { temporaryFolder } from './temporary-folder.ts';

test('a store of a newer version is refused with both versions named, and its records stay as they are', async (t) => {
  const path = await filled(t);
  await put(path, '!schema', '7');
  const before = await records(path);
  await assert.rejects(new LevelStore({ path }).start(), {
    code: 'STORE_NEWER',
    message: `The store ${path} has version 7, this program knows versions up to 2: install the newer program.`,
  });
  assert.deepEqual(await records(path), before);
});

test('a store of the version before opens with all its records, and is of this version from then on', async (t) => {
  const path = await filled(t);
  await put(path, '!schema', '1');
  const store = new LevelStore({ path });
  await store.start();
  assert.deepEqual(await store.get('counters', 'n'), { value: 1 });
  await store.stop();
  assert.deepEqual(Object.fromEntries(await records(path))['!schema'], '2');
});

for (const version of ['', '0', '1.5', 'new']) {
  test(`a store whose version reads "${version}" is refused as damaged`, async (t) => {
    const path = await filled(t);
    await put(path, '!schema', version);
    await assert.rejects(new LevelStore({ path }).start(), { code: 'STORE_CORRUPT' });
  });
}

test('a database with records but without a version is not taken for a store', async (t) => {
  const path = await temporaryFolder(t);
  await put(path, 'other', 'program');
  await assert.rejects(new LevelStore({ path }).start(), { code: 'STORE_CORRUPT', message: /not the version/ });
  assert.deepEqual(await records(path), [['other', 'program']]);
});

test('a store that lost its file CURRENT is refused as damaged instead of begun anew', async (t) => {
  const path = await filled(t);
  await rm(join(path, 'CURRENT'));
  const before = await readdir(path);
  await assert.rejects(new LevelStore({ path }).start(), { code: 'STORE_CORRUPT', message: /CURRENT is missing/ });
  assert.deepEqual(await readdir(path), before);
});

test('a store that was just being made when the power went is made anew; what has its name was whole', async (t) => {
  const left: Record<string, Record<string, string>> = {
    'before the library named its first manifest': { 'MANIFEST-000001': 'half', '000001.dbtmp': '' },
    'with a manifest that says nothing': { CURRENT: 'MANIFEST-000001\n', 'MANIFEST-000001': '', '000003.log': '' },
  };
  for (const [when, files] of Object.entries(left)) {
    const path = join(await temporaryFolder(t), 'store');
    await mkdir(`${path}.making`);
    for (const [name, text] of Object.entries(files)) await writeFile(join(`${path}.making`, name), text);
    const store = new LevelStore({ path });
    await store.start();
    await store.commit([{ table: 'counters', key: 'n', put: { value: 1 } }], 'sync');
    await store.stop();
    assert.deepEqual(await readdir(dirname(path)), ['store'], when);
    assert.equal((await records(path)).length, 2);
  }
});

test('a store is made where its place is a folder in which something lies, or a link to another', async (t) => {
  const folder = await temporaryFolder(t);
  await mkdir(join(folder, 'disk/lost+found'), { recursive: true });
  await symlink(join(folder, 'disk'), join(folder, 'link'));
  for (const path of [join(folder, 'disk'), join(folder, 'link')]) {
    const store = new LevelStore({ path });
    await store.start();
    await store.stop();
  }
  assert.deepEqual((await readdir(folder)).sort(), ['disk', 'link']);
  assert.ok(existsSync(join(folder, 'disk/CURRENT')));
});

test('a store whose manifest is damaged is refused, in one sentence that says what to do', async (t) => {
  const path = await filled(t);
  const manifest = join(path, (await readFile(join(path, 'CURRENT'), 'utf8')).trim());
  await writeFile(manifest, (await readFile(manifest)).fill(7));
  await assert.rejects(new LevelStore({ path }).start(), (error: Error & { code: string }) => {
    assert.equal(error.code, 'STORE_CORRUPT');
    assert.match(error.message, /^The store \S+ is damaged \([^\n]+\): restore it from a backup, or move it away/);
    assert.ok(error.cause instanceof Error);
    return true;
  });
});

test('a record that is not JSON is named when it is read, and the others can be read', async (t) => {
  const path = await filled(t);
  await put(path, 'counters/broken', '{"value":');
  const store = new LevelStore({ path });
  await store.start();
  t.after(() => store.stop());
  await assert.rejects(store.get('counters', 'broken'), {
    code: 'STORE_CORRUPT',
    message: /"broken" of table counters/,
  });
  assert.deepEqual(await store.get('counters', 'n'), { value: 1 });
});

const noFolders = { skip: existsSync('/proc/self') ? false : 'this system has no /proc' };

test('a path in a folder that takes no folders is refused at once', noFolders, async () => {
  await assert.rejects(new LevelStore({ path: '/proc/nowhere/store' }).start(), { code: 'STORE_UNAVAILABLE' });
});

test('folders on the way to a store are made', async (t) => {
  const store = new LevelStore({ path: join(await temporaryFolder(t), 'a', 'b', 'c') });
  await store.start();
  await store.stop();
});

test('a path that is a file, or that may not be written, is refused with STORE_UNAVAILABLE', async (t) => {
  const folder = await temporaryFolder(t);
  const file = join(folder, 'file');
  await writeFile(file, '');
  await assert.rejects(new LevelStore({ path: file }).start(), {
    code: 'STORE_UNAVAILABLE',
    message: /cannot be opened/,
  });
  if (process.getuid?.() === 0) return;
  await chmod(folder, 0o500);
  await assert.rejects(new LevelStore({ path: join(folder, 'store') }).start(), { code: 'STORE_UNAVAILABLE' });
  await chmod(folder, 0o700);
});

async function filled(t: TestContext): Promise<string> {
  const path = await temporaryFolder(t);
  const store = new LevelStore({ path });
  await store.start();
  await store.commit([{ table: 'counters', key: 'n', put: { value: 1 } }], 'sync');
  await store.stop();
  return path;
}

async function put(path: string, key: string, value: string): Promise<void> {
  const database = new Level(path);
  await database.put(key, value);
  await database.close();
}

async function records(path: string): Promise<[string, string][]> {
  const database = new Level(path);
  const all = await database.iterator().all();
  await database.close();
  return all;
}
