import type { KernelPort } from '../../../ground/gpio/kernel-port.ts';
import { openLines } from '../../../ground/gpio/open-lines.ts';
import type { Level } from '../../../ground/gpio/switch.ts';
import type { Outputs } from './outputs.ts';

export interface LineWiring {
  readonly port: KernelPort | null;
  /** Of the chip. */
  readonly labels: readonly string[];
  readonly offsets: readonly number[];
  /** Common anode: a line that is low lights its LED. */
  readonly activeLow: boolean;
  readonly onTrouble: (reason: string) => void;
}

/** LEDs on lines of the GPIO chip, on or off. All of them are one request, so that they are had together or not at all. */
export function openLineOutputs({ port, labels, offsets, activeLow, onTrouble }: LineWiring): Outputs {
  const levels = offsets.map((): Level => 0);
  const answer = openLines(port, labels, {
    consumer: 'wheelhouse-lights',
    direction: 'output',
    offsets,
    activeLow,
    levels,
  });
  if (answer.kind === 'refused') {
    return { all: offsets.map(() => null), troubles: [answer.reason], close: async () => undefined };
  }
  const { lines } = answer;
  let inTrouble = false;
  const set = (): void => {
    try {
      lines.set(levels);
      inTrouble = false;
    } catch (error) {
      if (!inTrouble) onTrouble(error instanceof Error ? error.message : String(error));
      inTrouble = true;
    }
  };
  const all = offsets.map((_, index) => ({
    levelled: false,
    write: (value: number): void => {
      const level = value > 0 ? 1 : 0;
      if (levels[index] === level) return;
      levels[index] = level;
      set();
    },
  }));
  return {
    ...{ all, troubles: [] },
    close: async () => {
      levels.fill(0);
      set();
      await lines.close();
    },
  };
}
