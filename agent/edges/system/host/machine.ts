import { readFileSync } from 'node:fs';
import { statfs } from 'node:fs/promises';
import { availableParallelism, totalmem } from 'node:os';
import type { Machine } from '../machine.ts';

const MB = 1024 * 1024;

/** This machine, or what a container leaves of it. */
export class HostMachine implements Machine {
  readonly cores = availableParallelism();
  readonly totalMb = Math.floor(totalmem() / MB);
  readonly #folder: string;

  constructor(folder: string) {
    this.#folder = folder;
  }

  availableMb(): number | null {
    const bytes = process.availableMemory();
    return bytes > 0 ? Math.floor(bytes / MB) : null;
  }

  giveBack(): void {
    // The engine by itself waits until as much again has been used: on an idle box that is never.
    globalThis.gc?.({ type: 'major', execution: 'sync', flavor: 'last-resort' });
  }

  writtenBytes(pid?: number): number | null {
    try {
      const found = /^write_bytes: (\d+)$/m.exec(readFileSync(`/proc/${pid ?? 'self'}/io`, 'utf8'));
      return found === null ? null : Number(found[1]);
    } catch {
      return null;
    }
  }

  async diskFreeMb(): Promise<number | null> {
    try {
      const { bavail, bsize } = await statfs(this.#folder);
      return Math.floor((bavail * bsize) / MB);
    } catch {
      return null;
    }
  }
}
