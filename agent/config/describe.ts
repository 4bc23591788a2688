import * as v from 'valibot';
import { stringify } from 'yaml';
import { entriesOf } from './names.ts';
import { SETTINGS } from './schema.ts';

interface Described {
  readonly key: string;
  readonly depth: number;
  readonly name: string;
  /** `null` for a group of settings. */
  readonly value: string | null;
  readonly why: string;
}

/** The whole configuration with its defaults, each setting with what it is for. */
export function defaultsAsYaml(): string {
  const lines = describe().map(({ depth, name, value, why }) => {
    const indent = '  '.repeat(depth);
    if (value === null) return `${depth === 0 ? '\n' : ''}${indent}${name}:`;
    return `${indent}${name}: ${value}${why === '' ? '' : `  # ${why}`}`;
  });
  return `# Every setting of Wheelhouse with its default. Leave out what you do not change.\n${lines.join('\n')}\n`;
}

const INTRODUCTION = `# Configuration

Wheelhouse reads one YAML file. What it does not say has the default below; an empty file is a whole configuration.
\`scripts/wheelhouse check-config FILE\` lists every problem of a file at once, with line and column, and starts nothing;
\`scripts/wheelhouse check-config --defaults\` prints a file with every setting, to begin with.

- Times are New York time, written \`"09:45"\`. Money is US dollars.
- Paper trading unless two settings agree: \`broker.mode: live\` and \`liveTradingConfirmed\` with the same account as
  \`broker.account\`.
- Passwords never stand in this file. \`secretsFile\` names a file beside it with \`mqttPassword\` and \`pageToken\`, readable by its
  owner only (\`chmod 600\`).

This page is printed by \`scripts/wheelhouse check-config --markdown\`.
`;

/** The same as a document with a table. */
export function settingsAsMarkdown(): string {
  const rows = describe()
    .filter(({ value }) => value !== null)
    .map(({ key, value, why }) => `| \`${key}\` | \`${value}\` | ${why} |`);
  return [INTRODUCTION, '| setting | default | |', '|---|---|---|', ...rows].join('\n');
}

function describe(): readonly Described[] {
  const defaults = v.parse(SETTINGS, {}) as Readonly<Record<string, unknown>>;
  return below({ schema: SETTINGS, values: defaults, path: [] });
}

function below(at: { schema: unknown; values: unknown; path: readonly string[] }): Described[] {
  const found: Described[] = [];
  for (const [name, schema] of Object.entries(entriesOf(at.schema) ?? {})) {
    const path = [...at.path, name];
    const value = (at.values as Readonly<Record<string, unknown>>)[name];
    const place = { key: path.join('.'), depth: at.path.length, name };
    if (entriesOf(schema) === null) {
      found.push({ ...place, value: inline(value), why: whyOf(schema) });
    } else {
      found.push({ ...place, value: null, why: '' }, ...below({ schema, values: value, path }));
    }
  }
  return found;
}

function inline(value: unknown): string {
  if (value === null) return 'null';
  if (Array.isArray(value)) return `[${value.map((item) => inline(item)).join(', ')}]`;
  return typeof value === 'string' && /^\d/.test(value) ? JSON.stringify(value) : stringify(value).trim();
}

/** The description stands on the schema itself, or within what makes it optional. */
function whyOf(schema: unknown): string {
  let current = schema as { readonly wrapped?: unknown } | undefined;
  while (current !== undefined) {
    const why = v.getDescription(current as v.GenericSchema);
    if (why !== undefined) return why;
    current = current.wrapped as typeof current;
  }
  return '';
}
