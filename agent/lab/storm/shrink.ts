/**
 * The shortest list of events that still fails, as far as leaving events out can find it: no single event of the result can
 * be left out. Source: Zeller and Hildebrandt, simplifying and isolating failure-inducing input (ddmin), 2002.
 * @param fails whether a list still fails; called at most `most` times
 */
export async function shrink<T>(
  events: readonly T[],
  fails: (events: readonly T[]) => Promise<boolean>,
  most = 200,
): Promise<readonly T[]> {
  let left = most;
  const stillFails = async (part: readonly T[]): Promise<boolean> => {
    if (left <= 0) return false;
    left -= 1;
    return fails(part);
  };
  let current = events;
  let parts = 2;
  while (current.length > 0 && left > 0) {
    const smaller = await firstFailing(without(current, parts), stillFails);
    if (smaller !== null) {
      current = smaller;
      parts = Math.max(2, Math.min(parts - 1, current.length));
    } else if (parts >= current.length) break;
    else parts = Math.min(current.length, parts * 2);
  }
  return current;
}

/** The list without each of its parts in turn, the largest cut first. */
function without<T>(events: readonly T[], parts: number): (readonly T[])[] {
  const size = Math.ceil(events.length / parts);
  const cuts: (readonly T[])[] = parts === 2 ? [[]] : [];
  for (let from = 0; from < events.length; from += size) {
    cuts.push([...events.slice(0, from), ...events.slice(from + size)]);
  }
  return cuts;
}

async function firstFailing<T>(
  lists: readonly (readonly T[])[],
  fails: (events: readonly T[]) => Promise<boolean>,
): Promise<readonly T[] | null> {
  for (const list of lists) if (await fails(list)) return list;
  return null;
}
