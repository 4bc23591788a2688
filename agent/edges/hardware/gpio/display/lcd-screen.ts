import type { I2cBus } from '../../../../ground/gpio/i2c-bus.ts';
import type { Clock, Timer } from '../../../system/clock.ts';
import { beginLcd, type CharacterLcd } from './character-lcd.ts';

export interface LcdScreenOptions {
  readonly openBus: () => Promise<I2cBus>;
  readonly address: number;
  readonly clock: Pick<Clock, 'elapsed' | 'after'>;
  /** Whether it is there, and if not, why: behind a colon. */
  readonly onState: (state: 'ok' | 'warning', detail: string) => void;
}

/** A person reads no faster, and the bus is slow. */
const REFRESH_MS = 250;
/** One that is not there is looked for so often. */
const RETRY_MS = 60_000;
/** Long wires catch disturbances, and it answers nothing: so often everything is written anew. */
const RESYNC_MS = 600_000;

/** What the display shows: only rows that differ are written, four times a second at most, one at a time. */
export class LcdScreen {
  readonly #options: LcdScreenOptions;
  #running = false;
  #bus: I2cBus | null = null;
  #lcd: CharacterLcd | null = null;
  #wanted: readonly string[] = [];
  #wantedLit = true;
  #shown: string[] = [];
  #shownLit = true;
  #writtenAt = Number.NEGATIVE_INFINITY;
  #syncedAt = 0;
  #writing: Promise<void> | null = null;
  #timer: Timer | null = null;
  #told = '';

  constructor(options: LcdScreenOptions) {
    this.#options = options;
  }

  async start(): Promise<void> {
    this.#running = true;
    await this.#connect();
  }

  /** Dark, where it is there. */
  async stop(): Promise<void> {
    this.#running = false;
    this.#timer?.cancel();
    await this.#writing;
    try {
      this.#lcd?.end();
    } catch {
      // It is gone, and dark.
    }
    this.#lose();
  }

  show(rows: readonly string[], lit: boolean): void {
    this.#wanted = rows;
    this.#wantedLit = lit;
    this.#advance();
  }

  async #connect(): Promise<void> {
    const { openBus, address, clock } = this.#options;
    try {
      this.#bus = await openBus();
      this.#lcd = await beginLcd(this.#bus, address);
      this.#shown = [];
      this.#shownLit = true;
      this.#syncedAt = clock.elapsed();
      this.#tell('');
    } catch (error) {
      this.#failed(error);
    }
    if (this.#running) this.#advance();
  }

  #failed(error: unknown): void {
    this.#lose();
    this.#tell(`: ${error instanceof Error ? error.message : String(error)}`);
    if (!this.#running) return;
    this.#timer?.cancel();
    this.#timer = this.#options.clock.after(RETRY_MS, () => {
      this.#timer = null;
      this.#writing = this.#connect().finally(() => {
        this.#writing = null;
        this.#advance();
      });
    });
  }

  #lose(): void {
    this.#lcd = null;
    this.#bus?.close();
    this.#bus = null;
  }

  #advance(): void {
    if (!this.#running || this.#lcd === null || this.#writing !== null || this.#timer !== null) return;
    const { clock } = this.#options;
    const late = clock.elapsed() - this.#syncedAt >= RESYNC_MS;
    if (!late && this.#wantedLit === this.#shownLit && this.#changed().length === 0) return;
    const wait = this.#writtenAt + REFRESH_MS - clock.elapsed();
    if (wait > 0) {
      this.#timer = clock.after(wait, () => {
        this.#timer = null;
        this.#advance();
      });
      return;
    }
    this.#writtenAt = clock.elapsed();
    this.#writing = this.#write(this.#lcd, late)
      .catch((error: unknown) => this.#failed(error))
      .then(() => {
        this.#writing = null;
        this.#advance();
      });
  }

  async #write(lcd: CharacterLcd, late: boolean): Promise<void> {
    if (late) {
      await lcd.resync();
      this.#syncedAt = this.#options.clock.elapsed();
      this.#shown = [];
    }
    for (const line of this.#changed()) {
      const text = this.#wanted[line] ?? '';
      await lcd.write(line, text);
      this.#shown[line] = text;
    }
    if (this.#wantedLit === this.#shownLit) return;
    const lit = this.#wantedLit;
    await lcd.light(lit);
    this.#shownLit = lit;
  }

  #changed(): number[] {
    return this.#wanted.flatMap((text, line) => (text === this.#shown[line] ? [] : [line]));
  }

  #tell(trouble: string): void {
    const text = `${trouble === '' ? 'ok' : 'warning'}${trouble}`;
    if (text === this.#told) return;
    this.#told = text;
    this.#options.onState(trouble === '' ? 'ok' : 'warning', trouble);
  }
}
