import assert from 'node:assert/strict';
import { test } from 'node:test';
import { emptyChain } from '../../../agent/core/market/chain.ts';
import { money } from '../../../agent/core/market/money.ts';
import { NICKEL_DIME } from '../../../agent/core/market/ticks.ts';
import { proposePutWrite } from '../../../agent/core/strategy/put-write.ts';
import { modelRows, NOW, type SampleRow, sampleChain } from '../market/sample-chain.ts';
import { OPTIONS, sampleRequest } from './sample-request.ts';

const MINUTE = 60_000;

test('a good put is chosen, with the reasons of every part', () => {
  const decision = proposePutWrite(sampleRequest(sampleChain([{}])));
  assert.equal(decision.outcome, 'trade');
  assert.equal(decision.tradingDay, '2026-03-20');
  assert.equal(decision.chosen?.key, 'SPY   260424P00625000');
  assert.equal(decision.chosen?.limit, money(9.38));
  assert.equal(decision.chosen?.capitalAtRisk, money(61_562));
  assert.equal(decision.chosen?.daysToExpiration, 35);
  assert.match(
    decision.reasons[0]?.text ?? '',
    /^sell SPY 625 put 2026-04-24 at 9\.38: scores \d\d\.\d of 100, at or above 70/,
  );
  assert.deepEqual(
    decision.reasons.map(({ rule }) => rule),
    ['score', 'credit', 'riskReward', 'probability', 'expectedReturn', 'ivRank', 'ruled-out'],
  );
});

test('the limit is the mid rounded up to the tick, and never above the ask', () => {
  const chain = sampleChain([{ bid: 9.3, ask: 9.5 }]);
  assert.equal(proposePutWrite(sampleRequest(chain, { ticks: NICKEL_DIME })).chosen?.limit, money(9.4));
  const offGrid = sampleChain([{ bid: 9.31, ask: 9.33 }]);
  const decision = proposePutWrite(sampleRequest(offGrid, { ticks: NICKEL_DIME }));
  assert.deepEqual([decision.outcome, decision.reasons[0]?.rule], ['noTrade', 'tick']);
});

const BLOCKED: readonly [
  string,
  RegExp,
  Parameters<typeof sampleRequest>[0],
  Partial<ReturnType<typeof sampleRequest>>?,
][] = [
  ['chain-empty', /no contracts/, { ...sampleChain([]) }],
  ['spot-unknown', /not known/, { ...sampleChain([{}]), spot: null }],
  ['spot-age', /is 16 minutes old, older than 15 minutes/, { ...sampleChain([{}]), spotAt: NOW - 16 * MINUTE }],
  ['quote-age', /newest quote is 84 minutes old, older than 15/, sampleChain([{ quotedAt: NOW - 84 * MINUTE }])],
  ['quote-age', /newest quote is 12\.6 hours old/, sampleChain([{ quotedAt: NOW - 12.6 * 60 * MINUTE }])],
  ['quote-age', /no quote of any contract has arrived/, sampleChain([{ quotedAt: 0 }])],
  ['cash-unknown', /not known/, sampleChain([{}]), { mostCash: null }],
];

for (const [rule, text, chain, changes] of BLOCKED) {
  test(`nothing is proposed when ${rule}: ${text.source}`, () => {
    const decision = proposePutWrite(sampleRequest(chain, changes));
    assert.deepEqual([decision.outcome, decision.chosen, decision.candidates], ['noTrade', null, []]);
    const reason = decision.reasons.find((one) => one.rule === rule);
    assert.match(reason?.text ?? '', text);
  });
}

const POOR: readonly [string, SampleRow, number?][] = [
  ['a put 1 % out of the money that earns nothing', { strike: 645, bid: 0.55, ask: 0.57, delta: -0.18, iv: 0.04 }],
  ['a credit below its costs', { strike: 5, bid: 0.02, ask: 0.02, delta: -0.15, iv: 0.28 }, 5.6],
  ['a calm market that pays little', { bid: 2.5, ask: 2.52, delta: -0.2, iv: 0.13 }],
];

for (const [title, row, spot] of POOR) {
  test(`${title} clearly fails`, () => {
    // Prices that agree with their volatility: it is the score that must say no.
    const decision = proposePutWrite(
      sampleRequest(sampleChain([row], spot), { ivRank: 50, options: { ...OPTIONS, minBid: money(0.01) } }),
    );
    assert.equal(decision.outcome, 'noTrade');
    const rules = decision.candidates[0]?.against.map(({ rule }) => rule);
    assert.ok(rules?.includes('score') && !rules.includes('volatility-mismatch'), decision.reasons[0]?.text ?? '');
    assert.ok((decision.candidates[0]?.score ?? 100) < 60, `${decision.candidates[0]?.score}`);
  });
}

