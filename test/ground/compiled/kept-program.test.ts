import assert from 'node:assert/strict';
import {
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmdirSync,
  rmSync,
  statSync,
  truncateSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { basename, join } from 'node:path';
import { type TestContext, test } from 'node:test';
import { pathToFileURL } from 'node:url';
import { ROOT, runNode } from '../../run-node.ts';

const KEPT = pathToFileURL(`${ROOT}/agent/ground/compiled/kept-program.ts`).href;
const PROGRAM = `
  exports.double = (x) => { const inner = () => x * 2; return inner(); };
  exports.fails = () => { throw new Error('on purpose'); };
  exports.reads = () => require('node:path').basename(__filename);
`;

interface Place {
  readonly folder: string;
  /** Runs the program in a process of its own and answers what it printed. */
  readonly run: (expression: string, use?: string, name?: string) => string;
  readonly kept: () => readonly string[];
}

function place(t: TestContext): Place {
  const folder = mkdtempSync(join(tmpdir(), 'wheelhouse-kept-'));
  t.after(() => rmSync(folder, { recursive: true }));
  writeFileSync(join(folder, 'program-AAAA.cjs'), PROGRAM);
  const cache = join(folder, 'cache');
  return {
    folder,
    run: (expression, use = 'run', name = 'program-AAAA.cjs') => {
      const begin = join(folder, 'begin.mjs');
      writeFileSync(
        begin,
        `import { enableCompileCache } from 'node:module';
         enableCompileCache(${JSON.stringify(cache)});
         const { runKept } = await import(${JSON.stringify(KEPT)});
         const program = runKept(new URL(${JSON.stringify(name)}, import.meta.url), ${JSON.stringify(use)});
         console.log(${expression});`,
      );
      const { code, out, err } = runNode([begin], { NODE_COMPILE_CACHE: undefined });
      assert.deepEqual([code, err], [0, '']);
      return out.trim();
    },
    kept: () => {
      const files = readdirSync(cache, { recursive: true, encoding: 'utf8' });
      return files.filter((name) => name.endsWith('.compiled')).map((name) => join(cache, name));
    },
  };
}

test('what a program has compiled is kept as it ends, with the functions that ran, and is not written again', (t) => {
  const { run, kept } = place(t);
  assert.equal(run('typeof program.reads'), 'function');
  const [first] = kept();
  const size = statSync(first as string).size;
  rmSync(first as string);
  assert.equal(run('program.double(21) + program.reads()'), '42program-AAAA.cjs');
  assert.ok(statSync(first as string).size > size, 'what has run is longer than what has not');
  const { ino, mtimeMs } = statSync(first as string);
  assert.equal(run('program.double(4)'), '8');
  const again = statSync(first as string);
  assert.deepEqual([again.ino, again.mtimeMs], [ino, mtimeMs]);
});

test('kept code that was cut, or is none, is not used and made anew', (t) => {
  const { run, kept } = place(t);
  run('program.double(1)');
  const [file] = kept() as [string];
  const whole = readFileSync(file);
  const turned = Buffer.from(whole);
  turned[whole.length >> 1] = (turned[whole.length >> 1] as number) ^ 1;
  for (const damage of [
    () => writeFileSync(file, turned),
    () => truncateSync(file, 100),
    () => truncateSync(file, 0),
    () => writeFileSync(file, 'no code'),
  ]) {
    damage();
    assert.equal(run('program.double(21)'), '42');
    assert.equal(readFileSync(file).length, whole.length);
  }
});

test('a write that failed leaves nothing behind, and what the power has cut off goes with the next', (t) => {
  const { folder, run, kept } = place(t);
  run('program.double(1)');
  const [file] = kept() as [string];
  rmSync(file);
  mkdirSync(file);
  assert.equal(run('program.double(21)'), '42');
  const left = (): readonly string[] =>
    readdirSync(join(folder, 'cache'), { recursive: true, encoding: 'utf8' }).filter((name) =>
      name.includes('.compiled'),
    );
  assert.equal(left().length, 1);
  rmdirSync(file);
  writeFileSync(`${file}.4711`, 'cut');
  run('program.double(1)');
  assert.deepEqual(
    left().map((name) => basename(name)),
    [basename(file)],
  );
});

test('each use keeps its own, and a new text puts the old one of the same use out', (t) => {
  const { folder, run, kept } = place(t);
  run('program.double(1)', 'run');
  run('program.double(1)', 'status');
  run('program.double(1)', '--version');
  assert.equal(kept().length, 3);
  writeFileSync(join(folder, 'program-BBBB.cjs'), PROGRAM.replace('x * 2', 'x * 3'));
  assert.equal(run('program.double(2)', 'run', 'program-BBBB.cjs'), '6');
  const names = kept().map((path) => path.replace(/^.*\//, ''));
  assert.deepEqual(names.sort(), [
    'program-AAAA-other.compiled',
    'program-AAAA-status.compiled',
    'program-BBBB-run.compiled',
  ]);
});

test('an error names the place in the file', (t) => {
  const { folder, run } = place(t);
  const stack = run(`(() => { try { program.fails(); } catch (error) { return error.stack; } })()`);
  assert.match(stack, new RegExp(`${join(folder, 'program-AAAA.cjs')}:3:`));
});
