import { parseArgs } from 'node:util';
import { FileSwitch } from '../ground/gpio/file-switch.ts';
import { readConfig } from './config.ts';
import { Control } from './control.ts';
import { Guard } from './guard.ts';

/** 0 = stopped when asked, 1 = it could not go on, 2 = the call or the configuration is wrong and nothing was started. */
type ExitCode = 0 | 1 | 2;

export async function runGuard(args: string[]): Promise<ExitCode> {
  const path = configPath(args);
  if (path === null) return complain(['call it as: guard/main.ts --config FILE']);
  const { value: config, problems } = readConfig(path);
  if (config === null) return complain(problems.map((problem) => `${path}: ${problem}`));
  const guard = new Guard(config, new FileSwitch(config.contacts));
  const control = new Control(guard);
  try {
    await guard.start();
    await control.start(config.control);
  } catch (error) {
    complain([(error as Error).message]);
    process.exit(1);
  }
  process.stdout.write(`guard: listens on ${config.listen.host}:${config.listen.port}\n`);
  await signalled();
  control.stop();
  await guard.stop();
  return 0;
}

function configPath(args: string[]): string | null {
  try {
    return parseArgs({ args, options: { config: { type: 'string' } } }).values.config ?? null;
  } catch {
    return null;
  }
}

function complain(lines: readonly string[]): 2 {
  process.stderr.write(lines.map((line) => `guard: ${line}\n`).join(''));
  return 2;
}

function signalled(): Promise<void> {
  return new Promise((resolve) => {
    process.once('SIGINT', () => resolve());
    process.once('SIGTERM', () => resolve());
  });
}
