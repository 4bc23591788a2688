import assert from 'node:assert/strict';
import { randomBytes } from 'node:crypto';
import { test } from 'node:test';
import { archive, archiveHeader, openArchive } from '../../../agent/ground/archive/archive.ts';
import type { Entry } from '../../../agent/ground/archive/entries.ts';

const ABOUT = { madeAt: '2026-11-20T15:00:00Z', records: 2 };
const PASSPHRASE = 'a horse, a staple and a battery';

async function* from<T>(all: readonly T[]): AsyncGenerator<T> {
  yield* all;
}

async function written(entries: readonly Entry[], passphrase: string | null): Promise<Buffer> {
  const parts: Buffer[] = [];
  for await (const bytes of archive(from(entries), ABOUT, passphrase)) parts.push(bytes);
  return Buffer.concat(parts);
}

async function read(bytes: Buffer, passphrase: string | null, pieces = 10_000): Promise<Entry[]> {
  const cut = Array.from({ length: Math.ceil(bytes.length / pieces) }, (_, n) =>
    bytes.subarray(n * pieces, (n + 1) * pieces),
  );
  const all: Entry[] = [];
  for await (const entry of (await openArchive(from(cut), passphrase)).entries) all.push(entry);
  return all;
}

function entry(name: string, value: Buffer, kind: Entry['kind'] = 'record'): Entry {
  return { kind, name, value };
}

/** More than three chunks, of which nothing can be made smaller. */
const MANY = [
  entry('wheelhouse.yaml', Buffer.from('symbols: [SPY]\n'), 'file'),
  entry('counters/ß', Buffer.alloc(0)),
  ...Array.from({ length: 60 }, (_, n) => entry(`chains/SPY/${n}`, randomBytes(3500))),
];

/** Made once: making a key costs a quarter of a second, which is what it is for. */
const locked = written(MANY, PASSPHRASE);

test('what goes into a back-up comes out of it, in its order, however it is cut into pieces', async () => {
  const bytes = await written(MANY, null);
  for (const pieces of [10_000, 7]) assert.deepEqual(await read(bytes, null, pieces), MANY);
  assert.deepEqual(await read(await locked, PASSPHRASE), MANY);
  assert.deepEqual([bytes.includes('back-up'), (await locked).includes('symbols')], [true, false]);
  assert.deepEqual(await read(await written([], null), null), []);
});

test('two back-ups of the same have nothing in common', async () => {
  const [a, b] = [await written(MANY, null), await written(MANY, null)];
  assert.notDeepEqual(a.subarray(-100), b.subarray(-100));
});

test('without the passphrase, or with another one, nothing is read, and it is said in one sentence', async () => {
  const bytes = await locked;
  await assert.rejects(read(bytes, null), { code: 'ARCHIVE_PASSPHRASE', message: /its passphrase is needed/ });
  await assert.rejects(read(bytes, `${PASSPHRASE} `), { code: 'ARCHIVE_PASSPHRASE', message: /is wrong/ });
  const { lock, madeAt } = await archiveHeader(from([bytes.subarray(0, 1000)]));
  assert.deepEqual([lock, madeAt], [{ kind: 'scrypt', N: 65536, r: 8, p: 2 }, ABOUT.madeAt]);
});

test('a back-up that was cut off anywhere, or of which one byte was changed, is damaged', async () => {
  const bytes = await written(MANY, null);
  const cuts = [0, 5, 22, 100, 300, 65_000, 65_900, 131_500, bytes.length - 100, bytes.length - 1];
  for (const cut of cuts)
    await assert.rejects(read(bytes.subarray(0, cut), null), /damaged|is no back-up/, `cut at ${cut}`);
  for (let n = 0; n < 60; n += 1) {
    const at = n < 25 ? n * 13 : Math.floor((bytes.length * n) / 60);
    const changed = Buffer.from(bytes);
    changed[at] = (changed[at] as number) ^ 1;
    await assert.rejects(read(changed, null), /damaged|is no back-up|newer program/, `changed at ${at}`);
  }
  await assert.rejects(read(Buffer.concat([bytes, Buffer.from('x')]), null), /something follows its end/);
});

test('parts that were moved, left out or repeated are noticed', async () => {
  const bytes = await written(MANY, null);
  const chunk = 4 + (1 << 16) + 16;
  const head = bytes.subarray(0, headOf(bytes));
  const parts = [0, 1, 2].map((n) => bytes.subarray(head.length + n * chunk, head.length + (n + 1) * chunk));
  const rest = bytes.subarray(head.length + 3 * chunk);
  const [a, b, c] = parts as [Buffer, Buffer, Buffer];
  assert.ok(rest.length > 0);
  assert.equal((await read(Buffer.concat([head, a, b, c, rest]), null)).length, MANY.length);
  for (const mixed of [
    [b, a, c, rest],
    [a, c, rest],
    [a, a, b, c, rest],
    [a, b, c],
  ]) {
    await assert.rejects(read(Buffer.concat([head, ...mixed]), null), { code: 'ARCHIVE_DAMAGED' });
  }
});

test('a newer form, a key that would take too much memory and a file that is something else are refused', async () => {
  const bytes = await written([], null);
  const asking = (from: string, to: string): Buffer =>
    Buffer.from(bytes.toString('latin1').replace(from, to), 'latin1');
  await assert.rejects(read(asking('"version":1', '"version":2'), null), { code: 'ARCHIVE_NEWER' });
  const greedy = Buffer.from((await locked).toString('latin1').replace('"N":65536', '"N":99999'), 'latin1');
  await assert.rejects(read(greedy, PASSPHRASE), { code: 'ARCHIVE_DAMAGED', message: /how it is locked/ });
  await assert.rejects(read(Buffer.from('PK\u0003\u0004 something else altogether'), null), {
    code: 'ARCHIVE_FOREIGN',
  });
});

function headOf(bytes: Buffer): number {
  const magic = bytes.indexOf('\n') + 1;
  return magic + 4 + bytes.readUInt32LE(magic) + 32;
}
