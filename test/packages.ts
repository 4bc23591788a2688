import { accessSync, constants } from 'node:fs';
import type { TestContext } from 'node:test';
import { lacking } from './lacking.ts';

type Skipping = Pick<TestContext, 'skip'>;

/** What each Debian package puts on the machine that a test starts. */
const BINARIES = {
  chromium: 'chromium',
  mosquitto: 'mosquitto',
  'mosquitto-clients': 'mosquitto_sub',
} as const;

/** Daemons are installed outside an ordinary user's search path. */
const ALWAYS_SEARCHED = ['/usr/bin', '/usr/sbin', '/usr/local/bin'];

/**
 * The path of a Debian package's program, or null after the test has been skipped because it is not installed.
 * On a machine that checks the whole product (CI=true) its absence is a failure.
 */
export function debianPackage(t: Skipping, name: keyof typeof BINARIES): string | null {
  return packagedProgram(t, name, BINARIES[name]);
}

/** As `debianPackage`, for any program of a package. */
export function packagedProgram(t: Skipping, name: string, program: string): string | null {
  const folders = [...(process.env.PATH ?? '').split(':').filter((folder) => folder !== ''), ...ALWAYS_SEARCHED];
  const found = folders.map((folder) => `${folder}/${program}`).find(isExecutable);
  if (found !== undefined) return found;
  const missing = `${name} is not installed (apt-get install ${name})`;
  lacking(t, missing);
  return null;
}

function isExecutable(path: string): boolean {
  try {
    accessSync(path, constants.X_OK);
    return true;
  } catch {
    return false;
  }
}
