import { enableCompileCache } from 'node:module';

// Types are stripped and code is compiled once, not at every start: a third of the time and a fifth of the memory.
enableCompileCache(new URL('../node_modules/.cache/wheelhouse', import.meta.url).pathname);

process.stdout.on('error', (error: NodeJS.ErrnoException) => {
  // The reader of a pipe (head, less) may stop before the end.
  process.exit(error.code === 'EPIPE' ? 0 : 1);
});

const { runProgram } = await import('./cli/program.ts');
process.exitCode = await runProgram(process.argv.slice(2));
