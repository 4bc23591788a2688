import * as v from 'valibot';

export const TIME = /^(?:[01]\d|2[0-3]):[0-5]\d$/;

export const text = (why: string) => v.pipe(v.string(), v.description(why));
export const maybeText = (why: string) => v.optional(v.nullable(text(why)), null);

export function whole(least: number, most: number, why: string) {
  const range = `a whole number from ${least} to ${most}`;
  return v.pipe(
    v.number(`must be ${range}`),
    v.integer(`must be ${range}`),
    v.minValue(least, `must be ${range}`),
    v.maxValue(most, `must be ${range}`),
    v.description(why),
  );
}

export function number(least: number, most: number, why: string) {
  const range = `a number from ${least} to ${most}`;
  return v.pipe(
    v.number(`must be ${range}`),
    v.minValue(least, `must be ${range}`),
    v.maxValue(most, `must be ${range}`),
    v.description(why),
  );
}
