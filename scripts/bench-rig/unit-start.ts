import { readFileSync } from 'node:fs';
import { resolve } from 'node:path';

/** How a unit starts its program: flags of Node, and the environment as far as it decides about memory. */
export interface UnitStart {
  readonly flags: readonly string[];
  readonly env: NodeJS.ProcessEnv;
}

const SYSTEMD = resolve(import.meta.dirname, '../../systemd');

/** What is measured is what is installed. */
export function unitStart(unit: 'wheelhouse-agent' | 'wheelhouse-guard'): UnitStart {
  const text = readFileSync(`${SYSTEMD}/${unit}.service`, 'utf8');
  const started = /^ExecStart=\S+\/node (.*)$/m.exec(text)?.[1]?.split(' ') ?? [];
  const set = /^Environment=(.*)$/m.exec(text)?.[1]?.split(' ') ?? [];
  const flags = started.slice(
    0,
    started.findIndex((word) => !word.startsWith('--')),
  );
  const memory = set.filter((each) => each.startsWith('MALLOC_')).map((each) => each.split('='));
  return { flags, env: { ...process.env, ...Object.fromEntries(memory) } };
}
