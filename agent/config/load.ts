import { readFile, stat } from 'node:fs/promises';
import { dirname, resolve } from 'node:path';
import { type Checked, checkDocument } from './document.ts';
import type { Problem } from './problem.ts';
import { SECRETS, SETTINGS, type Secrets, type Settings } from './schema.ts';

export interface Configuration {
  readonly settings: Settings;
  readonly secrets: Secrets;
}

const NO_SECRETS: Secrets = { mqttPassword: null, pageToken: null };
const OTHERS_MAY_READ = 0o077;

/** Reads and checks a configuration; `null` = the defaults. Never throws for what a person can mend: it lists all problems. */
export async function loadConfiguration(path: string | null): Promise<Checked<Configuration>> {
  const read = path === null ? { ok: true as const, value: '' } : await readText(path);
  if (!read.ok) return read;
  const file = path ?? 'defaults';
  const checked = checkDocument(file, read.value, SETTINGS);
  if (!checked.ok) return checked;
  const settings = checked.value;
  const secrets = await loadSecrets(settings.secretsFile, path);
  const problems = [...contradictions(settings, file), ...(secrets.ok ? [] : secrets.problems)];
  if (problems.length > 0) return { ok: false, problems };
  return { ok: true, value: frozen({ settings, secrets: secrets.ok ? secrets.value : NO_SECRETS }) };
}

/** What no single setting can tell. */
function contradictions(settings: Settings, file: string): Problem[] {
  const { broker, liveTradingConfirmed: confirmed, strategy, risk } = settings;
  const problems: Problem[] = [];
  const against = (key: string, text: string): void => void problems.push({ file, line: 1, column: 1, key, text });
  if (broker.mode === 'live' && (confirmed === null || confirmed !== broker.account)) {
    against(
      'liveTradingConfirmed',
      'live trading needs broker.mode live, broker.account, and the same account number here',
    );
  }
  if (broker.mode === 'paper' && confirmed !== null) {
    against('liveTradingConfirmed', 'is set, but broker.mode is paper: make up your mind');
  }
  const put = strategy.putWrite;
  if (put.minDelta >= put.maxDelta) against('strategy.putWrite.minDelta', 'must be below maxDelta');
  if (put.minDaysToExpiration > put.maxDaysToExpiration) {
    against('strategy.putWrite.minDaysToExpiration', 'must not be above maxDaysToExpiration');
  }
  if (risk.maxSecuredPerSymbolDollars > risk.maxSecuredTotalDollars) {
    against('risk.maxSecuredPerSymbolDollars', 'must not be above maxSecuredTotalDollars');
  }
  return problems;
}

async function loadSecrets(named: string | null, configPath: string | null): Promise<Checked<Secrets>> {
  if (named === null) return { ok: true, value: NO_SECRETS };
  const path = resolve(configPath === null ? '.' : dirname(configPath), named);
  const read = await readText(path);
  if (!read.ok) return read;
  const { mode } = await stat(path);
  if ((mode & OTHERS_MAY_READ) !== 0) {
    const text = `may be read by others (mode ${(mode & 0o777).toString(8)}): chmod 600 it`;
    return { ok: false, problems: [{ file: path, line: 1, column: 1, key: '', text }] };
  }
  return checkDocument(path, read.value, SECRETS);
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
