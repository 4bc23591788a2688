import { readFileSync, writeFileSync } from 'node:fs';
import { type Lock, missingPlatforms } from './check/lockfile.ts';

/** Run after npm has changed the lock: adds the platform packages it left out, so that `npm ci` accepts the lock everywhere. */
const PATH = `${import.meta.dirname}/../package-lock.json`;

const lock = JSON.parse(readFileSync(PATH, 'utf8')) as Lock;
const missing = missingPlatforms(lock);
const names = Object.entries({ ...lock.packages, ...missing }).sort(([a], [b]) => (a < b ? -1 : 1));
writeFileSync(PATH, `${JSON.stringify({ ...lock, packages: Object.fromEntries(names) }, null, 2)}\n`);
process.stdout.write(`${Object.keys(missing).length} platform packages added to package-lock.json\n`);
