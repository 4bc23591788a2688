/** Lines of aligned columns under a heading; numbers to the right. */
export function columns(heading: readonly string[], rows: readonly (readonly string[])[]): string[] {
  const widths = heading.map((title, i) => Math.max(title.length, ...rows.map((row) => (row[i] ?? '').length)));
  const toTheRight = heading.map(
    (_, i) => rows.length > 0 && rows.every((row) => /^[-+]?[\d,.]*$|^–$/.test(row[i] ?? '')),
  );
  const line = (cells: readonly string[]): string =>
    cells
      .map((cell, i) => (toTheRight[i] ? cell.padStart(widths[i] as number) : cell.padEnd(widths[i] as number)))
      .join('  ')
      .trimEnd();
  return [line(heading), ...rows.map(line)];
}

export function amount(value: number | null): string {
  if (value === null) return '–';
  const most = Math.abs(value * 100 - Math.round(value * 100)) < 1e-6 ? 2 : 4;
  return value.toLocaleString('en-US', { minimumFractionDigits: 2, maximumFractionDigits: most });
}

/** `1 order`, `2 orders`. */
export function count(n: number, noun: string): string {
  return `${n} ${noun}${n === 1 ? '' : 's'}`;
}

export function print(lines: readonly string[]): void {
  process.stdout.write(`${lines.join('\n')}\n`);
}

export function printJson(value: unknown): void {
  process.stdout.write(`${JSON.stringify(value, null, 2)}\n`);
}
