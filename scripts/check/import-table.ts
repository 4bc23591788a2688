import { isBuiltin } from 'node:module';
import { cycles } from './cycles.ts';
import { LIBRARY_HOMES, ROOMS, type Room } from './rooms.ts';
import type { Import, Problem, Source } from './sources.ts';

/** Every import that the table of rooms does not allow, and every cycle of files, types included. */
export function importProblems(sources: readonly Source[]): Problem[] {
  return [...sources.flatMap(problemsOf), ...cycleProblems(sources)];
}

/** The room a file lies in, or null when the table names none. */
export function roomOf(path: string): Room | null {
  const isIn = ({ at, flat }: Room) => within(at, path) && !(flat && path.slice(at.length + 1).includes('/'));
  return ROOMS.find(isIn) ?? null;
}

function problemsOf(source: Source): Problem[] {
  const { path } = source;
  const room = roomOf(path);
  if (room === null) return [{ path, line: 1, text: 'lies in a folder that the import table does not name' }];
  const hidden = source.hiddenImports.map((line) => ({
    path,
    line,
    text: 'imports a module whose name is not written out',
  }));
  const refused = source.imports.flatMap((mention) => {
    const text = reason(room, path, mention);
    return text === null ? [] : [{ path, line: mention.line, text }];
  });
  return path.startsWith('scripts/') || path.startsWith('test/') ? refused : [...hidden, ...refused];
}

/** Why an import is not allowed, or null when it is. */
function reason(room: Room, path: string, mention: Import): string | null {
  const { specifier, target, typeOnly } = mention;
  if (target !== null) return reasonOfFile(room, target, typeOnly);
  if (isBuiltin(specifier)) {
    if (!specifier.startsWith('node:')) return `writes "${specifier}" without node: in front`;
    return room.node ? null : `${room.at} may not use ${specifier}`;
  }
  if (specifier.startsWith('/') || specifier.startsWith('#') || specifier.includes(':')) {
    return `"${specifier}" is neither a relative path nor a library`;
  }
  const library = specifier.split('/', specifier.startsWith('@') ? 2 : 1).join('/');
  if (room.at === 'test') return null;
  const homes = LIBRARY_HOMES[library];
  if (homes === undefined) return `the library ${library} has no home in the import table`;
  return homes.some((home) => within(home, path)) ? null : `the library ${library} belongs to ${homes.join(' and ')}`;
}

function reasonOfFile(room: Room, target: string, typeOnly: boolean): string | null {
  const other = roomOf(target);
  if (other === null) return `${target} lies in a folder that the import table does not name`;
  if (other === room) return null;
  const sees = (pattern: string) => matches(pattern, other.at, target);
  if (room.sees?.some(sees)) return null;
  if (room.seesTypes?.some(sees)) return typeOnly ? null : `${room.at} may import only types from ${other.at}`;
  return `${room.at} may not see ${other.at}`;
}

function matches(pattern: string, room: string, file: string): boolean {
  return pattern.endsWith('/*') ? within(pattern.slice(0, -2), room) : pattern === room || pattern === file;
}

function within(folder: string, path: string): boolean {
  return path === folder || path.startsWith(`${folder}/`);
}

function cycleProblems(sources: readonly Source[]): Problem[] {
  const graph = new Map(sources.map(({ path, imports }) => [path, imports.flatMap(({ target }) => target ?? [])]));
  return cycles(graph).map((ring) => ({
    path: ring[0] as string,
    line: 1,
    text: `imports itself: ${ring.join(' → ')}`,
  }));
}
