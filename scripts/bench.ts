import { readdirSync } from 'node:fs';
import { cpus } from 'node:os';
import { parseArgs } from 'node:util';
import { closest } from 'fastest-levenshtein';
import { type Measure, type Run, withinBound } from './bench/measure.ts';

interface Bench {
  readonly title: string;
  readonly run: Run;
}

const FOLDER = `${import.meta.dirname}/bench`;
const NAMES = readdirSync(FOLDER)
  .filter((file) => file.endsWith('.ts') && file !== 'measure.ts')
  .map((file) => file.slice(0, -3))
  .sort();

process.exitCode = await main(process.argv.slice(2));

async function main(args: string[]): Promise<number> {
  const call = readArgs(args);
  if (call === null) return 2;
  const { names, json, strict } = call;
  if (names.length === 0) return list();
  const unknown = names.filter((name) => !NAMES.includes(name));
  for (const name of unknown) {
    process.stderr.write(`bench: there is no benchmark "${name}"; did you mean "${closest(name, NAMES)}"?\n`);
  }
  if (unknown.length > 0) return 2;
  let held = true;
  for (const name of names) {
    const bench: Bench = await import(`${FOLDER}/${name}.ts`);
    const measures = await bench.run();
    held = held && measures.every(withinBound);
    process.stdout.write(
      json ? `${JSON.stringify({ name, machine: machine(), measures })}\n` : table(bench.title, measures),
    );
  }
  return held || !strict ? 0 : 1;
}

function readArgs(args: string[]): { names: string[]; json: boolean; strict: boolean } | null {
  try {
    const options = { json: { type: 'boolean', default: false }, strict: { type: 'boolean', default: false } } as const;
    const { values, positionals } = parseArgs({ args, options, allowPositionals: true });
    return { ...values, names: positionals };
  } catch (error) {
    process.stderr.write(`bench: ${(error as Error).message}\n`);
    return null;
  }
}

function list(): number {
  process.stdout.write(`npm run bench -- NAME [--json] [--strict]\n\n${NAMES.map((name) => `  ${name}\n`).join('')}`);
  return 0;
}

function machine(): { cpu: string; cores: number; node: string } {
  return { cpu: cpus()[0]?.model ?? 'unknown', cores: cpus().length, node: process.version };
}

function table(title: string, measures: readonly Measure[]): string {
  const { cpu, cores, node } = machine();
  const rows = measures.map((m) => [m.name, `${number(m.value)} ${m.unit}`, ratio(m), bound(m)]);
  const widths = [0, 1, 2].map((column) => Math.max(...rows.map((row) => (row[column] as string).length)));
  const lines = rows.map((row) =>
    row
      .map((cell, column) => cell.padEnd(widths[column] ?? 0))
      .join('  ')
      .trimEnd(),
  );
  return `${title}\n${cpu}, ${cores} cores, Node ${node}\n\n${lines.map((line) => `  ${line}\n`).join('')}\n`;
}

function number(value: number): string {
  return value.toLocaleString('en-US', { maximumSignificantDigits: 4 });
}

function ratio(measure: Measure): string {
  return measure.ratio === undefined ? '' : `${number(measure.ratio)} x ${measure.yardstick ?? 'yardstick'}`;
}

function bound(measure: Measure): string {
  const words: string[] = [];
  if (measure.atLeast !== undefined) words.push(`at least ${number(measure.atLeast)}`);
  if (measure.atMost !== undefined) words.push(`at most ${number(measure.atMost)}`);
  if (words.length > 0) words.push(withinBound(measure) ? 'held' : 'MISSED');
  if (measure.aim !== undefined) words.push(`aim ${number(measure.aim)}`);
  return words.join(', ');
}
