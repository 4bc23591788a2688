import { readdirSync, readFileSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { createRequire, getCompileCacheDir } from 'node:module';
import { basename, dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { Script } from 'node:vm';
import { crc32 } from 'node:zlib';

/** By then everything that a start needs has run once. A program that ends sooner keeps its code as it ends. */
const STARTED_MS = 10_000;
const ENDING = '.compiled';
/** Of a name: whose program, of which text, for which use, and while it is written the process that does. */
const PARTS = /^([^-]+)-[^-]+-(.*?\.compiled)(?:\.\d+)?$/;
const SUM_BYTES = 4;

/** `require`, `module`, `exports` and the two names, as a CommonJS file expects them. */
type Body = (...parts: readonly unknown[]) => void;

/**
 * Runs a CommonJS file and answers what it exports. What the engine has compiled until the program has started is kept in the
 * folder of the compile cache and read the next time. That cache itself keeps only what is compiled when a file is read: at
 * each start 2,000 functions were compiled again, a fifth of the time.
 * @param file its name must change with its text: of the text only the length is compared
 * @param use programs that do different things with the same file each keep their own
 */
export function runKept(file: URL, use: string): unknown {
  const path = fileURLToPath(file);
  const folder = getCompileCacheDir();
  const kept = folder === undefined ? null : join(folder, `${basename(path, '.cjs')}-${nameOf(use)}${ENDING}`);
  const cachedData = kept === null ? undefined : readWhole(kept);
  const head = '(function (require, module, exports, __filename, __dirname) {';
  // Bundled, it is nothing but ASCII.
  const text = `${head}${readFileSync(path, 'latin1')}\n})`;
  const script = new Script(text, {
    filename: path,
    columnOffset: -head.length,
    ...(cachedData === undefined ? {} : { cachedData }),
  });
  if (kept !== null && (cachedData === undefined || script.cachedDataRejected === true)) keepOnce(script, kept);
  const module = { exports: {} };
  (script.runInThisContext() as Body)(createRequire(path), module, module.exports, path, dirname(path));
  return module.exports;
}

function nameOf(use: string): string {
  return /^[a-z][a-z-]{0,30}$/.test(use) ? use : 'other';
}

/** The engine believes what it is given: one wrong byte could end every start. */
function readWhole(path: string): Buffer | undefined {
  try {
    const bytes = readFileSync(path);
    const data = bytes.subarray(SUM_BYTES);
    return data.length > 0 && bytes.readUInt32LE() === crc32(data) ? data : undefined;
  } catch {
    return undefined;
  }
}

function keepOnce(script: Script, kept: string): void {
  const keep = (): void => {
    process.off('exit', keep);
    clearTimeout(timer);
    try {
      writeWhole(kept, script.createCachedData());
      removeOlder(kept);
    } catch {
      // A folder that takes nothing costs time at the next start, and no more.
    }
  };
  const timer = setTimeout(keep, STARTED_MS).unref();
  process.once('exit', keep);
}

function writeWhole(path: string, data: Buffer): void {
  const sum = Buffer.alloc(SUM_BYTES);
  sum.writeUInt32LE(crc32(data));
  const unfinished = `${path}.${process.pid}`;
  try {
    writeFileSync(unfinished, Buffer.concat([sum, data]), { mode: 0o600, flush: true });
    renameSync(unfinished, path);
  } catch (error) {
    rmSync(unfinished, { force: true });
    throw error;
  }
}

/** What an earlier version of the program has kept for the same use, and what was being written when the power went. */
function removeOlder(kept: string): void {
  const [name, use] = PARTS.exec(basename(kept))?.slice(1) ?? [];
  for (const other of readdirSync(dirname(kept))) {
    const same = PARTS.exec(other);
    if (other !== basename(kept) && same?.[1] === name && same?.[2] === use) rmSync(join(dirname(kept), other));
  }
}
