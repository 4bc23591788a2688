/** Milliseconds since 1970-01-01T00:00Z. The one numeric form of an instant inside the house. */
export type EpochMs = number;

/** A calendar date as `YYYY-MM-DD`; in New York unless said otherwise. */
export type IsoDate = string;

/** Days since 1970-01-01: the form that dates take in columns, where a difference is a number of calendar days. */
export type EpochDay = number;

const DAY_MS = 86_400_000;

/** `1970-01-02` → 1. Throws a RangeError on a date that does not exist. */
export function epochDay(date: IsoDate): EpochDay {
  const plain = Temporal.PlainDate.from(date, { overflow: 'reject' });
  return Math.round(plain.toZonedDateTime('UTC').epochMilliseconds / DAY_MS);
}

/** 1 → `1970-01-02`. */
export function isoDate(day: EpochDay): IsoDate {
  return Temporal.Instant.fromEpochMilliseconds(day * DAY_MS)
    .toString()
    .slice(0, 10);
}
