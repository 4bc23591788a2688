import { setImmediate as turn } from 'node:timers/promises';
import type { I2cBus } from '../../../../../agent/ground/gpio/i2c-bus.ts';

const [RS, RW, EN, LIGHT] = [1, 2, 4, 8];
const ROW_STARTS = [0x00, 0x40, 0x14, 0x54];

/**
 * An HD44780 of 20×4 characters with four of its data wires behind a PCF8574, by their data sheets and nothing of ours: it takes the
 * bytes of an I2C bus, and tells what a person would see.
 */
export class SimulatedLcd implements I2cBus {
  /** One for each write: how many bytes. */
  readonly transfers: number[] = [];
  /** From now on each write fails with it. */
  gone: string | null = null;
  isOpen = true;
  lit = false;
  on = false;
  cursor = false;
  #port = 0;
  #wide = true;
  #half: number | null = null;
  #forward = true;
  #at = 0;
  /** Data then go to the patterns of eight characters, which are not kept here; nor is a shift of the picture. */
  #ownCharacters = false;
  readonly #cells = new Uint8Array(0x80).fill(0x20);

  /** What it shows; `null` = nothing to be seen. */
  get rows(): string[] | null {
    if (!this.on) return null;
    return ROW_STARTS.map((start) => Buffer.from(this.#cells.subarray(start, start + 20)).toString('latin1'));
  }

  /** A disturbance: half a character too many. */
  disturb(): void {
    this.#pulse(0x00, true);
  }

  writeNow(bytes: Uint8Array): void {
    if (this.gone !== null) throw Object.assign(new Error(`${this.gone}: write`), { code: this.gone });
    if (!this.isOpen) throw Object.assign(new Error('EBADF'), { code: 'EBADF' });
    this.transfers.push(bytes.length);
    for (const byte of bytes) this.#latch(byte);
  }

  async write(bytes: Uint8Array): Promise<void> {
    await turn();
    this.writeNow(bytes);
  }

  close(): void {
    this.isOpen = false;
  }

  #latch(byte: number): void {
    const fell = (this.#port & EN) !== 0 && (byte & EN) === 0;
    this.#port = byte;
    this.lit = (byte & LIGHT) !== 0;
    if ((byte & RW) !== 0) throw new Error('both would drive the wires');
    if (fell) this.#pulse(byte >> 4, (byte & RS) !== 0);
  }

  #pulse(nibble: number, data: boolean): void {
    if (this.#wide) this.#command(nibble << 4);
    else if (this.#half === null) this.#half = nibble;
    else {
      const value = (this.#half << 4) | nibble;
      this.#half = null;
      if (data) this.#store(value);
      else this.#command(value);
    }
  }

  #store(value: number): void {
    if (this.#ownCharacters) return;
    this.#cells[this.#at] = value;
    // Two lines of 40: the end of each is followed by the other.
    const next = this.#at + (this.#forward ? 1 : -1);
    this.#at = next === 0x28 ? 0x40 : next === 0x68 || next < 0 ? 0 : next;
  }

  #command(value: number): void {
    if (value >= 0x80) [this.#at, this.#ownCharacters] = [value & 0x7f, false];
    else if (value >= 0x40) this.#ownCharacters = true;
    else if (value >= 0x20) this.#wide = (value & 0x10) !== 0;
    else if (value >= 0x10) return;
    else if (value >= 0x08) [this.on, this.cursor] = [(value & 4) !== 0, (value & 3) !== 0];
    else if (value >= 0x04) this.#forward = (value & 2) !== 0;
    else if (value >= 0x02) this.#at = 0;
    else if (value === 0x01) {
      this.#cells.fill(0x20);
      this.#at = 0;
      this.#forward = true;
    }
  }
}
