/** One value that a fault needs, however it is given: as JSON or as a word of a command line. */
export interface Parameter<T> {
  /** What it must be, for sentences. */
  readonly wanted: string;
  /** Taken when nothing is said; `undefined` = it must be said. */
  readonly otherwise: T | undefined;
  /** `undefined` when what is given is not it. */
  readonly take: (given: unknown) => T | undefined;
}

export type Parameters = Readonly<Record<string, Parameter<unknown>>>;

export type Values<P extends Parameters> = {
  readonly [N in keyof P]: P[N] extends Parameter<infer T> ? T : never;
};

const NUMBER = /^[+-]?\d+(?:\.\d+)?$/;

export function whole(least: number, most: number, otherwise?: number): Parameter<number> {
  const wanted = `a whole number from ${least} to ${most}`;
  return { wanted, otherwise, take: (given) => within(given, { least, most, isWhole: true }) };
}

export function real(least: number, most: number, otherwise?: number): Parameter<number> {
  const wanted = `a number from ${least} to ${most}`;
  return { wanted, otherwise, take: (given) => within(given, { least, most, isWhole: false }) };
}

/** A duration. */
export function millis(otherwise?: number): Parameter<number> {
  const most = 7 * 24 * 3_600_000;
  const take = (given: unknown) => within(given, { least: 0, most, isWhole: true });
  return { wanted: `milliseconds, a whole number from 0 to ${most}`, otherwise, take };
}

export function choice<const T extends string>(of: readonly T[], otherwise?: T): Parameter<T> {
  return { wanted: `one of ${of.join(', ')}`, otherwise, take: (given) => of.find((one) => one === given) };
}

export function yesNo(otherwise?: boolean): Parameter<boolean> {
  const take = (given: unknown): boolean | undefined => {
    if (given === true || given === 'yes' || given === 'true') return true;
    return given === false || given === 'no' || given === 'false' ? false : undefined;
  };
  return { wanted: 'yes or no', otherwise, take };
}

export function words(otherwise?: string): Parameter<string> {
  const take = (given: unknown) => (typeof given === 'string' ? given : undefined);
  return { wanted: 'a text', otherwise, take };
}

/** Texts that a pattern fits. */
export function written(pattern: RegExp, wanted: string, otherwise?: string): Parameter<string> {
  const take = (given: unknown) => (typeof given === 'string' && pattern.test(given) ? given : undefined);
  return { wanted, otherwise, take };
}

function within(
  given: unknown,
  allowed: { readonly least: number; readonly most: number; readonly isWhole: boolean },
): number | undefined {
  const value = typeof given === 'string' && NUMBER.test(given) ? Number(given) : given;
  if (typeof value !== 'number' || !(value >= allowed.least && value <= allowed.most)) return undefined;
  return allowed.isWhole && !Number.isInteger(value) ? undefined : value;
}
