import { fileURLToPath } from 'node:url';

/** In the sources each room has its place; bundled, all programs lie in one folder. */
const IN_SOURCES = import.meta.url.endsWith('.ts');

export const GUARD_PROGRAM = at(IN_SOURCES ? '../guard/main.ts' : './guard/main.js');

/** Where compiled code is kept from one start to the next, unless the environment names another place. */
const COMPILE_CACHE = at(`${IN_SOURCES ? '../..' : '..'}/node_modules/.cache/wheelhouse`);

/** The environment of a guard's process: its first module is read before it can ask for the cache itself. */
export function guardEnvironment(): NodeJS.ProcessEnv {
  return { ...process.env, NODE_COMPILE_CACHE: process.env.NODE_COMPILE_CACHE ?? COMPILE_CACHE };
}

function at(place: string): string {
  return fileURLToPath(new URL(place, import.meta.url));
}
