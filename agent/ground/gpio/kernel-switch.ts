import type { KernelPort } from './kernel-port.ts';
import type { Lines } from './lines.ts';
import { type LinesRefused, openLines } from './open-lines.ts';
import { type KillSwitch, type SwitchState, switchState } from './switch.ts';

export interface SwitchWiring {
  /** Labels of the chip. */
  readonly labels: readonly string[];
  /** Number of the line that a press opens. */
  readonly normallyClosed: number;
  /** Number of the line that a press closes. */
  readonly normallyOpen: number;
  /** 5,000 to 10,000; adds as much latency. */
  readonly debounceUs: number;
}

export interface SwitchOpened {
  readonly kind: 'opened';
  readonly contacts: KernelSwitch;
  readonly label: string;
}

/** Both contacts to ground, each line with a pull-up: what is not connected reads as an open contact. */
export function openKernelSwitch(port: KernelPort | null, wiring: SwitchWiring): SwitchOpened | LinesRefused {
  const { labels, normallyClosed, normallyOpen, debounceUs } = wiring;
  const answer = openLines(port, labels, {
    consumer: 'wheelhouse-switch',
    offsets: [normallyClosed, normallyOpen],
    direction: 'input',
    bias: 'pullUp',
    edges: 'both',
    debounceUs,
  });
  if (answer.kind === 'refused') return answer;
  return { kind: 'opened', contacts: new KernelSwitch(answer.lines), label: answer.label };
}

/** The red switch on two lines of the kernel. */
export class KernelSwitch implements KillSwitch {
  readonly #lines: Lines;
  #trouble: string | null = null;

  constructor(lines: Lines) {
    this.#lines = lines;
  }

  /** Why edges are not heard any more, which is the same as a broken wire; `null` = they are. */
  get trouble(): string | null {
    return this.#trouble;
  }

  read(): SwitchState {
    if (this.#trouble !== null) return 'broken';
    try {
      const [normallyClosed = 1, normallyOpen = 1] = this.#lines.levels();
      return switchState({ normallyClosed, normallyOpen });
    } catch (error) {
      this.#trouble = error instanceof Error ? error.message : String(error);
      return 'broken';
    }
  }

  watch(onEdge: () => void): void {
    this.#lines.watch({
      onEvents: () => onEdge(),
      onTrouble: (reason) => {
        this.#trouble ??= reason;
        onEdge();
      },
    });
  }

  close(): void {
    // Nobody waits: the lines are free after the poll that runs.
    this.#lines.close().catch(() => undefined);
  }
}
