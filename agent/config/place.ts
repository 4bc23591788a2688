import { type Document, isMap, isNode, isScalar } from 'yaml';
import type { Problem } from './problem.ts';

export type Path = readonly PropertyKey[];
export type Place = Pick<Problem, 'file' | 'line' | 'column'>;

/** The library's own counter misses lines within what it could not read. */
export function placeOf(source: { readonly file: string; readonly text: string }, offset: number): Place {
  const before = source.text.slice(0, offset).split('\n');
  return { file: source.file, line: before.length, column: (before.at(-1)?.length ?? 0) + 1 };
}

/** Where a name stands, or an item of a list; of what is missing, where its parent does. */
export function offsetOf(document: Document, path: Path): number {
  for (let length = path.length; length > 0; length -= 1) {
    const parent = length === 1 ? document.contents : document.getIn(path.slice(0, length - 1), true);
    const last = path[length - 1];
    if (isMap(parent)) {
      const pair = parent.items.find(({ key }) => isScalar(key) && String(key.value) === last);
      if (pair !== undefined && isNode(pair.key)) return pair.key.range?.[0] ?? 0;
      continue;
    }
    const node = document.getIn(path.slice(0, length), true);
    if (isNode(node)) return node.range?.[0] ?? 0;
  }
  return 0;
}
