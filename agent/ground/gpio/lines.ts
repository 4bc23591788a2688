import type { KernelPort } from './kernel-port.ts';
import { decodeEvents, decodeLevels, EVENT_BYTES, encodeLevels, IOCTL, type LineEvent } from './line-abi.ts';
import type { Level } from './switch.ts';

/** How long one poll waits: a process that ends waits for it at most that long. */
const WAIT_MS = 200;
/** The kernel keeps 16 events for each line. */
const EVENTS_AT_ONCE = 16;

export interface LineListener {
  onEvents(events: readonly LineEvent[]): void;
  /** The end of the listening: nothing more is heard. */
  onTrouble(reason: string): void;
}

/** Lines that the kernel has given us, as one: they are read and set together. */
export class Lines {
  readonly #port: KernelPort;
  readonly #fd: number;
  readonly #offsets: readonly number[];
  #listening: Promise<void> | null = null;
  #closed = false;

  constructor(port: KernelPort, fd: number, offsets: readonly number[]) {
    this.#port = port;
    this.#fd = fd;
    this.#offsets = offsets;
  }

  /** Of all lines, in the order they were asked for. Throws what the kernel says. */
  levels(): Level[] {
    this.#mustBeOpen();
    const count = this.#offsets.length;
    const bytes = encodeLevels(Array<Level>(count).fill(0));
    this.#port.ioctl(this.#fd, IOCTL.getValues, bytes);
    return decodeLevels(bytes, count);
  }

  /** All lines at once. Throws what the kernel says. */
  set(levels: readonly Level[]): void {
    this.#mustBeOpen();
    if (levels.length !== this.#offsets.length) throw new RangeError('not one level for each line');
    this.#port.ioctl(this.#fd, IOCTL.setValues, encodeLevels(levels));
  }

  /** Once; of lines that were asked for with edges. */
  watch(listener: LineListener): void {
    this.#mustBeOpen();
    this.#listening ??= this.#listen(listener);
  }

  /** Gives the lines back: at once, or when the poll that runs has ended, because its number would mean another file by then. */
  async close(): Promise<void> {
    if (this.#closed) return;
    this.#closed = true;
    await this.#listening;
    this.#port.close(this.#fd);
  }

  async #listen(listener: LineListener): Promise<void> {
    const bytes = Buffer.alloc(EVENTS_AT_ONCE * EVENT_BYTES);
    while (!this.#closed) {
      let events: LineEvent[];
      try {
        if (!(await this.#port.readable(this.#fd, WAIT_MS)) || this.#closed) continue;
        events = decodeEvents(bytes.subarray(0, this.#port.read(this.#fd, bytes)));
      } catch (error) {
        if (!this.#closed) listener.onTrouble(error instanceof Error ? error.message : String(error));
        return;
      }
      listener.onEvents(events);
    }
  }

  #mustBeOpen(): void {
    if (this.#closed) throw Object.assign(new Error('the lines are closed'), { code: 'GPIO_CLOSED' });
  }
}
