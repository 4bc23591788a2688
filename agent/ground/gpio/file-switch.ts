import { type FSWatcher, readFileSync, watch } from 'node:fs';
import { basename, dirname } from 'node:path';
import { type KillSwitch, type Level, type SwitchState, switchState } from './switch.ts';

/**
 * A file that stands in for the two lines: `0 1` is normal, `1 0` pressed, `1 1` broken, `0 0` shorted (first the normally
 * closed contact). Replace it by a rename; a file that is missing or says anything else is a broken wire.
 */
export class FileSwitch implements KillSwitch {
  readonly #path: string;
  #watcher: FSWatcher | null = null;

  constructor(path: string) {
    this.#path = path;
  }

  read(): SwitchState {
    try {
      const [, closed, open] = /^([01])\s+([01])\s*$/.exec(readFileSync(this.#path, 'latin1')) ?? [];
      if (closed === undefined || open === undefined) return 'broken';
      return switchState({ normallyClosed: Number(closed) as Level, normallyOpen: Number(open) as Level });
    } catch {
      return 'broken';
    }
  }

  /** The folder is watched, because a rename puts another file in place. Without a watch, polling has to do. */
  watch(onEdge: () => void): void {
    const name = basename(this.#path);
    try {
      this.#watcher = watch(dirname(this.#path), (_, changed) => {
        if (changed === null || changed === name) onEdge();
      });
      this.#watcher.on('error', () => this.close());
    } catch {
      this.close();
    }
  }

  close(): void {
    this.#watcher?.close();
    this.#watcher = null;
  }
}
