import { type FSWatcher, readFileSync, watch } from 'node:fs';
import { basename, dirname } from 'node:path';
import { type KillSwitch, type SwitchState, stateOfText } from './switch.ts';

/**
 * A file that stands in for the two lines. Replace it by a rename; one that is missing, or does not say two levels, is a broken
 * wire.
 */
export class FileSwitch implements KillSwitch {
  readonly #path: string;
  readonly trouble = null;
  #watcher: FSWatcher | null = null;

  constructor(path: string) {
    this.#path = path;
  }

  read(): SwitchState {
    try {
      return stateOfText(readFileSync(this.#path, 'latin1'));
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
