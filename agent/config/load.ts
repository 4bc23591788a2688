import { existsSync } from 'node:fs';
import { readFile, stat } from 'node:fs/promises';
import { dirname, join, resolve } from 'node:path';
import { contradictions } from './contradictions.ts';
import { checkDocument } from './document.ts';
import type { Problem } from './problem.ts';
import { SECRETS, SETTINGS, type Secrets, type Settings } from './schema.ts';

export interface Configuration {
  readonly settings: Settings;
  readonly secrets: Secrets;
}

const NO_SECRETS: Secrets = { mqttPassword: null, pageToken: null };
const OTHERS_MAY_READ = 0o077;

export type Checked<T> =
  | { readonly ok: true; readonly value: T }
  | { readonly ok: false; readonly problems: readonly Problem[] };

/** What the unit file of the agent calls its secrets. */
const CREDENTIAL = 'wheelhouse-secrets';

/**
 * Reads and checks a configuration; `null` = the defaults. Never throws for what a person can mend: it lists all problems.
 * @param credentials folder where systemd has put what was sealed for this service, or null
 */
export async function loadConfiguration(
  path: string | null,
  credentials = process.env.CREDENTIALS_DIRECTORY ?? null,
): Promise<Checked<Configuration>> {
  const read = path === null ? { ok: true as const, value: '' } : await readText(path);
  if (!read.ok) return read;
  const file = path ?? 'defaults';
  const { value: settings, problems, place } = checkDocument({ file, text: read.value }, SETTINGS);
  if (settings === null) return { ok: false, problems };
  const sealed = credentials === null ? null : join(credentials, CREDENTIAL);
  const secrets =
    settings.secretsFile === null && sealed !== null && existsSync(sealed)
      ? await readSecrets(sealed)
      : await loadSecrets(settings.secretsFile, path);
  const together = contradictions(settings).map(({ key, text }): Problem => ({ ...place(key), key, text }));
  const all = [...problems, ...together].toSorted((a, b) => a.line - b.line || a.column - b.column);
  if (!secrets.ok) return { ok: false, problems: [...all, ...secrets.problems] };
  if (all.length > 0) return { ok: false, problems: all };
  return { ok: true, value: frozen({ settings, secrets: secrets.value }) };
}

async function loadSecrets(named: string | null, configPath: string | null): Promise<Checked<Secrets>> {
  if (named === null) return { ok: true, value: NO_SECRETS };
  const path = resolve(configPath === null ? '.' : dirname(configPath), named);
  const mode = await stat(path).then(
    (found) => found.mode,
    () => 0,
  );
  if ((mode & OTHERS_MAY_READ) !== 0) {
    const text = `may be read by others (mode ${(mode & 0o777).toString(8)}): chmod 600 it`;
    return { ok: false, problems: [{ file: path, line: 1, column: 1, key: '', text }] };
  }
  return readSecrets(path);
}

/** Of a credential the mode says nothing: who may read it stands in a list of its own. */
async function readSecrets(path: string): Promise<Checked<Secrets>> {
  const read = await readText(path);
  if (!read.ok) return read;
  const { value, problems } = checkDocument({ file: path, text: read.value, secret: true }, SECRETS);
  return value === null || problems.length > 0 ? { ok: false, problems } : { ok: true, value };
}

async function readText(path: string): Promise<Checked<string>> {
  try {
    return { ok: true, value: await readFile(path, 'utf8') };
  } catch (error) {
    const { code } = error as NodeJS.ErrnoException;
    const text = code === 'ENOENT' ? 'there is no such file' : `cannot be read: ${code ?? String(error)}`;
    return { ok: false, problems: [{ file: path, line: 1, column: 1, key: '', text }] };
  }
}

function frozen<T>(value: T): T {
  if (typeof value === 'object' && value !== null && !Object.isFrozen(value)) {
    for (const part of Object.values(value)) frozen(part);
    Object.freeze(value);
  }
  return value;
}
