import assert from 'node:assert/strict';
import { accessSync, constants } from 'node:fs';

/** Programs a rig is made of, each with the Debian package that brings it. */
export type Needs = Readonly<Record<string, string>>;

const FOLDERS = ['/usr/bin', '/usr/sbin', '/bin', '/sbin'];

/**
 * Why the rig cannot run on this machine, or null. On a machine that checks the whole product (CI=true) that is a failure.
 */
export function missingFor(needs: Needs): string | null {
  const packages = Object.entries(needs).filter(([program]) => !isThere(program));
  const reasons = [
    ...(process.getuid?.() === 0 ? [] : ['it must be run as root']),
    ...(packages.length === 0 ? [] : [`apt-get install ${[...new Set(packages.map(([, name]) => name))].join(' ')}`]),
  ];
  return reasons.length === 0 ? null : cannotRun(reasons.join('; '));
}

/** As `missingFor`, of what has to be fetched before the first time: it is not there without a network. */
export function missingAfter(fetch: () => unknown): string | null {
  try {
    fetch();
    return null;
  } catch (error) {
    if ((error as { readonly code?: unknown }).code !== NOT_FETCHED) throw error;
    return cannotRun((error as Error).message);
  }
}

/** Code of the error of whoever could not fetch. */
export const NOT_FETCHED = 'NOT_FETCHED';

function cannotRun(reason: string): string {
  if (process.env.CI === 'true') assert.fail(`the rig cannot run: ${reason}`);
  return `not on this machine: ${reason}`;
}

function isThere(program: string): boolean {
  return FOLDERS.some((folder) => {
    try {
      accessSync(`${folder}/${program}`, constants.X_OK);
      return true;
    } catch {
      return false;
    }
  });
}
