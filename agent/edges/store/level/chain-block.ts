import { crc32, deflateRawSync, inflateRawSync } from 'node:zlib';
import { MISSING } from '../../../core/market/chain.ts';
import type { Money } from '../../../core/market/money.ts';
import {
  AGE,
  ASK,
  BID,
  type ChainHead,
  COLUMNS,
  CONTRACT_COLUMNS,
  DELTA,
  equalColumns,
  type Frame,
  LAST,
  STRIKE,
  VOLATILITY,
} from './chain-frame.ts';
import { addPlane, CENT, type Expected, resolveColumn, startOf, writeColumn } from './column-bytes.ts';
import { Planes } from './planes.ts';

/*
 * One chain as one value of the store. Little endian:
 *   0  u32  CRC-32 of the key and of all bytes that follow
 *   4  u8   format, 2
 *   5  u8   flags: 1 complete, 2 the spot is known
 *   6  u32  rows
 *  10  u32  CRC-32 of the block that this one is a change to, 0 in a key frame
 *  14  f64  takenAt of the key frame that the changes begin with
 *  22  f64  spot   30 f64 spotAt   38 f64 multiplier
 *  46  u8 per column: bytes per row, plus 8 when the values were divided by 100, plus 16, 32, 64, 128 when the plane of the
 *      lowest, second, third, highest bytes stands as it is; the contract columns only in a key frame
 *  ..  the planes that stand as they are: nothing makes them smaller
 *  ..  deflated, column after column: in a key frame what the first two rows are, as two i32; the other planes
 * Format 1 deflated every plane, and did not say what the first two rows are: 0 was expected of them.
 */
const FORMAT = 2;
const FIRST_FORMAT = 1;
const COMPLETE = 1;
const SPOT_KNOWN = 2;
const HEAD_BYTES = 46;
const IN_CENTS = 8;
const PLANES = 7;
/** The lowest of four bits. */
const PLAIN_SHIFT = 4;
const START_BYTES = 8;
const NO_START = [0, 0] as const;
/** How many bits are set. */
const BITS = Uint8Array.from({ length: 16 }, (_, n) => (n & 1) + ((n >> 1) & 1) + ((n >> 2) & 1) + (n >> 3));
/** Files of a day a chain hold key frames alone: these cost half the time so, and a day of changes 0.3 % more bytes. */
const KEY_FRAME = { level: 3, memLevel: 9, windowBits: 13 };
const CHANGE = { level: 6 };
/** zlib's own least. */
const LEAST_CHUNK = 64;
const space = new Planes();

/** The block that a change was made to. */
export interface Predecessor {
  readonly keyAt: number;
  readonly crc: number;
  readonly frame: Frame;
}

export interface BlockHead {
  readonly format: number;
  readonly crc: number;
  readonly keyAt: number;
  readonly baseCrc: number;
  readonly chain: ChainHead;
}

/** With a base: only what has changed since; the contracts must be the same. Without: a key frame that stands alone. */
export function writeBlock(key: string, head: ChainHead, frame: Frame, base: Predecessor | null): Buffer {
  const first = base === null ? 0 : CONTRACT_COLUMNS;
  const start = HEAD_BYTES + COLUMNS - first;
  const front = Buffer.alloc(start);
  space.begin(COLUMNS * (head.size * 4 + START_BYTES));
  for (let index = first; index < COLUMNS; index += 1) {
    front[HEAD_BYTES + index - first] = placeColumn(index, frame[index] as Int32Array, base?.frame ?? null);
  }
  writeHead(front, head, base);
  const { packed, packedLength, plain, plainLength } = space;
  const chunkSize = Math.max(LEAST_CHUNK, packedLength >> 1);
  const deflated = deflateRawSync(packed.subarray(0, packedLength), {
    ...(base === null ? KEY_FRAME : CHANGE),
    chunkSize,
  });
  const block = Buffer.concat([front, plain.subarray(0, plainLength), deflated]);
  block.writeUInt32LE(checksum(key, block), 0);
  return block;
}

/** Adds a column to `space`; its description. */
function placeColumn(index: number, column: Int32Array, frame: Frame | null): number {
  const base = baseOf(index, frame);
  const smooth = isSmooth(index, base);
  const alike = base === null ? smooth && isOfOne(column) : equalColumns(column, base);
  const step = alike ? 1 : stepOf(index, column, base);
  let start: Expected['start'] = NO_START;
  if (smooth && base === null) {
    start = startOf(column, step);
    space.packed.writeInt32LE(start[0], space.packedLength);
    space.packed.writeInt32LE(start[1], space.packedLength + 4);
    space.packedLength += START_BYTES;
  }
  if (alike) return 0;
  const planes = writeColumn(column, { base, smooth, step, start }, space.packed.subarray(space.packedLength));
  return planes | (step === CENT ? IN_CENTS : 0) | (space.take(planes, column.length) << PLAIN_SHIFT);
}

