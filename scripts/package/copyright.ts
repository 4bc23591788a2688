import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { join, resolve } from 'node:path';

const ROOT = resolve(import.meta.dirname, '../..');
const LICENCE = /^(licen[cs]e|copying|notice)/i;

/** Every licence under which something in the package stands. */
export function copyrightText(packages: readonly string[], nodeLicence: string): string {
  const own = existsSync(`${ROOT}/LICENSE`) ? readFileSync(`${ROOT}/LICENSE`, 'utf8') : 'Apache License, Version 2.0\n';
  const parts = [
    ['Wheelhouse', own],
    ['Node.js, in /usr/lib/wheelhouse/bin', readFileSync(nodeLicence, 'utf8')],
    ...packages.map((name) => [name, licenceOf(name)] as const),
  ];
  return parts.map(([name, text]) => `${'='.repeat(80)}\n${name}\n${'='.repeat(80)}\n\n${text.trim()}\n`).join('\n');
}

function licenceOf(name: string): string {
  const folder = join(ROOT, 'node_modules', name);
  const files = existsSync(folder) ? readdirSync(folder).filter((file) => LICENCE.test(file)) : [];
  if (files.length > 0) return files.map((file) => readFileSync(join(folder, file), 'utf8')).join('\n');
  const manifest = existsSync(folder) ? JSON.parse(readFileSync(join(folder, 'package.json'), 'utf8')) : {};
  const { license = 'unknown', author = '' } = manifest as { license?: string; author?: string | { name: string } };
  return `Licence: ${license}. Author: ${typeof author === 'string' ? author : author.name}`;
}
