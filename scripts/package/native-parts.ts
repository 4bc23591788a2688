import { cpSync, existsSync, mkdirSync, readFileSync } from 'node:fs';
import { basename, dirname, join, relative, resolve } from 'node:path';
import { NATIVE_LIBRARIES } from '../bundle.ts';
import type { Architecture } from './architecture.ts';
import { type Places, registryPackage } from './registry-package.ts';

const ROOT = resolve(import.meta.dirname, '../..');

interface Manifest {
  readonly dependencies?: Readonly<Record<string, string>>;
  readonly optionalDependencies?: Readonly<Record<string, string>>;
}

interface Lock {
  readonly packages: Readonly<Record<string, { readonly version?: string; readonly integrity?: string }>>;
}

/** Only for building and for reading; without them the packages run. */
const LEFT_OUT =
  /^(deps|doc|docs|src\/koffi\/CMakeLists\.txt|vendor|test|build|cnoke\.cjs|lib\/native)$|\.(cc|hh|inc|S|asm|gyp|d\.ts|md|map|musl\.node)$/;

/** Puts the libraries with native parts into `modules`, each with the parts for one kind of processor; answers their names. */
export function copyNativeParts(architecture: Architecture, modules: string, places: Places): readonly string[] {
  const lock = JSON.parse(readFileSync(`${ROOT}/package-lock.json`, 'utf8')) as Lock;
  const copied = new Set<string>();
  const copy = (name: string): void => {
    if (copied.has(name)) return;
    copied.add(name);
    const from = join(ROOT, 'node_modules', name);
    const { dependencies, optionalDependencies } = manifestOf(from);
    copyPackage(from, join(modules, name), architecture);
    for (const dependency of Object.keys(dependencies ?? {})) copy(dependency);
    for (const dependency of Object.keys(optionalDependencies ?? {})) {
      if (!dependency.endsWith(`-linux-${architecture.node}`)) continue;
      copied.add(dependency);
      copyPlatformPackage(dependency, lock, { architecture, modules, places });
    }
  };
  for (const name of NATIVE_LIBRARIES) copy(name);
  return [...copied].sort();
}

function copyPackage(from: string, to: string, { node }: Architecture): void {
  const wanted = (path: string): boolean => {
    const place = relative(from, path);
    if (LEFT_OUT.test(place) || place.includes('node_modules') || basename(place).startsWith('musl_')) return false;
    return basename(dirname(place)) !== 'prebuilds' || basename(place) === `linux-${node}`;
  };
  mkdirSync(to, { recursive: true });
  cpSync(from, to, { recursive: true, filter: wanted });
}

interface Target {
  readonly architecture: Architecture;
  readonly modules: string;
  readonly places: Places;
}

/** Of a package per processor, npm has installed the one of this machine only. */
function copyPlatformPackage(name: string, lock: Lock, { architecture, modules, places }: Target): void {
  const { version, integrity } = lock.packages[`node_modules/${name}`] ?? {};
  if (version === undefined || integrity === undefined) throw new Error(`package-lock.json has no checksum of ${name}`);
  copyPackage(registryPackage({ name, version, integrity }, places), join(modules, name), architecture);
}

function manifestOf(folder: string): Manifest {
  const path = join(folder, 'package.json');
  if (!existsSync(path)) throw new Error(`${relative(ROOT, folder)} is missing: npm ci`);
  return JSON.parse(readFileSync(path, 'utf8')) as Manifest;
}
