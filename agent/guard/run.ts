import { parseArgs } from 'node:util';
import { openRedSwitch } from '../ground/gpio/red-switch.ts';
import { endOfProcess } from '../ground/supervisor/end.ts';
import { supervisorOf } from '../ground/supervisor/supervisor.ts';
import { after, monotonicMs } from '../ground/time/clock.ts';
import { readConfig } from './config.ts';
import { Control } from './control.ts';
import { Guard } from './guard.ts';

/** 0 = stopped when asked, 1 = it could not go on, 2 = the call or the configuration is wrong and nothing was started. */
type ExitCode = 0 | 1 | 2;

export async function runGuard(args: string[]): Promise<ExitCode> {
  const call = readArgs(args);
  if (call?.config === undefined) return complain(['call it as: guard/main.ts --config FILE [--with-parent]']);
  const { value: config, problems } = readConfig(call.config);
  if (config === null) return complain(problems.map((problem) => `${call.config}: ${problem}`));
  const supervisor = await supervisorOf(process.env, process.pid);
  const guard = new Guard(config, await openRedSwitch(config.redSwitch, { now: monotonicMs, after }));
  const control = new Control(guard);
  try {
    await guard.start();
    await control.start(config.control);
  } catch (error) {
    complain([(error as Error).message]);
    process.exit(1);
  }
  const end = endOfProcess(call['with-parent'] === true);
  process.stdout.write(`guard: listens on ${config.listen.host}:${guard.port}\n`);
  supervisor.ready(told(guard));
  const signs = supervisor.keepAlive(() => told(guard));
  await end;
  signs?.cancel();
  supervisor.stopping();
  control.stop();
  await guard.stop();
  return 0;
}

function told(guard: Guard): string {
  const { state, cause, closed, contacts } = guard.status();
  const passes = contacts === 'none' ? 'armed, orders pass; there is no red switch' : 'armed, orders pass';
  return state === 'armed' ? (closed ?? passes) : `${state}: ${cause}`;
}

function readArgs(args: string[]): { config?: string; 'with-parent'?: boolean } | null {
  const options = { config: { type: 'string' }, 'with-parent': { type: 'boolean' } } as const;
  try {
    return parseArgs({ args, options }).values;
  } catch {
    return null;
  }
}

function complain(lines: readonly string[]): 2 {
  process.stderr.write(lines.map((line) => `guard: ${line}\n`).join(''));
  return 2;
}
