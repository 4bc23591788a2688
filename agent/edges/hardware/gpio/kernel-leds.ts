import { closeSync, openSync, readFileSync, writeFileSync, writeSync } from 'node:fs';
import { join } from 'node:path';
import type { Output, Outputs } from './outputs.ts';

/**
 * LEDs that the kernel drives, in /sys/class/leds: it lights them before the agent runs and after it is dead. While we do, their
 * trigger is none.
 */
export function openKernelLeds(folder: string, names: readonly string[], onTrouble: (reason: string) => void): Outputs {
  const troubles: string[] = [];
  const leds = names.map((name) => {
    try {
      return new KernelLed(join(folder, name), (reason) => onTrouble(`LED ${name}: ${reason}`));
    } catch (error) {
      troubles.push(`LED ${name}: ${reasonOf(error)}`);
      return null;
    }
  });
  return {
    ...{ all: leds, troubles },
    close: async () => {
      for (const led of leds) led?.close();
    },
  };
}

class KernelLed implements Output {
  readonly levelled: boolean;
  readonly #most: number;
  readonly #file: number;
  readonly #onTrouble: (reason: string) => void;
  #shown = -1;
  #inTrouble = false;

  /** Throws the system's Error where the LED cannot be had. */
  constructor(path: string, onTrouble: (reason: string) => void) {
    this.#onTrouble = onTrouble;
    this.#most = Number(readFileSync(join(path, 'max_brightness'), 'latin1'));
    this.levelled = this.#most > 1;
    if (!readFileSync(join(path, 'trigger'), 'latin1').includes('[none]')) writeFileSync(join(path, 'trigger'), 'none');
    this.#file = openSync(join(path, 'brightness'), 'w');
    this.write(0);
  }

  write(value: number): void {
    // Whatever is lit at all stays lit.
    const brightness = value <= 0 ? 0 : Math.max(1, Math.round((value / 255) * this.#most));
    if (brightness === this.#shown) return;
    try {
      writeSync(this.#file, `${brightness}\n`, 0, 'latin1');
      this.#shown = brightness;
      this.#inTrouble = false;
    } catch (error) {
      if (!this.#inTrouble) this.#onTrouble(reasonOf(error));
      this.#inTrouble = true;
    }
  }

  close(): void {
    this.write(0);
    closeSync(this.#file);
  }
}

function reasonOf(error: unknown): string {
  return error instanceof Error ? error.message : String(error);
}
