import assert from 'node:assert/strict';
import { test } from 'node:test';
import { type Chain, emptyChain, MISSING } from '../../../../agent/core/market/chain.ts';
import type { Money } from '../../../../agent/core/market/money.ts';
import { keptChain } from '../../../../agent/edges/store/kept-chain.ts';
import { readFrame, readHead } from '../../../../agent/edges/store/level/chain-block.ts';
import { chainOf } from '../../../../agent/edges/store/level/chain-frame.ts';

const T0 = 1_773_675_846_000;
const LATER = T0 + 300_000;
/** The blocks of `madeUp(T0, 0)` and of `madeUp(LATER, 7)` as a change to it, as the first format wrote them. */
const KEY_FRAME =
  'ISGGLAEDDAAAAAAAAAAAAJcZdc95QgAAAADQRFNBAIBYGXXPeUIAAAAAAABZQAQCCwEKAgICBAICAWPymQIHfn4McFBUhGAHByPYaWkgNh8fiFywACG+aNEXOGhrY0QCCDVMLAj2jx983/lE+MAALMoIkVu1qg8OEhNZ4YDh2QsWlpcsn1hYPrMwJCQwMCQwgAmmJR2/Vt5bb+u1Ry+egV1OVJKFmUeIk5Gd6f+R8CNQwPDfdborFDD8Z/nJAgUM/xn+w1y0KGfKFNMpceCw4BdgZBRkFAH7Iej6+w8w6ObABQdMbBw8fEIiElIMCioA';
const CHANGE =
  'QcM40wECDAAAACEhhiwAAJcZdc95QgAAAADQRFNBAICWYnXPeUIAAAAAAABZQAkCAAIAAgAB4+Nj4GXgYwCDigoGOGBlRbAZIk7bCzk7bWbbfdaVgU9EWkmBg0GYi1u8rY2BoZWhDa6elQGiiYmNg4dPSERCikFBBQA=';

test('blocks of the first format, a key frame and a change to it, are read as the chains that they were written from', () => {
  const first = unpacked(keyOf(T0), T0, KEY_FRAME);
  const frame = readFrame(first.block, first.head, null);
  assert.deepEqual(chainOf('SPY', first.head.chain, frame), keptChain(madeUp(T0, 0)));
  const second = unpacked(keyOf(LATER), LATER, CHANGE);
  assert.deepEqual([second.head.keyAt, second.head.baseCrc], [T0, first.head.crc]);
  const changed = readFrame(second.block, second.head, frame);
  assert.deepEqual(chainOf('SPY', second.head.chain, changed), keptChain(madeUp(LATER, 7)));
});

function unpacked(key: string, takenAt: number, text: string) {
  const block = Buffer.from(text, 'base64');
  const head = readHead(key, takenAt, block);
  assert.ok(head);
  return { block, head };
}

function keyOf(takenAt: number): string {
  return `chains/SPY/${takenAt}`;
}

/** Numbers of every kind by arithmetic alone, so that nothing else can change them. */
function madeUp(takenAt: number, moved: number): Chain {
  const size = 12;
  const chain = emptyChain('SPY', size);
  for (let row = 0; row < size; row += 1) {
    const step = row >> 1;
    chain.conId[row] = 700_000_000 + row * 37;
    chain.expiration[row] = 20_530 + (row >= 6 ? 7 : 0);
    chain.strike[row] = 5_000_000 + step * 25_000;
    chain.right[row] = row & 1;
    chain.bid[row] = row === 3 ? MISSING : 12_300 + step * 700 + moved * 100;
    chain.ask[row] = 12_500 + step * 711 + moved * 100;
    chain.last[row] = row % 5 === 0 ? MISSING : 12_401 + row;
    chain.volume[row] = (row * row * 977 * (moved + 1)) % 5003;
    chain.openInterest[row] = row === 1 ? 2_147_483_647 : row * 70_001;
    chain.impliedVolatility[row] = row === 4 ? Number.NaN : 0.2 + (row + moved) * 0.0101;
    chain.delta[row] = (row & 1 ? -1 : 1) * (0.9 - row * 0.07);
    chain.quotedAt[row] = row === 9 ? 0 : takenAt - row * 1500;
  }
  return {
    ...chain,
    takenAt,
    spot: 5_051_200 as Money,
    spotAt: takenAt - 1000,
    complete: moved === 0,
    multiplier: 100,
  };
}
