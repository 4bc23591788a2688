import { LineFile } from '../ground/files/line-file.ts';
import { isoTime } from '../ground/time/clock.ts';

/** What the day has come to so far, on every line, so that a restart goes on counting. */
export interface DayTotals {
  readonly date: string;
  readonly orders: number;
  readonly contracts: number;
  /** Dollars. */
  readonly notional: number;
}

const NO_DAY: DayTotals = { date: '', orders: 0, contracts: 0, notional: 0 };

/** Every order frame both ways with its verdict, one JSON line each. */
export class Journal {
  readonly #file: LineFile;
  today: DayTotals = NO_DAY;

  constructor(path: string, mostBytes: number) {
    this.#file = new LineFile(path, mostBytes, (newestFirst) => {
      this.today = newestFirst.map(totalsIn).find(({ date }) => date !== '') ?? NO_DAY;
    });
  }

  /** Why nothing can be recorded, or null. */
  get failure(): string | null {
    return this.#file.failure;
  }

  open(): Promise<void> {
    return this.#file.open();
  }

  /** @param written called with null once the line would survive a power cut, or with why not; see line-file.ts */
  append(line: object, written?: (failure: string | null) => void): void {
    const lost = this.#file.lost || undefined;
    this.#file.append(JSON.stringify({ at: isoTime(), ...line, lost, today: this.today }), written);
  }

  retry(): void {
    if (this.failure !== null && !this.#file.busy) this.append({ kind: 'journal', text: 'tries again' });
  }

  close(): Promise<void> {
    return this.#file.close();
  }
}

function totalsIn(line: string): DayTotals {
  try {
    return (JSON.parse(line) as { today?: DayTotals }).today ?? NO_DAY;
  } catch {
    // Cut off, or torn by a crash.
    return NO_DAY;
  }
}
