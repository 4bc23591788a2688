import type { Path } from './place.ts';
import { nearest } from './suggestion.ts';

export interface Misplaced {
  readonly path: Path;
  readonly text: string;
}

type Values = Readonly<Record<string, unknown>>;

const SECRET = /password|passwd|secret|token/i;

/** Every name that the schema does not know, and everything but settings where settings belong. */
export function misplaced(values: unknown, schema: unknown, path: Path = [], root: unknown = schema): Misplaced[] {
  const entries = entriesOf(schema);
  if (entries === null || values === null || values === undefined) return [];
  if (!isPlain(values)) return [{ path, text: 'must hold settings, each as "name: value" on a line of its own' }];
  return Object.keys(values).flatMap((name) => {
    const below = [...path, name];
    // Not `in`: "constructor" is no setting.
    if (Object.hasOwn(entries, name)) return misplaced(values[name], entries[name], below, root);
    return [{ path: below, text: `is not a setting; ${hint(name, Object.keys(entries), root)}` }];
  });
}

/** What the schema can judge: without unknown names, and without sections that are empty or none, which have their defaults. */
export function onlySettings(values: unknown, schema: unknown): unknown {
  const entries = entriesOf(schema);
  if (entries === null) return values;
  if (!isPlain(values)) return undefined;
  const kept = Object.keys(values).filter((name) => Object.hasOwn(entries, name));
  const judged = kept.map((name) => [name, onlySettings(values[name], entries[name])] as const);
  return Object.fromEntries(judged.filter(([, value]) => value !== undefined));
}

/** The settings below a place of the schema; `null` where there are none. */
export function entriesOf(schema: unknown): Readonly<Record<string, unknown>> | null {
  let current = schema as { readonly wrapped?: unknown; readonly entries?: Values } | undefined;
  while (current?.wrapped !== undefined) current = current.wrapped as typeof current;
  return current?.entries ?? null;
}

function hint(name: string, known: readonly string[], root: unknown): string {
  if (SECRET.test(name) && !known.some((other) => SECRET.test(other))) {
    return 'what is secret belongs into the file that "secretsFile" names';
  }
  const found = nearest(name, known);
  if (found !== null) return `nearest is "${found}"`;
  const elsewhere = placesOf(name, root, []);
  return elsewhere.length > 0 ? `it belongs into "${elsewhere[0]}"` : `known here: ${known.join(', ')}`;
}

/** Full keys of all settings of this name. */
function placesOf(name: string, schema: unknown, path: readonly string[]): string[] {
  return Object.entries(entriesOf(schema) ?? {}).flatMap(([key, part]) => {
    const here = key === name ? [[...path, key].join('.')] : [];
    return [...here, ...placesOf(name, part, [...path, key])];
  });
}

function isPlain(value: unknown): value is Values {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}
