import * as v from 'valibot';
import { type Document, isMap, isNode, isScalar, LineCounter, parseDocument } from 'yaml';
import type { Problem } from './problem.ts';
import { nearest } from './suggestion.ts';

type Path = readonly PropertyKey[];
type AnySchema = v.GenericSchema<unknown, unknown>;

export type Checked<T> =
  | { readonly ok: true; readonly value: T }
  | { readonly ok: false; readonly problems: readonly Problem[] };

/** Reads YAML text against a schema. Every problem is found, each with its line; an empty text is an empty map. */
export function checkDocument<T>(file: string, text: string, schema: v.GenericSchema<unknown, T>): Checked<T> {
  const lines = new LineCounter();
  const document = parseDocument(text, { lineCounter: lines, prettyErrors: false, uniqueKeys: true });
  const at = (offset: number): Pick<Problem, 'file' | 'line' | 'column'> => {
    const { line, col } = lines.linePos(offset);
    return { file, line: Math.max(line, 1), column: Math.max(col, 1) };
  };
  const syntax = [...document.errors, ...document.warnings].map(
    (error): Problem => ({ ...at(error.pos[0]), key: '', text: sentence(error.message) }),
  );
  if (syntax.length > 0) return { ok: false, problems: syntax };
  const result = v.safeParse(schema, document.toJS() ?? {});
  if (result.success) return { ok: true, value: result.output };
  const problems = result.issues.map((issue): Problem => {
    const path = (issue.path ?? []).map((item) => item.key as PropertyKey);
    return { ...at(offsetOf(document, path)), key: path.map(String).join('.'), text: textOf(issue, path, schema) };
  });
  return { ok: false, problems: problems.toSorted((a, b) => a.line - b.line || a.column - b.column) };
}

/** Where a key stands; of a value that is missing, where its parent does. */
function offsetOf(document: Document, path: Path): number {
  for (let length = path.length; length > 0; length -= 1) {
    const parent = length === 1 ? document.contents : document.getIn(path.slice(0, length - 1), true);
    const last = path[length - 1];
    if (isMap(parent)) {
      const pair = parent.items.find(({ key }) => isScalar(key) && key.value === last);
      if (pair !== undefined && isNode(pair.key)) return pair.key.range?.[0] ?? 0;
    }
    const node = document.getIn(path.slice(0, length), true);
    if (isNode(node)) return node.range?.[0] ?? 0;
  }
  return 0;
}

function textOf(issue: v.BaseIssue<unknown>, path: Path, schema: AnySchema): string {
  if (issue.type === 'strict_object' && issue.expected === 'never') {
    const names = keysAt(schema, path.slice(0, -1));
    const found = nearest(String(path.at(-1)), names);
    const hint = found === null ? `known here: ${names.join(', ')}` : `nearest is "${found}"`;
    return `is not a setting; ${hint}`;
  }
  if (issue.message.startsWith('must') || issue.message.startsWith('may'))
    return `${issue.message}, not ${issue.received}`;
  return `must be ${issue.expected ?? 'something else'}, not ${issue.received}`;
}

/** The names that are allowed at a place of the schema. */
function keysAt(schema: AnySchema, path: Path): readonly string[] {
  let current: unknown = schema;
  for (const key of path) current = entriesOf(current)?.[String(key)];
  return Object.keys(entriesOf(current) ?? {});
}

/** The settings below a place of the schema; `null` where there are none. */
export function entriesOf(schema: unknown): Readonly<Record<string, unknown>> | null {
  let current = schema as
    | { readonly wrapped?: unknown; readonly entries?: Readonly<Record<string, unknown>> }
    | undefined;
  while (current?.wrapped !== undefined) current = current.wrapped as typeof current;
  return current?.entries ?? null;
}

function sentence(message: string): string {
  const first = message.split('\n')[0] ?? message;
  return first.charAt(0).toLowerCase() + first.slice(1);
}
