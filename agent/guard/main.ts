import { enableCompileCache, flushCompileCache } from 'node:module';
import { setPriority } from 'node:os';
import { setFlagsFromString } from 'node:v8';

// What it does is little and short: the compilers that make long work fast would only take a sixth of the memory.
for (const flag of ['--no-opt', '--no-maglev']) setFlagsFromString(flag);

try {
  // Before an agent that has run wild, threads for the disk included: those inherit it.
  setPriority(-15);
} catch {
  // Only the administrator, or a unit file, can give it.
}

// Without it, what strips the types stays resident for ever: a quarter of the memory. For this file itself it must be in
// the environment.
enableCompileCache(new URL('../../node_modules/.cache/wheelhouse', import.meta.url).pathname);

const { runGuard } = await import('./run.ts');
flushCompileCache();
// Whatever is still open: a pipe of the parent must not keep it.
process.exit(await runGuard(process.argv.slice(2)));
