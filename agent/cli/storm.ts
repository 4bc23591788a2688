import { writeFile } from 'node:fs/promises';
import cliProgress from 'cli-progress';
import { Command, InvalidArgumentError } from 'commander';
import { stormOptions } from '../compose/storm/options.ts';
import { type FailedSeed, runSeed, type SeedResult } from '../compose/storm/run.ts';
import { nearest } from '../config/suggestion.ts';
import { newYorkText } from '../core/calendar/new-york.ts';
import { FAULT_NAMES, type FaultName, isFaultName } from '../lab/exchange/faults/fault.ts';
import { whole } from './numbers.ts';

interface Options {
  readonly seeds: readonly [number, number];
  readonly days: number;
  readonly faults: readonly FaultName[] | 'all';
  readonly only?: readonly number[];
  readonly log?: string;
  readonly json?: true;
}

const MOST_DAYS = 20;

export function stormCommand(): Command {
  return new Command('storm')
    .option('--seeds <from..to>', 'which storms, for example 1..200, or one number', seedRange, [1, 200] as const)
    .option('--days <n>', 'sessions of each storm', whole(1, MOST_DAYS), 1)
    .option('--faults <list>', 'faults of the exchange: all, none, or names with commas between', faultList, 'all')
    .option('--only <list>', 'let only these places of the plan happen', places)
    .option('--log <file>', 'write everything that happened, one JSON object a line; for one seed')
    .option('--json', 'the result as JSON')
    .addHelpText('after', '\nHow to read a seed that fails: docs/storm.md.')
    .action((options: Options) => run(options));
}

async function run(options: Options): Promise<void> {
  const { seeds, days, only = null, log } = options;
  const faults = options.faults === 'all' ? null : options.faults;
  const [from, to] = seeds;
  const trading = await stormOptions();
  const bar = progress(options);
  bar?.start(to - from + 1, 0, { failed: 0 });
  const results: SeedResult[] = [];
  for (let seed = from; seed <= to; seed += 1) {
    const { lines, ...result } = await runSeed({ seed, days, faults, only, options: trading });
    results.push(result);
    bar?.increment({ failed: results.filter(({ failed }) => failed !== null).length });
    if (log !== undefined && seed === from) await writeFile(log, `${lines.join('\n')}\n`);
  }
  bar?.stop();
  const failed = results.flatMap((result) => result.failed ?? []);
  if (options.json) process.stdout.write(`${JSON.stringify(summary(results, options), null, 2)}\n`);
  else process.stdout.write(text(results, failed, options));
  if (failed.length === 0) return;
  throw Object.assign(new Error(`${failed.length} of ${results.length} storms broke a promise`), {
    code: 'STORM_FAILED',
  });
}

function summary(results: readonly SeedResult[], { days }: Options): object {
  const sum = (of: (result: SeedResult) => number): number => results.reduce((total, one) => total + of(one), 0);
  const failed = results.flatMap((result) => result.failed ?? []);
  return {
    seeds: results.length,
    passed: results.length - failed.length,
    days: results.length * days,
    events: sum(({ events }) => events),
    orders: sum(({ orders }) => orders),
    fills: sum(({ fills }) => fills),
    cpuSecondsPerDay: Math.round((sum(({ seconds }) => seconds) / (results.length * days)) * 1e3) / 1e3,
    failed,
  };
}

function text(results: readonly SeedResult[], failed: readonly FailedSeed[], options: Options): string {
  const { failed: _, ...figures } = summary(results, options) as Record<string, unknown>;
  const lines = Object.entries(figures).map(([name, value]) => `${name}: ${value}`);
  return `${[...failed.map((one) => failureText(one, options)), ...lines].join('\n')}\n`;
}

function failureText({ seed, violations, replays, events, shortest }: FailedSeed, { days }: Options): string {
  const broken = violations.map(({ letter, at, text: what, promise }) => {
    const when = at === null ? 'at the end' : newYorkText(at);
    return `  (${letter}) ${promise}\n      ${when}: ${what}`;
  });
  const places = shortest.map(({ index }) => index).join(',');
  return [
    `seed ${seed} fails${replays ? '' : ', and not the same way twice'}:`,
    ...broken,
    `  ${shortest.length} of ${events} events are enough:`,
    ...shortest.map(({ index, text: what }) => `    ${index}: ${what}`),
    `  again: scripts/wheelhouse storm --seeds ${seed} --days ${days} --only '${places}' --log storm.jsonl`,
    '',
  ].join('\n');
}

function progress({ json, seeds }: Options): cliProgress.SingleBar | null {
  if (json || !process.stderr.isTTY || seeds[0] === seeds[1]) return null;
  const format = '{bar} {value}/{total} storms, {failed} failed, {eta_formatted} left';
  return new cliProgress.SingleBar({ format, stream: process.stderr }, cliProgress.Presets.rect);
}

function seedRange(given: string): readonly [number, number] {
  const [, from = '', to = from] = /^(\d{1,9})(?:\.\.(\d{1,9}))?$/.exec(given) ?? [];
  if (from === '' || Number(to) < Number(from))
    throw new InvalidArgumentError('It must be such as 1..200, or a number.');
  return [Number(from), Number(to)];
}

function faultList(given: string): readonly FaultName[] | 'all' {
  if (given === 'all') return 'all';
  if (given === 'none') return [];
  return given.split(',').map((name) => {
    const trimmed = name.trim();
    if (isFaultName(trimmed)) return trimmed;
    const near = nearest(trimmed, FAULT_NAMES);
    const hint = near === null ? `There are ${FAULT_NAMES.join(', ')}.` : `Did you mean "${near}"?`;
    throw new InvalidArgumentError(`There is no fault "${trimmed}". ${hint}`);
  });
}

function places(given: string): readonly number[] {
  if (given.trim() === '') return [];
  const found = given.split(',').map(Number);
  if (found.every((place) => Number.isSafeInteger(place) && place >= 0)) return found;
  throw new InvalidArgumentError('It must be numbers with commas between.');
}
