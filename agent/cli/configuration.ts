import type { Command } from 'commander';
import { type Configuration, loadConfiguration } from '../config/load.ts';
import { problemLine } from '../config/problem.ts';

/** The configuration, or the end: every problem in its own line, and nothing was started. */
export async function configurationOrExit(path: string | null, command: Command): Promise<Configuration> {
  const checked = await loadConfiguration(path);
  if (checked.ok) return checked.value;
  const { problems } = checked;
  const head = `wheelhouse: ${problems.length === 1 ? 'a problem' : `${problems.length} problems`} in the configuration; nothing was started`;
  return command.error([head, ...problems.map((problem) => `  ${problemLine(problem)}`)].join('\n'), { exitCode: 2 });
}
