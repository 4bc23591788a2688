import { rmSync } from 'node:fs';
import { resolve } from 'node:path';
import { build } from 'esbuild';

const ROOT = resolve(import.meta.dirname, '..');

/** CommonJS packages look for these; an ES module has to bring them along. */
const FOR_COMMONJS = [
  "import { createRequire as makeRequire } from 'node:module';",
  "import { fileURLToPath as pathOf } from 'node:url';",
  'const require = makeRequire(import.meta.url);',
  'const __filename = pathOf(import.meta.url);',
  "const __dirname = pathOf(new URL('.', import.meta.url));",
].join('\n');

/** Program and guard as few files, which start faster than many. Native parts stay where npm put them. */
export async function bundle(folder: string): Promise<void> {
  rmSync(folder, { recursive: true, force: true });
  await build({
    entryPoints: { main: `${ROOT}/agent/main.ts`, 'guard/main': `${ROOT}/agent/guard/main.ts` },
    outdir: folder,
    bundle: true,
    splitting: true,
    minify: true,
    sourcemap: true,
    platform: 'node',
    format: 'esm',
    target: 'node26',
    external: ['classic-level'],
    banner: { js: FOR_COMMONJS },
    logLevel: 'warning',
  });
}
