import assert from 'node:assert/strict';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { type TestContext, test } from 'node:test';
import { type OptionTable, readOptionTable } from '../../agent/cli/option-table.ts';
import { runNode } from '../run-node.ts';

const HEADER = 'type,S,K,T_years,r,q,sigma,note';
/** More than the command takes at once, and longer than what is read at once. */
const MANY = 45_000;

test('a table read in pieces of any size is the one that is read in one piece', async (t) => {
  const lines = Array.from({ length: 3000 }, (_, n) => `P,${n},95,0.5,0.03,0.01,0.2,"ü, ""${n}""\nsecond line"`);
  const path = file(t, `\uFEFF${HEADER}\r\n\r\n${lines.join('\r\n')}\r\n`);
  const [whole, ...more] = await pieces(path, 5000);
  assert.deepEqual([whole?.lines, more.length], [lines, 0]);
  for (const most of [1, 7, 1000, 2999, 3000]) {
    const parts = await pieces(path, most);
    assert.equal(parts.length, Math.ceil(lines.length / most));
    for (const part of parts) assert.deepEqual([part.header, part.names], [HEADER, HEADER.split(',')]);
    assert.deepEqual(
      parts.flatMap((part) => part.rows),
      whole?.rows,
    );
    assert.deepEqual(
      parts.flatMap((part) => part.lines),
      lines,
    );
  }
});

test('of a table of many rows every line is printed once, in order, behind one header', (t) => {
  const lines = Array.from({ length: MANY }, (_, n) => `C,${n + 1},95,0.5,0.03,0.01,0.2,n${n}`);
  const { code, out } = runNode(['agent/main.ts', 'price', file(t, many(lines)), '--model', 'european']);
  assert.equal(code, 0);
  const printed = out.trimEnd().split('\n');
  assert.equal(printed.length, MANY + 1);
  assert.match(printed[0] ?? '', /^type,.*,note,price,/);
  for (const [n, line] of lines.entries()) assert.ok(printed[n + 1]?.startsWith(`${line},`), `line ${n + 2}`);
});

test('a broken line far down is named; what came before it is printed', (t) => {
  const lines = Array.from({ length: MANY }, (_, n) => `C,${n + 1},95,0.5,0.03,0.01,0.2,n${n}`);
  const path = file(t, many([...lines, 'C,100', ...lines]));
  const { code, out, err } = runNode(['agent/main.ts', 'price', path, '--model', 'european']);
  assert.equal(code, 1);
  assert.match(err, new RegExp(`cannot read .* as CSV: .*line ${MANY + 2}`));
  assert.match(out, /^type,.*\nC,1,95,/);
  assert.ok(out.endsWith('\n') && out.split('\n').length <= MANY + 2);
});

function many(lines: readonly string[]): string {
  return `${HEADER}\n${lines.join('\n')}\n`;
}

function file(t: TestContext, text: string): string {
  const folder = mkdtempSync(join(tmpdir(), 'options-'));
  t.after(() => rmSync(folder, { recursive: true }));
  const path = join(folder, 'options.csv');
  writeFileSync(path, text);
  return path;
}

async function pieces(path: string, most: number): Promise<OptionTable[]> {
  const found: OptionTable[] = [];
  for await (const piece of readOptionTable(path, most)) found.push(piece);
  return found;
}
