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
  type Frame,
  LAST,
  STRIKE,
  VOLATILITY,
} from './chain-frame.ts';
import { readColumn, writeColumn } from './column-bytes.ts';

/*
 * One chain as one value of the store. Little endian:
 *   0  u32  CRC-32 of the key and of all bytes that follow
 *   4  u8   format, 1
 *   5  u8   flags: 1 complete, 2 the spot is known
 *   6  u32  rows
 *  10  u32  CRC-32 of the block that this one is a change to, 0 in a key frame
 *  14  f64  takenAt of the key frame that the changes begin with
 *  22  f64  spot   30 f64 spotAt   38 f64 multiplier
 *  46  u8 per column: bytes per row, plus 8 when the values were divided by 100; the contract columns only in a key frame
 *  ..  deflated bytes of the columns, one after the other
 */
const FORMAT = 1;
const COMPLETE = 1;
const SPOT_KNOWN = 2;
const HEAD_BYTES = 46;
const CENT = 100;
const IN_CENTS = 8;
const PLANES = 7;
/** Files of a day a chain hold key frames alone: these cost half the time so, and a day of changes 0.3 % more bytes. */
const KEY_FRAME = { level: 3, memLevel: 9, windowBits: 13 };
const CHANGE = { level: 6 };
/** zlib's own least. */
const LEAST_CHUNK = 64;
/** Used again for each block: new memory for each costs more than filling it. */
let scratch = new Uint8Array(0);

/** The block that a change was made to. */
export interface Predecessor {
  readonly keyAt: number;
  readonly crc: number;
  readonly frame: Frame;
}

export interface BlockHead {
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
  const room = head.size * 4 * COLUMNS;
  if (scratch.length < room) scratch = new Uint8Array(room);
  const bytes = scratch;
  let used = 0;
  for (let index = first; index < COLUMNS; index += 1) {
    const column = frame[index] as Int32Array;
    const was = baseOf(index, base?.frame ?? null);
    const step = stepOf(index, column, was);
    const planes = writeColumn(column, { base: was, smooth: isSmooth(index, was), step }, bytes.subarray(used));
    front[HEAD_BYTES + index - first] = planes | (step === CENT ? IN_CENTS : 0);
    used += planes * head.size;
  }
  writeHead(front, head, base);
  const chunkSize = Math.max(LEAST_CHUNK, used >> 1);
  const deflated = deflateRawSync(bytes.subarray(0, used), { ...(base === null ? KEY_FRAME : CHANGE), chunkSize });
  const block = Buffer.concat([front, deflated]);
  block.writeUInt32LE(checksum(key, block), 0);
  return block;
}

/** The head of a block that is whole and belongs to this key; `null` when it is neither. */
export function readHead(key: string, takenAt: number, block: Buffer): BlockHead | null {
  if (block.length < HEAD_BYTES || block[4] !== FORMAT || block.readUInt32LE(0) !== checksum(key, block)) return null;
  const flags = block[5] as number;
  return {
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
  let total = 0;
  for (const description of descriptions) total += (description & PLANES) * size;
  const deflated = block.subarray(HEAD_BYTES + COLUMNS - first);
  const bytes = inflateRawSync(deflated, { chunkSize: Math.max(LEAST_CHUNK, total), maxOutputLength: total + 1 });
  const frame: Int32Array[] = base === null ? [] : base.slice(0, CONTRACT_COLUMNS);
  // One piece of memory for all columns: a piece for each costs more than reading them.
  const space = new Int32Array(size * descriptions.length);
  let used = 0;
  for (let index = first; index < COLUMNS; index += 1) {
    const description = descriptions[index - first] as number;
    const end = used + (description & PLANES) * size;
    const was = baseOf(index, base);
    if (end === used && was !== null) {
      frame.push(was);
      continue;
    }
    const out = space.subarray((index - first) * size, (index - first + 1) * size);
    const step = (description & IN_CENTS) !== 0 ? CENT : 1;
    readColumn(bytes.subarray(used, end), { base: was, smooth: isSmooth(index, was), step }, out);
    frame.push(out);
    used = end;
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

function stepOf(index: number, column: Int32Array, base: Int32Array | null): number {
  if (index !== STRIKE && index !== BID && index !== ASK && index !== LAST) return 1;
  return inCents(column) && (base === null || inCents(base)) ? CENT : 1;
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

function checksum(key: string, block: Buffer): number {
  return crc32(block.subarray(4), crc32(key));
}