/** The head of a block that is whole and belongs to this key; `null` when it is neither. */
export function readHead(key: string, takenAt: number, block: Buffer): BlockHead | null {
  if (block.length < HEAD_BYTES || !isKnown(block[4] as number) || block.readUInt32LE(0) !== checksum(key, block))
    return null;
  const flags = block[5] as number;
  return {
    format: block[4] as number,
    crc: block.readUInt32LE(0),
    baseCrc: block.readUInt32LE(10),
    keyAt: block.readDoubleLE(14),
    chain: {
      takenAt,
      complete: (flags & COMPLETE) !== 0,
      spot: (flags & SPOT_KNOWN) !== 0 ? (block.readDoubleLE(22) as Money) : null,
      spotAt: block.readDoubleLE(30),
      multiplier: block.readDoubleLE(38),
      size: block.readUInt32LE(6),
    },
  };
}

/**
 * The columns of a block whose head was read, with the frame that it is a change to (`null` for a key frame). Columns that
 * did not change are those of that frame.
 */
export function readFrame(block: Buffer, head: BlockHead, base: Frame | null): Frame {
  const first = base === null ? 0 : CONTRACT_COLUMNS;
  const descriptions = block.subarray(HEAD_BYTES, HEAD_BYTES + COLUMNS - first);
  const { size } = head.chain;
  const started = base === null && head.format !== FIRST_FORMAT;
  let plainAt = HEAD_BYTES + descriptions.length;
  const bytes = inflated(block, descriptions, { size, starts: started });
  const frame: Int32Array[] = base === null ? [] : base.slice(0, CONTRACT_COLUMNS);
  // One piece of memory for all columns: a piece for each costs more than reading them.
  const memory = new Int32Array(size * descriptions.length);
  let used = 0;
  for (let index = first; index < COLUMNS; index += 1) {
    const description = descriptions[index - first] as number;
    const planes = description & PLANES;
    const was = baseOf(index, base);
    if (planes === 0 && was !== null) {
      frame.push(was);
      continue;
    }
    const smooth = isSmooth(index, was);
    const starts = started && smooth;
    const start = starts ? ([bytes.readInt32LE(used), bytes.readInt32LE(used + 4)] as const) : NO_START;
    if (starts) used += START_BYTES;
    const out = memory.subarray((index - first) * size, (index - first + 1) * size);
    for (let plane = 0; plane < planes; plane += 1) {
      if (((description >> (PLAIN_SHIFT + plane)) & 1) !== 0) {
        addPlane(block, plainAt, plane, out);
        plainAt += size;
      } else {
        addPlane(bytes, used, plane, out);
        used += size;
      }
    }
    resolveColumn({ base: was, smooth, step: (description & IN_CENTS) !== 0 ? CENT : 1, start }, out);
    frame.push(out);
  }
  return frame;
}

/** An age is small by itself and jumps with every new quote: nothing is expected of it. */
function baseOf(index: number, base: Frame | null): Int32Array | null {
  return base === null || index === AGE ? null : (base[index] as Int32Array);
}

/** Neighbours are alike in a key frame; from one chain to the next, what follows the spot moves alike. */
function isSmooth(index: number, base: Int32Array | null): boolean {
  if (base === null) return index !== AGE;
  return index === BID || index === ASK || index === VOLATILITY || index === DELTA;
}

function stepOf(index: number, column: Int32Array, base: Int32Array | null): Expected['step'] {
  if (index !== STRIKE && index !== BID && index !== ASK && index !== LAST) return 1;
  return inCents(column) && (base === null || inCents(base)) ? CENT : 1;
}

function isOfOne(column: Int32Array): boolean {
  const rows = column.length;
  const [first] = column;
  for (let row = 1; row < rows; row += 1) if (column[row] !== first) return false;
  return true;
}

function inCents(column: Int32Array): boolean {
  const rows = column.length;
  for (let row = 0; row < rows; row += 1) {
    const value = column[row] as number;
    if (value !== MISSING && value - Math.imul((value / CENT) | 0, CENT) !== 0) return false;
  }
  return true;
}

function writeHead(front: Buffer, head: ChainHead, base: Predecessor | null): void {
  front[4] = FORMAT;
  front[5] = (head.complete ? COMPLETE : 0) | (head.spot !== null ? SPOT_KNOWN : 0);
  front.writeUInt32LE(head.size, 6);
  front.writeUInt32LE(base?.crc ?? 0, 10);
  front.writeDoubleLE(base?.keyAt ?? head.takenAt, 14);
  front.writeDoubleLE(head.spot ?? 0, 22);
  front.writeDoubleLE(head.spotAt, 30);
  front.writeDoubleLE(head.multiplier, 38);
}

/** The part of a block that was deflated. */
function inflated(
  block: Buffer,
  descriptions: Uint8Array,
  { size, starts }: { size: number; starts: boolean },
): Buffer {
  let plain = 0;
  let packed = starts ? START_BYTES * (COLUMNS - 1) : 0;
  for (const description of descriptions) {
    const left = BITS[description >> PLAIN_SHIFT] as number;
    plain += left * size;
    packed += ((description & PLANES) - left) * size;
  }
  const deflated = block.subarray(HEAD_BYTES + descriptions.length + plain);
  return inflateRawSync(deflated, { chunkSize: Math.max(LEAST_CHUNK, packed), maxOutputLength: packed + 1 });
}

function isKnown(format: number): boolean {
  return format === FORMAT || format === FIRST_FORMAT;
}

function checksum(key: string, block: Buffer): number {
  return crc32(block.subarray(4), crc32(key));
}
