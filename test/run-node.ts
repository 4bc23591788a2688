import { spawnSync } from 'node:child_process';
import { resolve } from 'node:path';

export const ROOT = resolve(import.meta.dirname, '..');

export interface Ran {
  readonly code: number | null;
  readonly out: string;
  readonly err: string;
}

/** Runs this Node with arguments in the repository's root and waits for its end. */
export function runNode(args: readonly string[], env: NodeJS.ProcessEnv = {}): Ran {
  return runProgram(process.execPath, args, env);
}

/** Runs a program in the repository's root and waits for its end. */
function runProgram(program: string, args: readonly string[], env: NodeJS.ProcessEnv = {}): Ran {
  // Without the marker of an enclosing test run, or a child that runs tests would report to it instead of its terminal.
  const { NODE_TEST_CONTEXT: _, ...surroundings } = process.env;
  const options = { cwd: ROOT, encoding: 'utf8', env: { ...surroundings, ...env }, maxBuffer: 64 << 20 } as const;
  const ran = spawnSync(program, args, options);
  if (ran.error !== undefined) throw ran.error;
  return { code: ran.status, out: ran.stdout, err: ran.stderr };
}
