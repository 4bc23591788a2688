import { setTimeout as sleep } from 'node:timers/promises';
import type { KernelPort } from '../../../agent/ground/gpio/kernel-port.ts';

interface SimulatedLine {
  /** What pulls it from outside; `null` = nothing, so that its bias decides. */
  driven: 0 | 1 | null;
  biased: 0 | 1;
  output: 0 | 1 | null;
  holder: string | null;
}

interface Held {
  readonly chip: SimulatedChip;
  readonly offsets: readonly number[];
  readonly flags: number;
  readonly debounceUs: number;
  /** Levels as last reported. */
  readonly stable: (0 | 1)[];
  readonly unstableSince: (number | null)[];
  readonly events: Buffer[];
  readonly sequences: number[];
  sequence: number;
  wake: () => void;
}

export interface SimulatedChip {
  readonly path: string;
  readonly label: string;
  readonly lines: SimulatedLine[];
  /** What opening it comes to. */
  readonly refuses?: string;
}

export function simulatedChip(options: {
  path: string;
  label: string;
  count?: number;
  refuses?: string;
}): SimulatedChip {
  const { path, label, count = 54, refuses } = options;
  const line = (): SimulatedLine => ({ driven: null, biased: 0, output: null, holder: null });
  return { path, label, lines: Array.from({ length: count }, line), ...(refuses === undefined ? {} : { refuses }) };
}

/**
 * The kernel's GPIO interface in memory. It reads and writes the bytes of the ioctls by the offsets of `<linux/gpio.h>` and by
 * nothing of ours; time, which only debounce needs, passes when told.
 */
export class SimulatedPort implements KernelPort {
  readonly #chips: readonly SimulatedChip[];
  readonly #open = new Map<number, SimulatedChip | Held>();
  #nextFd = 100;
  #nowUs = 1_000_000;
  /** From now on each ioctl and poll on lines fails with it. */
  broken: string | null = null;
  /** As on Raspberry Pi OS without strict_gpiod: outputs stay as they are when their lines are given back. */
  keepsOutputs = false;

  constructor(chips: readonly SimulatedChip[]) {
    this.#chips = chips;
  }

  get openFiles(): number {
    return this.#open.size;
  }

  chips(): readonly string[] {
    return this.#chips.map(({ path }) => path);
  }

  open(path: string): number {
    const chip = this.#chips.find((each) => each.path === path);
    if (chip === undefined) throw errno('ENOENT');
    if (chip.refuses !== undefined) throw errno(chip.refuses);
    return this.#give(chip);
  }

  close(fd: number): void {
    const file = this.#open.get(fd);
    if (file === undefined) throw errno('EBADF');
    this.#open.delete(fd);
    if (!('offsets' in file)) return;
    for (const offset of file.offsets) this.#release(this.#line(file.chip, offset));
  }