test('a wide market that passes the spread limit pays for it in the score', () => {
  const options = { ...OPTIONS, maxSpread: 0.5 };
  const narrow = proposePutWrite(sampleRequest(sampleChain([{ bid: 9.36, ask: 9.4 }]), { options }));
  const wide = proposePutWrite(sampleRequest(sampleChain([{ bid: 7.2, ask: 11.56 }]), { options }));
  assert.equal(narrow.outcome, 'trade');
  assert.equal(wide.outcome, 'noTrade');
  assert.ok(wide.candidates[0]?.against.some(({ rule }) => rule === 'expected-return'));
  assert.match(wide.reasons[0]?.text ?? '', /best of 1 is SPY 625 put 2026-04-24 at 9\.38: expects -\d+\.\d % a year/);
});

test('a score at the minimum trades, one just below does not', () => {
  const chain = sampleChain([{}]);
  const score = proposePutWrite(sampleRequest(chain)).chosen?.score ?? 0;
  const at = proposePutWrite(sampleRequest(chain, { options: { ...OPTIONS, minScore: score } }));
  const below = proposePutWrite(sampleRequest(chain, { options: { ...OPTIONS, minScore: score + 0.1 } }));
  assert.deepEqual([at.outcome, below.outcome], ['trade', 'noTrade']);
  assert.match(below.reasons[0]?.text ?? '', /scores \d\d\.\d, below \d\d\.\d.*; weakest part: IV rank is unknown/);
});

test('no trade names how many contracts each rule took out', () => {
  const decision = proposePutWrite(sampleRequest(sampleChain([{ right: 'C' }, { volume: 0 }, { bid: 0 }])));
  assert.deepEqual(decision.ruledOut, { right: 1, 'zero-bid': 1, volume: 1 });
  assert.equal(
    decision.reasons[0]?.text,
    'none of 3 contracts may be sold; out: 1 calls, 1 without a bid above zero, 1 below 1 traded today',
  );
});

test('every contract that is ruled out is named under its rule when a decision is explained', () => {
  const chain = sampleChain([{ right: 'C' }, { volume: 0 }, { bid: 0 }]);
  const { outByRule } = proposePutWrite({ ...sampleRequest(chain), explain: true });
  assert.deepEqual(Object.keys(outByRule).toSorted(), ['right', 'volume', 'zero-bid']);
  for (const keys of Object.values(outByRule)) assert.match(keys.join(), /^SPY {3}\d{6}[CP]\d{8}$/);
  assert.deepEqual(proposePutWrite(sampleRequest(chain)).outByRule, {});
});

test('equal scores are ordered by expiration, then strike, and every one that was scored is kept', () => {
  const rows = Array.from({ length: 30 }, (_, i) => ({
    strike: 625,
    expiration: i < 15 ? '2026-04-24' : '2026-04-17',
  }));
  const decision = proposePutWrite(sampleRequest(sampleChain(rows)));
  assert.equal(decision.candidates.length, 30);
  const strikes = modelRows({ strikes: [605, 610, 615, 620, 625], volatility: 0.3 });
  const capped = { ...OPTIONS, minScore: 0 };
  const answer = proposePutWrite(sampleRequest(sampleChain(strikes), { options: capped }));
  const scores = answer.candidates.map(({ score }) => score);
  assert.deepEqual(
    scores,
    [...scores].sort((a, b) => b - a),
  );
});

test('the same chain gives the same answer', () => {
  const chain = sampleChain(modelRows({ strikes: [600, 605, 610, 615, 620, 625, 630] }));
  assert.deepEqual(proposePutWrite(sampleRequest(chain)), proposePutWrite(sampleRequest(chain)));
});

test('a price that its volatility does not explain is not sold, however good it looks', () => {
  for (const row of [{ iv: 0.15 }, { iv: 0.4 }]) {
    const { outcome, candidates } = proposePutWrite(sampleRequest(sampleChain([row])));
    assert.deepEqual([outcome, candidates[0]?.against[0]?.rule], ['noTrade', 'volatility-mismatch']);
    assert.match(candidates[0]?.against[0]?.text ?? '', /worth \d+\.\d\d, but the market is 9\.36 to 9\.40/);
  }
});

test('an incomplete chain says so', () => {
  const decision = proposePutWrite(sampleRequest({ ...sampleChain([{}]), complete: false }));
  assert.equal(decision.reasons.at(-1)?.rule, 'chain-incomplete');
});

test('an expiration on which the exchange is closed is not sold', () => {
  const decision = proposePutWrite(sampleRequest(sampleChain([{ expiration: '2026-04-25' }])));
  assert.deepEqual([decision.outcome, decision.reasons[0]?.rule], ['noTrade', 'expiration']);
});

test('a contract of another size is not sold', () => {
  const chain = { ...sampleChain([{}]), multiplier: 10 };
  assert.equal(proposePutWrite(sampleRequest(chain)).reasons[0]?.rule, 'adjusted');
});

test('an empty chain that nobody filled is no trade', () => {
  assert.equal(proposePutWrite(sampleRequest(emptyChain('SPY', 3))).outcome, 'noTrade');
});
