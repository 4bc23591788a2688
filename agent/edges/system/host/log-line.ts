const LEVELS: Readonly<Record<number, string>> = { 20: 'debug', 30: '', 40: 'warning', 50: 'error' };

/** A JSON line of the log as a person reads it in a terminal: `10:00:05 warning  trading halted (reason pressed)`. */
export function readableLine(json: string): string {
  const { level, time, msg, room, ...fields } = JSON.parse(json) as Record<string, unknown>;
  const words = Object.entries(fields)
    .filter(([, value]) => value !== '')
    .map(([name, value]) => `${name} ${typeof value === 'string' ? value : JSON.stringify(value)}`);
  const about = words.length === 0 ? '' : ` (${words.join(', ')})`;
  const severity = LEVELS[Number(level)] ?? String(level);
  return `${String(time).slice(11, 19)} ${severity === '' ? '' : `${severity} `} ${typeof room === 'string' ? `${room}: ` : ''}${String(msg)}${about}`;
}
