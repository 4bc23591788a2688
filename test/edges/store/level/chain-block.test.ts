import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { type Chain, emptyChain, MISSING } from '../../../../agent/core/market/chain.ts';
import type { Money } from '../../../../agent/core/market/money.ts';
import { keptChain } from '../../../../agent/edges/store/kept-chain.ts';
import { type Predecessor, readFrame, readHead, writeBlock } from '../../../../agent/edges/store/level/chain-block.ts';
import { chainOf, type Frame, frameOf } from '../../../../agent/edges/store/level/chain-frame.ts';
import { chainWith } from '../../../contracts/chains.ts';

const KEY = 'chains/SPY/1773675846000';
const T0 = 1_773_675_846_000;

/** Any number that a column of whole numbers can hold, the awkward ones often. */
const whole = fc.oneof(
  fc.constantFrom(MISSING, 0, 1, -1, 100, 12_345_600, 2_147_483_647, -2_147_483_647),
  fc.integer({ min: -2_147_483_647, max: 2_147_483_647 }),
  fc.integer({ min: 0, max: 50_000 }).map((cents) => cents * 100),
);
const real = fc.oneof(
  fc.constantFrom(Number.NaN, 0, -0, -1, 0.2, Number.POSITIVE_INFINITY, 1e300),
  fc.double({ min: -3, max: 3 }),
);
const time = fc.oneof(
  fc.constantFrom(0, T0, T0 - 1, T0 + 60_000, 1, Number.NaN, -5),
  fc.integer({ min: T0 - 9e8, max: T0 }),
);

const anyChain = fc.integer({ min: 0, max: 9 }).chain((size) => chainOfSize(size, T0));

test('any chain is read back from its block as what a store keeps of it', () => {
  fc.assert(
    fc.property(anyChain, (chain) => {
      const { block } = packed(chain, null);
      const read = unpacked(block, null);
      assert.deepEqual(chainOf(chain.symbol, read.head.chain, read.frame), keptChain(chain));
      assert.equal(read.head.keyAt, chain.takenAt);
    }),
    { numRuns: 1500 },
  );
});

test('any change from one chain to another of the same contracts is read back, given the first', () => {
  const pair = fc
    .integer({ min: 0, max: 9 })
    .chain((size) => fc.tuple(chainOfSize(size, T0 - 300_000), chainOfSize(size, T0)));
  fc.assert(
    fc.property(pair, ([first, second]) => {
      const { conId, expiration, strike, right } = first;
      const chain = { ...second, conId, expiration, strike, right };
      const base = packed(first, null).base;
      const { block } = packed(chain, base);
      const read = unpacked(block, base.frame);
      assert.deepEqual(chainOf(chain.symbol, read.head.chain, read.frame), keptChain(chain));
      assert.deepEqual([read.head.keyAt, read.head.baseCrc], [first.takenAt, base.crc]);
    }),
    { numRuns: 1500 },
  );
});

test('what is kept of a chain is kept whole: keeping it again changes nothing', () => {
  fc.assert(
    fc.property(anyChain, (chain) => {
      const kept = keptChain(chain);
      assert.deepEqual(keptChain(kept), kept);
      for (let row = 0; row < chain.size; row += 1) {
        const quotedAt = kept.quotedAt[row] as number;
        assert.ok(quotedAt === 0 || (quotedAt <= (chain.quotedAt[row] as number) && quotedAt % 1000 === 0));
        const error = Math.abs((kept.delta[row] as number) - (chain.delta[row] as number));
        assert.ok(Number.isNaN(error) || error <= 0.000_050_001);
      }
    }),
  );
});

test('a block of which any byte was changed, that was cut off or put under another key is not read', () => {
  const { block } = packed(chainWith({ symbol: 'SPY', takenAt: T0, seed: 3 }), null);
  assert.ok(readHead(KEY, T0, block));
  for (let at = 0; at < block.length; at += 1) {
    const changed = Buffer.from(block);
    changed[at] = (changed[at] as number) ^ 0x10;
    assert.equal(readHead(KEY, T0, changed), null);
    assert.equal(readHead(KEY, T0, block.subarray(0, at)), null);
  }
  assert.equal(readHead('chains/QQQ/1773675846000', T0, block), null);
  assert.equal(readHead('chains/SPY/1773675846001', T0 + 1, block), null);
});

test('a chain that did not change costs less than 100 bytes, and one of 400 quiet contracts less than 5 bytes a row', () => {
  const first = chainWith({ symbol: 'SPY', takenAt: T0, seed: 3, strikes: 200 });
  const { base, block } = packed(first, null);
  assert.ok(packed({ ...first, takenAt: T0 }, base).block.length < block.length / 5);
  const still = { ...first, quotedAt: new Float64Array(first.size).fill(T0) };
  assert.ok(packed(still, packed(still, null).base).block.length < 100);
});

function chainOfSize(size: number, takenAt: number): fc.Arbitrary<Chain> {
  const wholes = fc.array(whole, { minLength: size, maxLength: size }).map((values) => Int32Array.from(values));
  const reals = fc.array(real, { minLength: size, maxLength: size }).map((values) => Float64Array.from(values));
  const times = fc.array(time, { minLength: size, maxLength: size }).map((values) => Float64Array.from(values));
  const columns = fc.record({
    conId: wholes,
    expiration: wholes,
    strike: wholes,
    right: fc.array(fc.nat({ max: 1 }), { minLength: size, maxLength: size }).map((v) => Uint8Array.from(v)),
    bid: wholes,
    ask: wholes,
    last: wholes,
    volume: wholes,
    openInterest: wholes,
    impliedVolatility: reals,
    delta: reals,
    quotedAt: times,
  });
  const head = fc.record({
    complete: fc.boolean(),
    spot: fc.option(fc.nat({ max: 2 ** 40 }).map((spot) => spot as Money)),
    spotAt: fc.nat({ max: T0 }),
    multiplier: fc.constantFrom(100, 10, 1),
  });
  return fc.tuple(columns, head).map(([some, rest]) => ({ ...emptyChain('SPY', size), ...some, ...rest, takenAt }));
}

function packed(chain: Chain, base: Predecessor | null): { block: Buffer; base: Predecessor } {
  const { takenAt, complete, spot, spotAt, multiplier, size } = chain;
  const frame = frameOf(chain);
  const block = writeBlock(KEY, { takenAt, complete, spot, spotAt, multiplier, size }, frame, base);
  return { block, base: { keyAt: base?.keyAt ?? takenAt, crc: block.readUInt32LE(0), frame } };
}

function unpacked(block: Buffer, base: Frame | null): { head: NonNullable<ReturnType<typeof readHead>>; frame: Frame } {
  const head = readHead(KEY, T0, block);
  assert.ok(head);
  return { head, frame: readFrame(block, head, base) };
}
