import type { Level } from './switch.ts';

/**
 * The kernel's second interface to GPIO lines, byte for byte: `<linux/gpio.h>`, the same on every 64-bit little-endian machine.
 * Everything here is pure; whoever talks to the kernel does it through a `KernelPort`.
 */
export const IOCTL = {
  chipInfo: 0x8044b401,
  lineInfo: 0xc100b405,
  requestLines: 0xc250b407,
  getValues: 0xc010b40e,
  setValues: 0xc010b40f,
} as const;

const MOST_LINES = 64;
export const EVENT_BYTES = 48;

const CHIP_INFO_BYTES = 68;
const LINE_INFO_BYTES = 256;
const REQUEST_BYTES = 592;
const VALUES_BYTES = 16;

const FLAG = { used: 1, activeLow: 2, input: 4, output: 8, rising: 16, falling: 32 } as const;
const BIAS_FLAG = { pullUp: 256, pullDown: 512, disabled: 1024 } as const;
const EDGE_FLAGS = { rising: FLAG.rising, falling: FLAG.falling, both: FLAG.rising | FLAG.falling } as const;

/** Of `gpio_v2_line_request`. */
const AT = { consumer: 256, flags: 288, attributeCount: 296, attributes: 320, lineCount: 560, fd: 588 } as const;
const ATTRIBUTE_BYTES = 24;
const ATTRIBUTE = { outputValues: 2, debounce: 3 } as const;

export type Bias = keyof typeof BIAS_FLAG;
export type Edges = keyof typeof EDGE_FLAGS;

interface Asked {
  /** Shown by `gpioinfo`; 31 bytes of it are kept. */
  readonly consumer: string;
  /** Numbers on the chip, 1 to 64 of them. */
  readonly offsets: readonly number[];
  /** Levels are then inverted in both directions. */
  readonly activeLow?: boolean;
}

export interface InputRequest extends Asked {
  readonly direction: 'input';
  readonly bias?: Bias;
  readonly edges?: Edges;
  /** How long a line must be stable; adds as much latency. */
  readonly debounceUs?: number;
}

export interface OutputRequest extends Asked {
  readonly direction: 'output';
  /** What each line begins with, in the order of `offsets`. */
  readonly levels: readonly Level[];
}

export type LineRequest = InputRequest | OutputRequest;

export interface ChipInfo {
  readonly name: string;
  readonly label: string;
  readonly lines: number;
}

export interface LineInfo {
  readonly name: string;
  readonly used: boolean;
  /** Who holds it; often empty for the kernel itself. */
  readonly consumer: string;
}

export interface LineEvent {
  readonly offset: number;
  readonly edge: 'rising' | 'falling';
  /** CLOCK_MONOTONIC, comparable with `process.hrtime.bigint()`. */
  readonly atNs: bigint;
  /** Counts all events of the request, so that a gap tells of lost ones. */
  readonly sequence: number;
}

/** What the kernel is asked to fill in. */
export function emptyChipInfo(): Buffer {
  return Buffer.alloc(CHIP_INFO_BYTES);
}

export function decodeChipInfo(bytes: Buffer): ChipInfo {
  return { name: text(bytes, 0), label: text(bytes, 32), lines: bytes.readUInt32LE(64) };
}

export function encodeLineInfo(offset: number): Buffer {
  const bytes = Buffer.alloc(LINE_INFO_BYTES);
  bytes.writeUInt32LE(offset, 64);
  return bytes;
}

export function decodeLineInfo(bytes: Buffer): LineInfo {
  const used = (bytes.readUInt32LE(72) & FLAG.used) !== 0;
  return { name: text(bytes, 0), used, consumer: text(bytes, 32) };
}

/** `gpio_v2_line_request` with its `line_config` and attributes. Throws a RangeError when the kernel could not take it. */
export function encodeLineRequest(request: LineRequest): Buffer {
  const { offsets, consumer } = request;
  if (offsets.length < 1 || offsets.length > MOST_LINES) throw new RangeError(`${offsets.length} lines in one request`);
  const bytes = Buffer.alloc(REQUEST_BYTES);
  for (const [index, offset] of offsets.entries()) bytes.writeUInt32LE(offset, index * 4);
  bytes.write(consumer, AT.consumer, 31, 'latin1');
  bytes.writeBigUInt64LE(BigInt(flagsOf(request)), AT.flags);
  const every = (1n << BigInt(offsets.length)) - 1n;
  if (request.direction === 'output') {
    if (request.levels.length !== offsets.length) throw new RangeError('not one level for each line');
    writeAttribute(bytes, { id: ATTRIBUTE.outputValues, value: bitsOf(request.levels), mask: every });
  } else if (request.debounceUs !== undefined && request.debounceUs > 0) {
    writeAttribute(bytes, { id: ATTRIBUTE.debounce, value: BigInt(request.debounceUs), mask: every });
  }
  bytes.writeUInt32LE(offsets.length, AT.lineCount);
  return bytes;
}

/** The file descriptor of the lines, which the kernel writes into the request. */
export function requestedFd(bytes: Buffer): number {
  return bytes.readInt32LE(AT.fd);
}

/** `gpio_v2_line_values`: the levels of the first lines of a request. */
export function encodeLevels(levels: readonly Level[]): Buffer {
  const bytes = Buffer.alloc(VALUES_BYTES);
  bytes.writeBigUInt64LE(bitsOf(levels), 0);
  bytes.writeBigUInt64LE((1n << BigInt(levels.length)) - 1n, 8);
  return bytes;
}

export function decodeLevels(bytes: Buffer, count: number): Level[] {
  const bits = bytes.readBigUInt64LE(0);
  return Array.from({ length: count }, (_, index) => ((bits >> BigInt(index)) & 1n ? 1 : 0));
}

/** As many whole `gpio_v2_line_event` as there are. */
export function decodeEvents(bytes: Buffer): LineEvent[] {
  return Array.from({ length: Math.floor(bytes.length / EVENT_BYTES) }, (_, index) => {
    const at = index * EVENT_BYTES;
    return {
      offset: bytes.readUInt32LE(at + 12),
      edge: bytes.readUInt32LE(at + 8) === 1 ? 'rising' : 'falling',
      atNs: bytes.readBigUInt64LE(at),
      sequence: bytes.readUInt32LE(at + 16),
    };
  });
}

function flagsOf(request: LineRequest): number {
  const low = request.activeLow === true ? FLAG.activeLow : 0;
  if (request.direction === 'output') return FLAG.output | low;
  const bias = request.bias === undefined ? 0 : BIAS_FLAG[request.bias];
  const edges = request.edges === undefined ? 0 : EDGE_FLAGS[request.edges];
  return FLAG.input | low | bias | edges;
}

/** One is all that is ever needed here; the structure has room for ten. */
function writeAttribute(bytes: Buffer, attribute: { id: number; value: bigint; mask: bigint }): void {
  bytes.writeUInt32LE(1, AT.attributeCount);
  bytes.writeUInt32LE(attribute.id, AT.attributes);
  bytes.writeBigUInt64LE(attribute.value, AT.attributes + 8);
  bytes.writeBigUInt64LE(attribute.mask, AT.attributes + ATTRIBUTE_BYTES - 8);
}

function bitsOf(levels: readonly Level[]): bigint {
  return levels.reduce((bits, level, index) => bits | (BigInt(level) << BigInt(index)), 0n);
}

/** Ends at the first zero byte. */
function text(bytes: Buffer, at: number): string {
  const field = bytes.subarray(at, at + 32);
  const end = field.indexOf(0);
  return field.toString('latin1', 0, end < 0 ? field.length : end);
}
