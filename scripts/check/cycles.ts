/** One ring of every knot in a graph of names, each written with its first name again at the end. */
export function cycles(graph: ReadonlyMap<string, readonly string[]>): string[][] {
  return [...graph.keys()].flatMap((start) => {
    const ring = shortestRing(graph, start);
    // A ring is reported by the smallest name on it only.
    return ring === null || ring.some((name) => name < start) ? [] : [ring];
  });
}

/** The shortest way from a name back to itself, breadth first. */
function shortestRing(graph: ReadonlyMap<string, readonly string[]>, start: string): string[] | null {
  const cameFrom = new Map<string, string>();
  const queue = [start];
  for (const name of queue) {
    for (const next of graph.get(name) ?? []) {
      if (next === start) return [...wayTo(name, cameFrom), start];
      if (cameFrom.has(next) || !graph.has(next)) continue;
      cameFrom.set(next, name);
      queue.push(next);
    }
  }
  return null;
}

function wayTo(name: string, cameFrom: ReadonlyMap<string, string>): string[] {
  const way: string[] = [];
  for (let at: string | undefined = name; at !== undefined; at = cameFrom.get(at)) way.unshift(at);
  return way;
}
