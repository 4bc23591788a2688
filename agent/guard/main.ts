import { enableCompileCache, flushCompileCache } from 'node:module';
import { setPriority } from 'node:os';

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
