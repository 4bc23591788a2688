import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'node:test';
import { gunzipSync } from 'node:zlib';
import { newYorkDay } from '../../../agent/core/calendar/new-york.ts';
import { type EpochMs, epochDay } from '../../../agent/core/calendar/time.ts';
import type { Chain } from '../../../agent/core/market/chain.ts';
import { money } from '../../../agent/core/market/money.ts';
import { PENNY_ALL, PENNY_PROGRAM } from '../../../agent/core/market/ticks.ts';
import { priceEuropean } from '../../../agent/core/pricing/european.ts';
import { proposePutWrite } from '../../../agent/core/strategy/put-write.ts';
import { sharedData } from '../../shared-data.ts';
import { type SampleRow, sampleChain } from '../market/sample-chain.ts';
import { OPTIONS, sampleRequest } from './sample-request.ts';

const ELEVEN = Date.UTC(2026, 2, 20, 15);
const TEN = Date.UTC(2026, 2, 20, 14);

/** The last snapshot taken at or before an instant, with deltas from its own volatilities. */
function recordedChain(folder: string, symbol: string, at: EpochMs): Chain {
  const lines = gunzipSync(readFileSync(join(folder, `${symbol}.csv.gz`)))
    .toString()
    .trim()
    .split('\n')
    .slice(1);
  const fields = lines.map((line) => line.split(','));
  let taken = 0;
  for (const [second] of fields) if (Number(second) * 1000 <= at) taken = Math.max(taken, Number(second) * 1000);
  const rows = fields.filter(([second]) => Number(second) * 1000 === taken);
  const spot = Number(rows[0]?.[10]);
  const sorted = rows.map((row) => sampleRow(row, spot, taken)).sort(byContract);
  return { ...sampleChain(sorted, spot, symbol), spotAt: taken, takenAt: taken };
}

function sampleRow(fields: readonly string[], spot: number, quotedAt: EpochMs): SampleRow {
  const [, expiration = '', strike, type, bid, ask, , volume, openInterest, iv] = fields;
  const right = type === 'put' ? 'P' : 'C';
  const years = Math.max(epochDay(expiration) - newYorkDay(quotedAt), 0) / 365;
  const terms = {
    right,
    spot,
    strike: Number(strike),
    years,
    rate: 0,
    dividendYield: 0,
    volatility: Number(iv),
  } as const;
  const numbers = {
    bid: Number(bid),
    ask: Number(ask),
    volume: Number(volume),
    openInterest: Number(openInterest),
    iv: Number(iv),
  };
  const delta = priceEuropean(terms)?.delta ?? Number.NaN;
  return { expiration, strike: Number(strike), right, quotedAt, delta, ...numbers };
}

function byContract(a: SampleRow, b: SampleRow): number {
  const expirations = epochDay(a.expiration ?? '') - epochDay(b.expiration ?? '');
  return expirations || (a.strike ?? 0) - (b.strike ?? 0) || ((a.right ?? '') < (b.right ?? '') ? -1 : 1);
}

for (const [symbol, ticks, mostCash] of [
  ['SPY', PENNY_ALL, 70_000],
  ['TSLA', PENNY_PROGRAM, 40_000],
] as const) {
  test(`at 11:00 on 2026-03-20 a put on ${symbol} is worth selling without an IV rank`, (t) => {
    const folder = sharedData(t, 'intraday_2026');
    if (folder === null) return;
    const chain = recordedChain(folder, symbol, ELEVEN);
    const decision = proposePutWrite(sampleRequest(chain, { now: ELEVEN, ticks, mostCash: money(mostCash) }));
    assert.equal(decision.outcome, 'trade', decision.reasons[0]?.text ?? '');
    assert.equal(decision.chosen?.instrument.expiration, '2026-04-24');
    assert.equal(decision.chosen?.parts.at(-1)?.value, null);
    assert.ok(decision.candidates.length >= 5);
    for (const candidate of decision.candidates) {
      // The fund's puts pay enough from a delta of about 0.20 on, the stock's throughout.
      const passes = symbol === 'TSLA' || candidate.delta < -0.21;
      if (passes || candidate.delta > -0.18) assert.equal(candidate.against.length === 0, passes, candidate.key);
      assert.ok(candidate.score >= 50 && candidate.score <= 90, `${candidate.key} scores ${candidate.score}`);
      assert.deepEqual(
        candidate.against.filter(({ rule }) => rule !== 'score'),
        [],
      );
    }
  });

  test(`at 10:00 on 2026-03-20 nothing is sold on ${symbol}, because the newest quote is hours old`, (t) => {
    const folder = sharedData(t, 'intraday_2026');
    if (folder === null) return;
    const chain = recordedChain(folder, symbol, TEN);
    const decision = proposePutWrite(sampleRequest(chain, { now: TEN, ticks, options: OPTIONS }));
    assert.equal(decision.outcome, 'noTrade');
    assert.ok(decision.reasons.some(({ text }) => /^newest quote is .* old, older than 15 minutes$/.test(text)));
  });
}
