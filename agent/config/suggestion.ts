import { distance } from 'fastest-levenshtein';

/** The name a person most likely meant, or `null` when none is near. */
export function nearest(typed: string, names: readonly string[]): string | null {
  const plain = (name: string): string => name.toLowerCase().replaceAll(/[^a-z0-9]/g, '');
  const wanted = plain(typed);
  const begun = names.find(
    (name) => wanted.length > 2 && (plain(name).startsWith(wanted) || wanted.startsWith(plain(name))),
  );
  if (begun !== undefined) return begun;
  let found: string | null = null;
  let least = Math.max(2, Math.floor(typed.length / 2)) + 1;
  for (const name of names) {
    const steps = distance(wanted, plain(name));
    if (steps < least) {
      least = steps;
      found = name;
    }
  }
  return found;
}
