import { execFile } from 'node:child_process';
import type { Stats, StatsFs } from 'node:fs';
import { readdir, readFile, realpath, stat, statfs } from 'node:fs/promises';
import { join } from 'node:path';
import { type KernelPort, openKernelPort } from '../ground/gpio/kernel-port.ts';

export interface BoxOptions {
  /** A folder that stands in for the whole machine; empty = the machine itself. */
  readonly root?: string;
  readonly call?: Call;
  readonly openPort?: () => Promise<KernelPort | null>;
  readonly space?: (path: string) => Promise<Space>;
}

/** A program of the system, and what it has written; `null` = it is not there, or it failed. */
export type Call = (program: string, args: readonly string[], signal: AbortSignal) => Promise<string | null>;

/** Of a file system. */
export type Space = Pick<StatsFs, 'bsize' | 'blocks' | 'bavail' | 'files' | 'ffree'>;

/** The machine as its kernel and its programs tell of it. Whatever is not there is `null` or empty. */
export class Box {
  readonly #root: string;
  readonly call: Call;
  readonly openPort: () => Promise<KernelPort | null>;
  readonly space: (path: string) => Promise<Space>;

  constructor(options: BoxOptions = {}) {
    this.#root = options.root ?? '';
    this.call = options.call ?? callProgram;
    this.openPort = options.openPort ?? (() => openKernelPort());
    this.space = options.space ?? ((path) => statfs(this.at(path)));
  }

  at(path: string): string {
    return this.#root === '' ? path : join(this.#root, path);
  }

  /** Without the line's end, and without the zero byte of the device tree. */
  async text(path: string): Promise<string | null> {
    const bytes = await this.bytes(path);
    return bytes === null ? null : bytes.toString('utf8').replace(/[\0\s]+$/, '');
  }

  async bytes(path: string): Promise<Buffer | null> {
    try {
      return await readFile(this.at(path));
    } catch {
      return null;
    }
  }

  async names(folder: string): Promise<readonly string[]> {
    try {
      return (await readdir(this.at(folder))).sort();
    } catch {
      return [];
    }
  }

  /** Rejects where that may not be known. */
  async stat(path: string): Promise<Stats | null> {
    try {
      return await stat(this.at(path));
    } catch (error) {
      const { code } = error as NodeJS.ErrnoException;
      if (code === 'ENOENT' || code === 'ENOTDIR') return null;
      throw error;
    }
  }

  /** Where links lead; itself when there is nothing. */
  async real(path: string): Promise<string> {
    try {
      const found = await realpath(this.at(path));
      return found.startsWith(this.#root) ? found.slice(this.#root.length) : found;
    } catch {
      return path;
    }
  }
}

const MOST_OUTPUT = 1 << 20;

function callProgram(program: string, args: readonly string[], signal: AbortSignal): Promise<string | null> {
  return new Promise((resolve) => {
    const options = { signal, maxBuffer: MOST_OUTPUT, env: { ...process.env, LC_ALL: 'C' } };
    execFile(program, args, options, (error, out) => resolve(error === null ? out : null));
  });
}
