import { Command } from 'commander';
import { guardLimits } from '../compose/guard-limits.ts';
import { defaultsAsYaml, settingsAsMarkdown } from '../config/describe.ts';
import { loadConfiguration } from '../config/load.ts';
import { problemLine } from '../config/problem.ts';

interface Options {
  readonly json?: true;
  readonly defaults?: true;
  readonly markdown?: true;
  readonly limits?: true;
}

export function checkConfigCommand(): Command {
  return new Command('check-config')
    .argument('[file]', 'the configuration to check')
    .option('--json', 'problems as JSON')
    .option('--defaults', 'print every setting with its default, as YAML')
    .option('--markdown', 'the same as a table')
    .option('--limits', 'print what a guard must let pass for these settings, and no more: a limits.json for it')
    .action((file: string | undefined, options: Options, command: Command) => run(file, options, command));
}

async function run(file: string | undefined, options: Options, command: Command): Promise<void> {
  if (options.defaults) return print(defaultsAsYaml());
  if (options.markdown) return print(`${settingsAsMarkdown()}\n`);
  if (file === undefined) command.error('wheelhouse: name the file to check, or ask for --defaults');
  const checked = await loadConfiguration(file);
  const problems = checked.ok ? [] : checked.problems;
  if (options.limits && checked.ok) print(`${JSON.stringify(guardLimits(checked.value.settings), null, 2)}\n`);
  else if (options.json) print(`${JSON.stringify({ ok: checked.ok, problems })}\n`);
  else if (checked.ok) print(`${file}: in order\n`);
  if (checked.ok) return;
  const text = options.json ? '' : problems.map(problemLine).join('\n');
  command.error(text, { exitCode: 2 });
}

function print(text: string): void {
  process.stdout.write(text);
}