  #release(line: SimulatedLine): void {
    line.holder = null;
    if (!this.keepsOutputs) line.output = null;
  }

  ioctl(fd: number, request: number, bytes: Buffer): void {
    const file = this.#open.get(fd);
    if (file === undefined) throw errno('EBADF');
    if (bytes.length !== (request >>> 16) % 0x4000) throw errno('EFAULT');
    if (!('offsets' in file)) this.#ofChip(file, request, bytes);
    else if (this.broken !== null) throw errno(this.broken);
    else if (request === 0xc010b40e) this.#getValues(file, bytes);
    else if (request === 0xc010b40f) this.#setValues(file, bytes);
    else throw errno('ENOTTY');
  }

  async readable(fd: number, waitMs: number): Promise<boolean> {
    const held = this.#held(fd);
    if (this.broken !== null) throw errno(this.broken);
    if (held.events.length > 0) return true;
    const waited = new AbortController();
    const woken = new Promise<void>((resolve) => {
      held.wake = resolve;
    });
    await Promise.race([woken, sleep(waitMs, undefined, { signal: waited.signal }).catch(() => undefined)]);
    waited.abort();
    if (this.broken !== null) throw errno(this.broken);
    return held.events.length > 0;
  }

  read(fd: number, bytes: Buffer): number {
    const held = this.#held(fd);
    if (held.events.length === 0) throw errno('WOULD_WAIT_FOR_EVER');
    let length = 0;
    while (held.events.length > 0 && length + 48 <= bytes.length)
      length += held.events.shift()?.copy(bytes, length) ?? 0;
    return length;
  }

  /** From outside. */
  drive(chip: SimulatedChip, offset: number, level: 0 | 1 | null): void {
    this.#line(chip, offset).driven = level;
    this.#settle();
  }

  hold(chip: SimulatedChip, offset: number, holder: string): void {
    this.#line(chip, offset).holder = holder;
  }

  /** As a wire at the pin would show it. */
  levelOf(chip: SimulatedChip, offset: number): 0 | 1 {
    const { output, driven, biased } = this.#line(chip, offset);
    return output ?? driven ?? biased;
  }

  pass(us: number): void {
    this.#nowUs += us;
    this.#settle();
  }

  breakLines(code: string | null): void {
    this.broken = code;
    for (const file of this.#open.values()) if ('offsets' in file) file.wake();
  }

  #ofChip(chip: SimulatedChip, request: number, bytes: Buffer): void {
    if (request === 0x8044b401) {
      bytes.write(chip.path.slice(chip.path.lastIndexOf('/') + 1), 0, 'latin1');
      bytes.write(chip.label, 32, 'latin1');
      bytes.writeUInt32LE(chip.lines.length, 64);
    } else if (request === 0xc100b405) {
      const { holder } = this.#line(chip, bytes.readUInt32LE(64));
      bytes.write(holder ?? '', 32, 'latin1');
      bytes.writeBigUInt64LE(holder === null ? 0n : 1n, 72);
    } else if (request === 0xc250b407) this.#request(chip, bytes);
    else throw errno('ENOTTY');
  }

  #request(chip: SimulatedChip, bytes: Buffer): void {
    const count = bytes.readUInt32LE(560);
    const offsets = Array.from({ length: count }, (_, index) => bytes.readUInt32LE(4 * index));
    const flags = Number(bytes.readBigUInt64LE(288));
    if (((flags & 4) !== 0) === ((flags & 8) !== 0)) throw errno('EINVAL');
    if (offsets.some((offset) => this.#line(chip, offset).holder !== null)) throw errno('EBUSY');
    const attribute = bytes.readUInt32LE(296) === 0 ? 0 : bytes.readUInt32LE(320);
    const value = bytes.readBigUInt64LE(328);
    if (attribute !== 0 && bytes.readBigUInt64LE(336) !== (1n << BigInt(count)) - 1n) throw errno('EINVAL');
    const consumer = bytes.toString('latin1', 256, bytes.indexOf(0, 256));
    for (const [index, offset] of offsets.entries()) {
      const line = this.#line(chip, offset);
      line.holder = consumer;
      line.biased = (flags & 256) !== 0 ? 1 : 0;
      if ((flags & 8) !== 0)
        line.output = this.#inverted(flags, attribute === 2 ? Number((value >> BigInt(index)) & 1n) : 0);
    }
    const stable = offsets.map((offset) => this.levelOf(chip, offset));
    const each = <T>(of: T): T[] => offsets.map(() => of);
    const debounceUs = attribute === 3 ? Number(value & 0xffff_ffffn) : 0;
    const fresh = { events: [], sequence: 0, sequences: each(0), unstableSince: each(null), wake: () => undefined };
    bytes.writeInt32LE(this.#give({ chip, offsets, flags, debounceUs, stable, ...fresh }), 588);
  }

  #getValues(held: Held, bytes: Buffer): void {
    let bits = 0n;
    for (const [index, offset] of held.offsets.entries()) {
      const wanted = (bytes.readBigUInt64LE(8) >> BigInt(index)) & 1n;
      if (wanted === 0n) continue;
      const level = held.debounceUs > 0 ? (held.stable[index] ?? 0) : this.levelOf(held.chip, offset);
      bits |= BigInt(this.#inverted(held.flags, level)) << BigInt(index);
    }
    bytes.writeBigUInt64LE(bits, 0);
  }

  #setValues(held: Held, bytes: Buffer): void {
    if ((held.flags & 8) === 0) throw errno('EPERM');
    const [bits, mask] = [bytes.readBigUInt64LE(0), bytes.readBigUInt64LE(8)];
    for (const [index, offset] of held.offsets.entries()) {
      if (((mask >> BigInt(index)) & 1n) === 0n) continue;
      this.#line(held.chip, offset).output = this.#inverted(held.flags, Number((bits >> BigInt(index)) & 1n));
    }
  }

  #settle(): void {
    for (const file of this.#open.values()) if ('offsets' in file) this.#settleLines(file);
  }

  #settleLines(held: Held): void {
    for (const [index, offset] of held.offsets.entries()) {
      const level = this.levelOf(held.chip, offset);
      if (level === held.stable[index]) {
        held.unstableSince[index] = null;
        continue;
      }
      const since = held.unstableSince[index] ?? this.#nowUs;
      held.unstableSince[index] = since;
      if (this.#nowUs - since < held.debounceUs) continue;
      held.stable[index] = level;
      held.unstableSince[index] = null;
      this.#report(held, index);
    }
  }

  #report(held: Held, index: number): void {
    const rising = this.#inverted(held.flags, held.stable[index] ?? 0) === 1;
    if ((held.flags & (rising ? 16 : 32)) === 0) return;
    held.sequence += 1;
    const lineSequence = (held.sequences[index] ?? 0) + 1;
    held.sequences[index] = lineSequence;
    const event = Buffer.alloc(48);
    event.writeBigUInt64LE(BigInt(this.#nowUs) * 1000n, 0);
    event.writeUInt32LE(rising ? 1 : 2, 8);
    event.writeUInt32LE(held.offsets[index] ?? 0, 12);
    event.writeUInt32LE(held.sequence, 16);
    event.writeUInt32LE(lineSequence, 20);
    held.events.push(event);
    held.wake();
  }

  #inverted(flags: number, level: number): 0 | 1 {
    return (level === 1) !== ((flags & 2) !== 0) ? 1 : 0;
  }

  #give(file: SimulatedChip | Held): number {
    this.#nextFd += 1;
    this.#open.set(this.#nextFd, file);
    return this.#nextFd;
  }

  #held(fd: number): Held {
    const file = this.#open.get(fd);
    if (file === undefined || !('offsets' in file)) throw errno('EBADF');
    return file;
  }

  #line(chip: SimulatedChip, offset: number): SimulatedLine {
    const line = chip.lines[offset];
    if (line === undefined) throw errno('EINVAL');
    return line;
  }
}

function errno(code: string): Error {
  return Object.assign(new Error(code), { code });
}
