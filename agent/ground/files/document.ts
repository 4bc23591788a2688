import { readFileSync, type Stats, statSync } from 'node:fs';
import { readFile, stat } from 'node:fs/promises';

type Fields = Record<string, unknown>;

export const ABSOLUTE_PATH = /^\/[^\0]+$/;

/** A JSON document that is read strictly: everything that is wrong is named, and so is every key that nobody asked for. */
export class Document {
  readonly #fields: Fields;
  readonly #at: string;
  readonly #asked = new Set<string>();
  readonly #parts: Document[] = [];
  readonly problems: string[];

  constructor(value: unknown, at = '', problems: string[] = []) {
    const isObject = typeof value === 'object' && value !== null && !Array.isArray(value);
    this.#fields = isObject ? (value as Fields) : {};
    this.#at = at;
    this.problems = problems;
    if (!isObject) problems.push(`${at === '' ? 'the document' : at} is not an object`);
  }

  /** @param pattern what it must look like; `what` says it in words */
  text(key: string, pattern: RegExp, what: string): string {
    return this.#take(key, `must be ${what}`, (value) => typeof value === 'string' && pattern.test(value), '');
  }

  oneOf<T extends string>(key: string, ...allowed: readonly T[]): T {
    const isAllowed = (value: unknown) => allowed.includes(value as T);
    return this.#take(key, `must be one of ${allowed.join(', ')}`, isAllowed, allowed[0] as T);
  }

  texts(key: string, pattern: RegExp, what: string): readonly string[] {
    const isList = (value: unknown) =>
      Array.isArray(value) && value.every((item) => typeof item === 'string' && pattern.test(item));
    return this.#take(key, `must be a list of ${what}`, isList, []);
  }

  /** @param otherwise what it is when it is not given; without one it must be given */
  number(key: string, [least, most]: readonly [number, number], otherwise?: number): number {
    if (otherwise !== undefined && this.#fields[key] === undefined) {
      this.#asked.add(key);
      return otherwise;
    }
    const fits = (value: unknown) => Number.isInteger(value) && (value as number) >= least && (value as number) <= most;
    return this.#take(key, `must be a whole number from ${least} to ${most}`, fits, least);
  }

  has(key: string): boolean {
    return this.#fields[key] !== undefined;
  }

  part(key: string, optional = false): Document {
    this.#asked.add(key);
    const value = this.#fields[key];
    const part = new Document(optional && value === undefined ? {} : value, this.#name(key), this.problems);
    this.#parts.push(part);
    return part;
  }

  /** After all has been asked for, of its parts as well. */
  end(): void {
    for (const part of this.#parts) part.end();
    for (const key of Object.keys(this.#fields)) {
      if (!this.#asked.has(key)) this.problems.push(`${this.#name(key)} is not known`);
    }
  }

  #take<T>(key: string, rule: string, fits: (value: unknown) => boolean, otherwise: T): T {
    this.#asked.add(key);
    const value = this.#fields[key];
    if (fits(value)) return value as T;
    this.problems.push(value === undefined ? `${this.#name(key)} is missing` : `${this.#name(key)} ${rule}`);
    return otherwise;
  }

  #name(key: string): string {
    return this.#at === '' ? key : `${this.#at}.${key}`;
  }
}

export type Read<T> =
  | { readonly value: T; readonly problems: null }
  | { readonly value: null; readonly problems: string[] };

export type DocumentShape<T> = (document: Document) => T;
/** What the file's owner and mode must fulfil, as a problem or null. */
export type Trust = (stats: Stats) => string | null;

/** Reads a whole file. */
export function readDocument<T>(path: string, shape: DocumentShape<T>, trusted?: Trust): Read<T> {
  try {
    return shaped(readFileSync(path, 'utf8'), shape, trusted?.(statSync(path)));
  } catch (error) {
    return unreadable(error);
  }
}

/** As `readDocument`, without waiting for the disk in the caller's own turn. */
export async function lookAtDocument<T>(path: string, shape: DocumentShape<T>, trusted: Trust): Promise<Read<T>> {
  try {
    return shaped(await readFile(path, 'utf8'), shape, trusted(await stat(path)));
  } catch (error) {
    return unreadable(error);
  }
}

function shaped<T>(text: string, shape: DocumentShape<T>, distrust: string | null = null): Read<T> {
  const document = new Document(JSON.parse(text));
  const value = shape(document);
  document.end();
  const problems = distrust === null ? document.problems : [distrust, ...document.problems];
  return problems.length === 0 ? { value, problems: null } : { value: null, problems };
}

/** In one line: it repeats what is in the file. */
function unreadable(error: unknown): { readonly value: null; readonly problems: string[] } {
  return { value: null, problems: [(error as Error).message.replace(/\s+/g, ' ')] };
}
