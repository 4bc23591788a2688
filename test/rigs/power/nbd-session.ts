import type { VolatileDisk } from './volatile-disk.ts';

export interface NbdCaller {
  answer(bytes: Buffer): void;
  end(): void;
  /** Without it nothing is done or answered any more. */
  hasPower(): boolean;
  /** Whether the power goes in this moment of a flush. */
  losesPower(moment: 'asked' | 'done'): boolean;
}

/** Numbers of the protocol (nbd/doc/proto.md). */
const GREETING = 'NBDMAGICIHAVEOPT';
const OPTION_REPLY = 0x3e889045565a9n;
const REQUEST = 0x25609513;
const REPLY = 0x67446698;
const FIXED_NEWSTYLE = 1;
const NO_ZEROES = 2;
const OPTION = { exportName: 1, abort: 2, info: 6, go: 7 };
const ANSWER = { acknowledged: 1, info: 3, unsupported: 0x80000001 };
const COMMAND = { read: 0, write: 1, disconnect: 2, flush: 3 };
/** It has flags, takes flushes and writes that must be through (FUA). */
const ABILITIES = 1 | 4 | 8;
const THROUGH = 1;
const INVALID = 22;
const OPTION_HEAD = 16;
const REQUEST_HEAD = 28;
const NO_ZEROES_TAIL = 124;

/** One client of the disk, from greeting to its end. */
export class NbdSession {
  readonly #disk: VolatileDisk;
  readonly #caller: NbdCaller;
  #heard: Buffer = Buffer.alloc(0);
  #takes: (bytes: Buffer) => number;
  #withoutZeroes = false;

  constructor(disk: VolatileDisk, caller: NbdCaller) {
    this.#disk = disk;
    this.#caller = caller;
    this.#takes = (bytes) => this.#clientFlags(bytes);
  }

  greet(): void {
    const flags = Buffer.alloc(2);
    flags.writeUInt16BE(FIXED_NEWSTYLE | NO_ZEROES);
    this.#caller.answer(Buffer.concat([Buffer.from(GREETING), flags]));
  }

  hear(bytes: Buffer): void {
    this.#heard = this.#heard.length === 0 ? bytes : Buffer.concat([this.#heard, bytes]);
    while (this.#caller.hasPower()) {
      const taken = this.#takes(this.#heard);
      if (taken === 0) return;
      this.#heard = this.#heard.subarray(taken);
    }
    this.#heard = Buffer.alloc(0);
  }

  #clientFlags(bytes: Buffer): number {
    if (bytes.length < 4) return 0;
    this.#withoutZeroes = (bytes.readUInt32BE() & NO_ZEROES) !== 0;
    this.#takes = (next) => this.#option(next);
    return 4;
  }

  #option(bytes: Buffer): number {
    if (bytes.length < OPTION_HEAD) return 0;
    const length = OPTION_HEAD + bytes.readUInt32BE(12);
    if (bytes.length < length) return 0;
    const option = bytes.readUInt32BE(8);
    if (option === OPTION.exportName) this.#beginOldWay();
    else if (option === OPTION.info || option === OPTION.go) this.#describe(option);
    else if (option === OPTION.abort) {
      this.#reply(option, ANSWER.acknowledged);
      this.#caller.end();
    } else this.#reply(option, ANSWER.unsupported);
    return length;
  }

  #beginOldWay(): void {
    const tail = Buffer.alloc(this.#withoutZeroes ? 0 : NO_ZEROES_TAIL);
    this.#caller.answer(Buffer.concat([this.#sizeAndAbilities(), tail]));
    this.#takes = (next) => this.#request(next);
  }

  #describe(option: number): void {
    // Information 0: the size.
    this.#reply(option, ANSWER.info, Buffer.concat([Buffer.alloc(2), this.#sizeAndAbilities()]));
    this.#reply(option, ANSWER.acknowledged);
    if (option === OPTION.go) this.#takes = (next) => this.#request(next);
  }

  #sizeAndAbilities(): Buffer {
    const bytes = Buffer.alloc(10);
    bytes.writeBigUInt64BE(BigInt(this.#disk.size));
    bytes.writeUInt16BE(ABILITIES, 8);
    return bytes;
  }

  #reply(option: number, kind: number, data: Buffer = Buffer.alloc(0)): void {
    const head = Buffer.alloc(20);
    head.writeBigUInt64BE(OPTION_REPLY);
    head.writeUInt32BE(option, 8);
    head.writeUInt32BE(kind, 12);
    head.writeUInt32BE(data.length, 16);
    this.#caller.answer(Buffer.concat([head, data]));
  }

  #request(bytes: Buffer): number {
    if (bytes.length < REQUEST_HEAD) return 0;
    const command = bytes.readUInt16BE(6);
    const length = bytes.readUInt32BE(24);
    const whole = REQUEST_HEAD + (command === COMMAND.write ? length : 0);
    if (bytes.length < whole) return 0;
    if (bytes.readUInt32BE() !== REQUEST || command === COMMAND.disconnect) {
      this.#caller.end();
      return bytes.length;
    }
    const handle = bytes.subarray(8, 16);
    const offset = Number(bytes.readBigUInt64BE(16));
    if (offset + length > this.#disk.size) this.#done(handle, { error: INVALID });
    else if (command === COMMAND.read) this.#done(handle, { data: this.#disk.read(offset, length) });
    else if (command === COMMAND.flush) this.#flush(handle);
    else if (command === COMMAND.write) {
      const through = (bytes.readUInt16BE(4) & THROUGH) !== 0;
      this.#disk.write(offset, bytes.subarray(REQUEST_HEAD, whole), through);
      this.#done(handle, {});
    } else this.#done(handle, { error: INVALID });
    return whole;
  }

  #flush(handle: Buffer): void {
    if (this.#caller.losesPower('asked')) return;
    this.#disk.flush();
    if (!this.#caller.losesPower('done')) this.#done(handle, {});
  }

  #done(handle: Buffer, { error = 0, data }: { readonly error?: number; readonly data?: Buffer }): void {
    const head = Buffer.alloc(16);
    head.writeUInt32BE(REPLY);
    head.writeUInt32BE(error, 4);
    handle.copy(head, 8);
    this.#caller.answer(data === undefined ? head : Buffer.concat([head, data]));
  }
}
