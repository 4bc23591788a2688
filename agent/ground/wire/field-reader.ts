import { UNSET_INTEGER } from './unset.ts';
import { WireError } from './wire-error.ts';

const WHOLE = /^[+-]?\d{1,19}$/;
const REAL = /^[+-]?(?:\d+\.?\d*|\.\d+)(?:[eE][+-]?\d+)?$/;

/** Reads the fields of one message in order. Every wrong or missing field is a `WireError` with code `layout`. */
export class FieldReader {
  readonly #fields: readonly string[];
  #next = 0;

  constructor(body: Buffer) {
    const fields = body.toString('utf8').split('\0');
    if (fields.pop() !== '') throw new WireError('layout', 'the last field is not terminated');
    this.#fields = fields;
  }

  get count(): number {
    return this.#fields.length;
  }

  get remaining(): number {
    return this.#fields.length - this.#next;
  }

  text(): string {
    const field = this.#fields[this.#next];
    if (field === undefined) throw new WireError('layout', `the message ends before field ${this.#next}`);
    this.#next += 1;
    return field;
  }

  /** Message ids, version numbers and what nobody here asks for; a message that ends before them is an error. */
  passOver(fields: number): void {
    for (let i = 0; i < fields; i += 1) this.text();
  }

  /** Empty = 0. */
  integer(): number {
    const text = this.text();
    if (text === '') return 0;
    const value = WHOLE.test(text) ? Number(text) : Number.NaN;
    if (!Number.isSafeInteger(value)) throw this.#wrong(text, 'a whole number');
    return value;
  }

  /** Empty or the unset integer = null. */
  integerOrNull(): number | null {
    const text = this.#fields[this.#next];
    if (text !== '' && text !== UNSET_INTEGER) return this.integer();
    this.#next += 1;
    return null;
  }

  /** Empty = 0. */
  number(): number {
    return this.numberOrNull() ?? 0;
  }

  /** Empty or the unset double = null. May be infinite. */
  numberOrNull(): number | null {
    const text = this.text();
    if (text === '') return null;
    if (text === 'Infinity' || text === 'inf') return Number.POSITIVE_INFINITY;
    if (!REAL.test(text)) throw this.#wrong(text, 'a number');
    const value = Number(text);
    return value === Number.MAX_VALUE ? null : value;
  }

  /** Empty = false. */
  flag(): boolean {
    const text = this.text();
    if (text === '' || text === '0' || text === 'false') return false;
    if (text === '1' || text === 'true') return true;
    throw this.#wrong(text, '0 or 1');
  }

  /** One of the given texts, or empty. */
  oneOf<T extends string>(...allowed: readonly T[]): T | '' {
    const text = this.text();
    if (text === '' || (allowed as readonly string[]).includes(text)) return text as T | '';
    throw this.#wrong(text, `one of ${allowed.join(', ')}`);
  }

  /** A count followed by that many items. */
  list<T>(item: () => T): T[] {
    const count = this.integer();
    if (count < 0 || count > this.remaining) throw this.#wrong(String(count), 'the length of a list');
    const items: T[] = [];
    for (let i = 0; i < count; i += 1) items.push(item());
    return items;
  }

  /** Throws unless the message is used up: leftovers mean that it was read wrongly. */
  end(): void {
    if (this.remaining > 0) throw new WireError('layout', `${this.remaining} fields too many`);
  }

  #wrong(text: string, expected: string): WireError {
    return new WireError('layout', `field ${this.#next - 1} is "${text.slice(0, 40)}", not ${expected}`);
  }
}
