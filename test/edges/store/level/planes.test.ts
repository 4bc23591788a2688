import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { type Chain, emptyChain, MISSING } from '../../../../agent/core/market/chain.ts';
import { keptChain } from '../../../../agent/edges/store/kept-chain.ts';
import { type Predecessor, readFrame, readHead, writeBlock } from '../../../../agent/edges/store/level/chain-block.ts';
import { chainOf, type Frame, frameOf } from '../../../../agent/edges/store/level/chain-frame.ts';

const KEY = 'chains/SPY/1773675846000';
const T0 = 1_773_675_846_000;
const HEAD_BYTES = 46;
const COLUMNS = 12;
const VOLUME = 7;
const PLAIN_LOWEST = 16;
const WHOLE = ['conId', 'expiration', 'strike', 'bid', 'ask', 'last', 'volume', 'openInterest'] as const;

/** Columns of which some planes are as good as random, others all alike, rare or a ramp. */
const column = fc.record({
  kind: fc.constantFrom('noise', 'cents', 'alike', 'ramp', 'rare', 'missing', 'holes'),
  bits: fc.integer({ min: 1, max: 31 }),
  shift: fc.constantFrom(0, 8, 16, 24),
  seed: fc.integer({ min: 1, max: 2 ** 31 - 1 }),
});
type Shape = typeof column extends fc.Arbitrary<infer T> ? T : never;
const shapes = fc.array(column, { minLength: WHOLE.length + 2, maxLength: WHOLE.length + 2 });
/** Around the number of rows from which on planes are left as they are, and where the step of the sample changes. */
const size = fc.oneof(
  fc.constantFrom(0, 1, 2, 3, 255, 256, 257, 511, 512, 768, 1024),
  fc.integer({ min: 0, max: 1200 }),
);

test('any mix of planes, left as they are or deflated, is read back: key frames and changes to them', () => {
  fc.assert(
    fc.property(size, shapes, shapes, (rows, first, second) => {
      const chain = chainOfShapes(rows, first);
      const { base, block } = packed(chain, null);
      const key = unpacked(block, null);
      assert.deepEqual(chainOf('SPY', key.head.chain, key.frame), keptChain(chain));
      const { conId, expiration, strike, right } = chain;
      const next = { ...chainOfShapes(rows, second), conId, expiration, strike, right };
      const change = unpacked(packed(next, base).block, base.frame);
      assert.deepEqual(chainOf('SPY', change.head.chain, change.frame), keptChain(next));
    }),
    { numRuns: 150 },
  );
});

test('of a column of random small numbers the lowest bytes are left as they are, and the block is not larger for it', () => {
  const rows = 4000;
  const noise = { kind: 'noise', bits: 12, shift: 0, seed: 5 } as const;
  const random = emptyChain('SPY', rows);
  random.volume.set(filled(rows, noise));
  const block = packed({ ...random, takenAt: T0 }, null).block;
  assert.equal((block[HEAD_BYTES + VOLUME] as number) & 0xf0, PLAIN_LOWEST);
  assert.ok(block.length < HEAD_BYTES + COLUMNS + rows * 1.8, `${block.length} bytes`);
});

test('what has a pattern is deflated: prices that step, numbers that repeat', () => {
  const rows = 4000;
  const chain = emptyChain('SPY', rows);
  for (let row = 0; row < rows; row += 1) {
    chain.volume[row] = (row >> 1) % 7;
    chain.openInterest[row] = 1000 * (row % 5);
  }
  const { block } = packed({ ...chain, takenAt: T0 }, null);
  for (let at = 0; at < COLUMNS; at += 1) assert.equal((block[HEAD_BYTES + at] as number) & 0xf0, 0);
  assert.ok(block.length < 300, `${block.length} bytes`);
});

function chainOfShapes(rows: number, of: readonly Shape[]): Chain {
  const chain = emptyChain('SPY', rows);
  for (const [n, name] of WHOLE.entries()) chain[name].set(filled(rows, of[n] as Shape));
  const [volatility, delta] = of.slice(WHOLE.length).map((shape) => filled(rows, shape)) as [Int32Array, Int32Array];
  for (let row = 0; row < rows; row += 1) {
    chain.right[row] = (chain.strike[row] as number) & 1;
    chain.impliedVolatility[row] = (volatility[row] as number) / 1e5;
    chain.delta[row] = ((delta[row] as number) % 20_001) / 10_000 - 1;
    chain.quotedAt[row] = T0 - ((chain.volume[row] as number) & 0xffff) * 250;
  }
  return { ...chain, takenAt: T0 };
}

function filled(rows: number, { kind, bits, shift, seed }: Shape): Int32Array {
  let state = seed;
  const random = (): number => {
    state = Math.imul(state ^ (state >>> 15), 0x2c1b3c6d) + 0x9e3779b9;
    return ((state ^ (state >>> 13)) & (2 ** bits - 1)) << shift;
  };
  return Int32Array.from({ length: rows }, (_, row) => {
    if (kind === 'noise') return random();
    if (kind === 'cents') return (random() % 20_000_000) * 100;
    if (kind === 'alike') return seed;
    if (kind === 'ramp') return seed + row * bits;
    if (kind === 'rare') return row % 97 === 0 ? random() : 5;
    return kind === 'missing' || row % 3 === 0 ? MISSING : random();
  });
}

function packed(chain: Chain, base: Predecessor | null): { block: Buffer; base: Predecessor } {
  const frame = frameOf(chain);
  const block = writeBlock(KEY, chain, frame, base);
  return { block, base: { keyAt: base?.keyAt ?? chain.takenAt, crc: block.readUInt32LE(0), frame } };
}

function unpacked(block: Buffer, base: Frame | null): { head: NonNullable<ReturnType<typeof readHead>>; frame: Frame } {
  const head = readHead(KEY, T0, block);
  assert.ok(head);
  return { head, frame: readFrame(block, head, base) };
}
