import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { type KilledDay, killedDay } from './kills-rig/day.ts';
import { killPlan } from './kills-rig/kill-plan.ts';
import { summaryOf, summaryText } from './kills-rig/summary.ts';

/* npm run kills [-- --kills 100 --seed 1 --json]: SIGKILL of agent and guard at random moments of trading days, in real processes. */

const KILLS_OF_A_DAY = 8;
const DATES = ['2026-11-16', '2026-11-17', '2026-11-18', '2026-11-19', '2026-11-20'];

process.exitCode = await main();

async function main(): Promise<number> {
  const { kills, seed, json } = readArgs();
  const days: KilledDay[] = [];
  for (let done = 0; done < kills; done += KILLS_OF_A_DAY) {
    const plan = killPlan(seed, days.length, Math.min(KILLS_OF_A_DAY, kills - done));
    const folder = mkdtempSync(join(tmpdir(), 'wheelhouse-kills-'));
    const date = DATES[days.length % DATES.length] as string;
    const marketSeed = seed + days.length;
    const day = await killedDay({ folder, date, seed: marketSeed, kills: plan, tell: (line) => tell(`  ${line}`) });
    days.push(day);
    const { orders, executions, wrongs } = day;
    if (wrongs.length === 0) rmSync(folder, { recursive: true, force: true });
    const outcome = wrongs.length === 0 ? 'books equal' : [`WRONG, kept in ${folder}`, ...wrongs].join('\n    ');
    tell(`${done + plan.length} of ${kills}: ${date}, ${orders} orders, ${executions} executions, ${outcome}`);
  }
  const summary = summaryOf(days);
  process.stdout.write(json ? `${JSON.stringify({ seed, ...summary }, null, 2)}\n` : summaryText(summary));
  return summary.wrongs.length === 0 ? 0 : 1;
}

function tell(line: string): void {
  process.stderr.write(`${line}\n`);
}

function readArgs(): { kills: number; seed: number; json: boolean } {
  const text = { type: 'string' } as const;
  const { kills, seed, json } = parseArgs({
    options: {
      kills: { ...text, default: '100' },
      seed: { ...text, default: '1' },
      json: { type: 'boolean', default: false },
    },
  }).values;
  const whole = [Number(kills), Number(seed)] as const;
  if (!whole.every((value) => Number.isSafeInteger(value) && value >= 0)) {
    process.stderr.write('kills: --kills and --seed must be whole numbers\n');
    process.exit(2);
  }
  return { kills: whole[0], seed: whole[1], json };
}
