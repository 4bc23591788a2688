import { mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { dirname, relative, resolve } from 'node:path';
import { pathToFileURL } from 'node:url';
import { type BuildOptions, build, type Metafile, type Plugin } from 'esbuild';
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
 * Half the memory and a quicker start: text without anything else is kept as one byte for each letter. The bundler itself escapes
 * what stands in strings, but not in tagged templates and patterns.
 */
const ASCII: Plugin = {
  name: 'ascii',
  setup: ({ onLoad, onEnd }) => {
    onLoad({ filter: /\.[cm]?[jt]s$/, namespace: 'file' }, ({ path }) => {
      const text = readFileSync(path, 'utf8');
      const loader = path.endsWith('ts') ? 'ts' : 'js';
      return /\P{ASCII}/u.test(text) ? { contents: asciiOnly(text), loader } : null;
    });
    onEnd(({ metafile }) => {
      for (const path of Object.keys(metafile?.outputs ?? {}).filter((name) => name.endsWith('js'))) {
        if (/\P{ASCII}/u.test(readFileSync(resolve(ROOT, path), 'utf8'))) throw new Error(`${path} is not ASCII`);
      }
    });
  },
};

/** A backslash before a letter that needs none is left out, or it would stand before another one. */
function asciiOnly(text: string): string {
  return text.replace(/(?<!\\)((?:\\\\)*)\\?(\P{ASCII})/gu, (_, before: string, letter: string) => {
    const units = letter.split('').map((unit) => `\\u${unit.charCodeAt(0).toString(16).padStart(4, '0')}`);
    return before + units.join('');
  });
}

/** What a process begins with, and the part of it that is read as one CommonJS file whose compiled form is kept. */
const PROGRAMS = [
  { begin: 'main', from: 'agent/main.ts', whole: 'program', code: 'agent/cli/program.ts', gives: 'runProgram' },
  {
    begin: 'guard/main',
    from: 'agent/guard/main.ts',
    whole: 'guard/guard',
    code: 'agent/guard/run.ts',
    gives: 'runGuard',
  },
] as const;

const ALL = {
  absWorkingDir: ROOT,
  bundle: true,
  metafile: true,
  minify: true,
  sourcemap: true,
  platform: 'node',
  target: 'node26',
  logLevel: 'warning',
} as const satisfies BuildOptions;

/**
 * Program and guard as few files, which start faster than many. Native parts stay where npm put them.
 * Answers the names of the packages that have gone into it.
 * @param more programs beside these, by the place they take in the folder
 */
export async function bundle(folder: string, more: Readonly<Record<string, string>> = {}): Promise<readonly string[]> {
  rmSync(folder, { recursive: true, force: true });
  const whole = await build({
    ...ALL,
    entryPoints: Object.fromEntries(PROGRAMS.map(({ whole, code }) => [whole, `${ROOT}/${code}`])),
    outdir: folder,
    // The compiled form that is kept belongs to one text.
    entryNames: '[dir]/[name]-[hash]',
    outExtension: { '.js': '.cjs' },
    format: 'cjs',
    supported: { 'dynamic-import': false },
    define: { 'import.meta.url': 'PLACE', 'import.meta.dirname': '__dirname' },
    banner: { js: "const PLACE = require('node:url').pathToFileURL(__filename).href;" },
    external: [...NATIVE_LIBRARIES],
    plugins: [ONLY_WHEN_USED, ASCII],
  });
  const begin = await build({
    ...ALL,
    entryPoints: { ...Object.fromEntries(PROGRAMS.map(({ begin, from }) => [begin, `${ROOT}/${from}`])), ...more },
    outdir: folder,
    splitting: true,
    format: 'esm',
    external: [...NATIVE_LIBRARIES],
    banner: { js: FOR_COMMONJS },
    plugins: [ONLY_WHEN_USED, ASCII, kept(folder, whole.metafile)],
  });
  await packPage(`${folder}/web-ui/packed`);
  const names = Object.keys({ ...whole.metafile.inputs, ...begin.metafile.inputs }).map(
    (path) => /node_modules\/((?:@[^/]+\/)?[^/]+)\/(?!.*node_modules\/)/.exec(path)?.[1],
  );
  return [...new Set(names.filter((name) => name !== undefined))].sort();
}

/** Where a program begins it reads its code: here that is the file made of it. */
function kept(folder: string, { outputs }: Metafile): Plugin {
  const files = new Map(Object.entries(outputs).map(([path, { entryPoint }]) => [entryPoint, path]));
  return {
    name: 'kept',
    setup: ({ onResolve, onLoad }) => {
      onResolve({ filter: /\.ts$/ }, ({ path, importer, kind }) => {
        const code = relative(ROOT, resolve(dirname(importer), path));
        const wanted = PROGRAMS.some((each) => each.code === code && resolve(ROOT, each.from) === importer);
        return wanted && kind === 'dynamic-import' ? { path: code, namespace: 'kept' } : null;
      });
      onLoad({ filter: /.*/, namespace: 'kept' }, ({ path }) => {
        const { gives } = PROGRAMS.find(({ code }) => code === path) as (typeof PROGRAMS)[number];
        // What lies in the folder itself reads it: code that several programs share is put there.
        const file = relative(folder, resolve(ROOT, files.get(path) as string));
        const contents = `
          import { runKept } from './agent/ground/compiled/kept-program.ts';
          export const { ${gives} } = runKept(new URL('./${file}', import.meta.url), process.argv[2] ?? '');`;
        return { contents, resolveDir: ROOT };
      });
    },
  };
}

/** What the page's server would otherwise put together and compress at each start. */
async function packPage(folder: string): Promise<void> {
  mkdirSync(folder, { recursive: true });
  for (const [name, { body, gzipped }] of Object.entries(await loadAssets(pathToFileURL(`${ROOT}/web-ui/`)))) {
    writeFileSync(`${folder}/${name}`, body);
    writeFileSync(`${folder}/${name}.gz`, gzipped);
  }
}
