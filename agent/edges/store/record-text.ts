/**
 * A record as the text that is stored. Throws a TypeError on what would not come back as it went in: a number that is not
 * finite, or columns.
 */
export function recordText(record: object): string {
  return JSON.stringify(record, (key, value: unknown) => {
    if (typeof value === 'number' && !Number.isFinite(value)) {
      throw new TypeError(`a record holds ${value} at "${key}": only finite numbers can be stored`);
    }
    if (ArrayBuffer.isView(value)) throw new TypeError(`a record holds columns at "${key}": they belong into a chain`);
    return value;
  });
}
