import type { KernelPort } from '../../../ground/gpio/kernel-port.ts';
import type { LineEvent } from '../../../ground/gpio/line-abi.ts';
import type { Lines } from '../../../ground/gpio/lines.ts';
import { openLines } from '../../../ground/gpio/open-lines.ts';
import type { Level } from '../../../ground/gpio/switch.ts';

export interface EncoderOptions {
  readonly port: KernelPort | null;
  /** Of the GPIO chip. */
  readonly labels: readonly string[];
  /** Its two contacts to ground. */
  readonly lines: readonly [number, number];
  /** So many clicks to the right; negative to the left. */
  readonly onTurn: (clicks: number) => void;
  readonly onState: (state: 'ok' | 'warning', detail: string) => void;
}

/** Quarters of a click, by both levels before and after as bits: 3 1 0 2 3 is to the right; two at once are none. */
const QUARTERS = [0, -1, 1, 0, 1, 0, 0, -1, -1, 0, 0, 1, 0, 1, -1, 0];
/** Between clicks both contacts are open. */
const AT_REST = 3;
/** Of four, one may have been lost. */
const ENOUGH = 3;
const DEBOUNCE_US = 1_000;

/** Clicks of a turning knob from the edges of its two contacts; bouncing goes back and forth and comes to nothing. */
class Knob {
  #levels: number;
  #quarters = 0;

  constructor(first: Level, second: Level) {
    this.#levels = 2 * first + second;
  }

  /** One contact has changed: 1 or −1 when that was the end of a click. */
  change(contact: 'first' | 'second', level: Level): -1 | 0 | 1 {
    const bit = contact === 'first' ? 2 : 1;
    const after = level === 1 ? this.#levels | bit : this.#levels & ~bit;
    this.#quarters += QUARTERS[4 * this.#levels + after] ?? 0;
    this.#levels = after;
    if (after !== AT_REST) return 0;
    const clicks = this.#quarters >= ENOUGH ? 1 : this.#quarters <= -ENOUGH ? -1 : 0;
    this.#quarters = 0;
    return clicks;
  }
}

/** Listens to it until the lines are closed; `null` = it cannot be had, and that is told. */
export function openEncoder({ port, labels, lines: [first, second], onTurn, onState }: EncoderOptions): Lines | null {
  const input = { direction: 'input', bias: 'pullUp', edges: 'both', debounceUs: DEBOUNCE_US } as const;
  const answer = openLines(port, labels, { ...input, consumer: 'wheelhouse-encoder', offsets: [first, second] });
  if (answer.kind === 'refused') {
    onState('warning', answer.reason);
    return null;
  }
  const { lines, label } = answer;
  const knob = new Knob(...restOr(lines));
  const hear = ({ offset, edge }: LineEvent): number =>
    knob.change(offset === first ? 'first' : 'second', edge === 'rising' ? 1 : 0);
  lines.watch({
    onEvents: (events) => {
      const clicks = events.reduce((sum, event) => sum + hear(event), 0);
      if (clicks !== 0) onTurn(clicks);
    },
    onTrouble: (reason) => onState('warning', reason),
  });
  onState('ok', `lines ${first} and ${second} of ${label}`);
  return lines;
}

function restOr(lines: Lines): readonly [Level, Level] {
  try {
    const [first = 1, second = 1] = lines.levels();
    return [first, second];
  } catch {
    return [1, 1];
  }
}
