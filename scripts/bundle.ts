import { mkdirSync, rmSync, writeFileSync } from 'node:fs';
import { resolve } from 'node:path';
import { pathToFileURL } from 'node:url';
import { build, type Plugin } from 'esbuild';
import { loadAssets } from '../agent/edges/status/page/assets.ts';

const ROOT = resolve(import.meta.dirname, '..');

/** CommonJS packages look for these; an ES module has to bring them along. */
const FOR_COMMONJS = [
  "import { createRequire as makeRequire } from 'node:module';",
  "import { fileURLToPath as pathOf } from 'node:url';",
  'const require = makeRequire(import.meta.url);',
  'const __filename = pathOf(import.meta.url);',
  "const __dirname = pathOf(new URL('.', import.meta.url));",
].join('\n');

/** They have parts made for one kind of processor, which they look for beside their own files. */
export const NATIVE_LIBRARIES: readonly string[] = ['classic-level', 'koffi'];

/** The page's server brings along what serves HTTPS and HTTP/2; ours does neither, and reading them takes 20 ms of each start. */
const ONLY_WHEN_USED: Plugin = {
  name: 'only when used',
  setup: ({ onResolve, onLoad }) => {
    onResolve({ filter: /^node:http(s|2)$/ }, ({ path, kind, importer }) =>
      kind === 'require-call' && importer.includes('/fastify/') ? { path, namespace: 'lazy' } : null,
    );
    onLoad({ filter: /.*/, namespace: 'lazy' }, ({ path }) => ({
      contents: `module.exports = new Proxy({}, { get: (_, name) => require(${JSON.stringify(path)})[name] });`,
    }));
  },
};

/**
 * Program and guard as few files, which start faster than many. Native parts stay where npm put them.
 * Answers the names of the packages that have gone into it.
 */
export async function bundle(folder: string): Promise<readonly string[]> {
  rmSync(folder, { recursive: true, force: true });
  const { metafile } = await build({
    absWorkingDir: ROOT,
    metafile: true,
    entryPoints: { main: `${ROOT}/agent/main.ts`, 'guard/main': `${ROOT}/agent/guard/main.ts` },
    outdir: folder,
    bundle: true,
    splitting: true,
    minify: true,
    sourcemap: true,
    platform: 'node',
    format: 'esm',
    target: 'node26',
    external: [...NATIVE_LIBRARIES],
    banner: { js: FOR_COMMONJS },
    plugins: [ONLY_WHEN_USED],
    logLevel: 'warning',
  });
  await packPage(`${folder}/web-ui/packed`);
  const names = Object.keys(metafile.inputs).map(
    (path) => /node_modules\/((?:@[^/]+\/)?[^/]+)\/(?!.*node_modules\/)/.exec(path)?.[1],
  );
  return [...new Set(names.filter((name) => name !== undefined))].sort();
}

/** What the page's server would otherwise put together and compress at each start. */
async function packPage(folder: string): Promise<void> {
  mkdirSync(folder, { recursive: true });
  for (const [name, { body, gzipped }] of Object.entries(await loadAssets(pathToFileURL(`${ROOT}/web-ui/`)))) {
    writeFileSync(`${folder}/${name}`, body);
    writeFileSync(`${folder}/${name}.gz`, gzipped);
  }
}
