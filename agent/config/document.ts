import * as v from 'valibot';
import { type Document, parseDocument } from 'yaml';
import { misplaced, onlySettings } from './names.ts';
import { offsetOf, type Path, type Place, placeOf } from './place.ts';
import type { Problem } from './problem.ts';

/** What was read, what is wrong with it, and where each key stands: for what only several settings together can tell. */
export interface CheckedDocument<T> {
  /** `null` when a setting cannot be read; names that are not settings are left out. */
  readonly value: T | null;
  /** From the top of the file to its end. */
  readonly problems: readonly Problem[];
  readonly place: (key: string) => Place;
}

/** A file and its text. */
interface Source {
  readonly file: string;
  readonly text: string;
  /** No problem may show a value. */
  readonly secret?: true;
}

const MOST_ALIASES = 100;

/** Reads YAML text against a schema. Every problem is found, each with its line; an empty text is an empty map. */
export function checkDocument<T>(source: Source, schema: v.GenericSchema<unknown, T>): CheckedDocument<T> {
  const { text } = source;
  const document = parseDocument(text, { prettyErrors: false, uniqueKeys: true, stringKeys: true });
  const place = (path: Path): Place => placeOf(source, offsetOf(document, path));
  const placeOfKey = (key: string): Place => place(key.split('.'));
  const syntax = [...document.errors, ...document.warnings].map((error): Problem => {
    return { ...placeOf(source, error.pos[0]), key: '', text: SENTENCES[error.code] ?? sentence(error.message) };
  });
  // A name that is written twice leaves the rest readable.
  const readable = document.errors.every(({ code }) => code === 'DUPLICATE_KEY');
  const values = readable ? plainValues(document) : null;
  if (values === null) {
    const problems = syntax.length > 0 ? syntax : [{ ...place([]), key: '', text: 'repeats itself too often' }];
    return { value: null, problems, place: placeOfKey };
  }
  const found = misplaced(values.all, schema).map(
    ({ path, text }): Problem => ({ ...place(path), key: path.map(String).join('.'), text }),
  );
  const result = v.safeParse(schema, onlySettings(values.all, schema) ?? {});
  const wrong = (result.issues ?? []).map((issue): Problem => {
    const path = (issue.path ?? []).map((item) => item.key as PropertyKey);
    return { ...place(path), key: path.map(String).join('.'), text: textOf(issue, source) };
  });
  const problems = [...syntax, ...found, ...wrong].toSorted((a, b) => a.line - b.line || a.column - b.column);
  return { value: result.success ? result.output : null, problems, place: placeOfKey };
}

/** `null` when aliases blow it up. */
function plainValues(document: Document): { readonly all: unknown } | null {
  try {
    return { all: document.toJS({ maxAliasCount: MOST_ALIASES }) ?? {} };
  } catch {
    return null;
  }
}

function textOf(issue: v.BaseIssue<unknown>, { secret }: Source): string {
  const wanted = /^(must|may) /.test(issue.message)
    ? issue.message
    : `must be ${WORDS[issue.type] ?? choice(issue.expected)}`;
  // An address may hold a password.
  const hidden = secret === true || issue.received.includes('@');
  return hidden ? wanted : `${wanted}, not ${issue.received}`;
}

/** `("paper" | "live")` as a person writes it. */
function choice(expected: string | null): string {
  return (expected ?? 'something else').replace(/^\((.*)\)$/, '$1').replaceAll(' | ', ' or ');
}

const WORDS: Readonly<Record<string, string>> = {
  string: 'text',
  boolean: 'true or false',
  array: 'a list such as [a, b]',
  number: 'a number',
};

/** Where the library speaks to programmers. */
const SENTENCES: Readonly<Partial<Record<string, string>>> = {
  MULTIPLE_DOCS: 'a second document begins here: a configuration is one document, so take out the line "---"',
};

function sentence(message: string): string {
  const first = message.split('\n')[0] ?? message;
  return first.charAt(0).toLowerCase() + first.slice(1);
}
