import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'node:test';
import fc from 'fast-check';
import { SCORE_MODEL, type ScoreInput, scorePut } from '../../../agent/core/strategy/score.ts';

/** The worked example of docs/score.md. */
const EXAMPLE: ScoreInput = {
  spot: 200,
  strike: 180,
  daysToExpiration: 35,
  credit: 4.35,
  halfSpread: 0.15,
  fees: 0.011,
  delta: -0.22,
  impliedVolatility: 0.5,
  ivRank: null,
};

test('the worked example of docs/score.md comes out as written there', () => {
  const { total, parts, figures } = scorePut(EXAMPLE);
  assert.deepEqual(
    Object.values(figures).map((value) => Math.round(value * 1e4) / 1e4),
    [0.2583, 0.1202, 0.78, 0.0453, 4.3306],
  );
  assert.deepEqual(
    parts.map(({ name, weight, value }) => [name, weight, value]),
    [
      ['credit', 0.25, 100],
      ['riskReward', 0.15, 80.2],
      ['probability', 0.2, 80],
      ['expectedReturn', 0.3, 100],
      ['ivRank', 0.1, null],
    ],
  );
  assert.equal(total, 83);
});

test('docs/score.md shows the weights and ramps that are in force', () => {
  const page = readFileSync(join(import.meta.dirname, '../../../docs/score.md'), 'utf8').replaceAll(/ +/g, ' ');
  for (const [name, weight] of Object.entries(SCORE_MODEL.weights)) {
    const { zero, full } = SCORE_MODEL.ramps[name as keyof typeof SCORE_MODEL.ramps];
    assert.ok(page.includes(`| ${name} | ${weight} | ${zero} | ${full} |`), name);
  }
  assert.ok(page.includes(`P(${SCORE_MODEL.realizedShare} s)`));
});

test('an unknown IV rank takes no credit and keeps its weight', () => {
  const unknown = scorePut(EXAMPLE).total;
  assert.equal(scorePut({ ...EXAMPLE, ivRank: 0 }).total, unknown);
  assert.equal(Math.round((scorePut({ ...EXAMPLE, ivRank: 100 }).total - unknown) * 10) / 10, 10);
  assert.equal(scorePut(EXAMPLE).parts.at(-1)?.note, 'IV rank is unknown: no credit for it');
});

test('the expected payoff and the worst 5 % agree with a sum over the distribution', () => {
  const deviation = EXAMPLE.impliedVolatility * Math.sqrt(35 / 365);
  const steps = 200_000;
  let expected = 0;
  let worst = 0;
  for (let i = 0; i < steps; i += 1) {
    const u = (i + 0.5) / steps;
    const tail = (i + 0.5) / steps / 20;
    expected += Math.max(180 - 200 * Math.exp(0.9 * deviation * quantile(u) - (0.9 * deviation) ** 2 / 2), 0) / steps;
    worst += Math.max(180 - 200 * Math.exp(deviation * quantile(tail) - deviation ** 2 / 2), 0) / steps;
  }
  const { figures } = scorePut(EXAMPLE);
  const profit = (figures.expectedReturn * 175.65 * 35) / 365;
  assert.ok(Math.abs(4.35 - 0.15 - 0.011 - expected - profit) < 1e-3, `${expected}`);
  assert.ok(Math.abs(4.35 / worst - figures.riskReward) < 1e-4, `${worst}`);
});

test('a fairly priced put beyond the worst 5 % of outcomes has a twentieth of their cost as reward', () => {
  const far = { ...EXAMPLE, strike: 115, delta: -0.005 };
  const { fairPrice } = scorePut(far).figures;
  const { figures, total } = scorePut({ ...far, credit: fairPrice });
  assert.ok(Math.abs(figures.riskReward - 0.05) < 1e-9 && total < 50);
});

test('a fair price before costs expects what the assumed volatility premium is worth', () => {
  const free = scorePut({ ...EXAMPLE, halfSpread: 0, fees: 0 }, { ...SCORE_MODEL, realizedShare: 1 });
  assert.ok(Math.abs(free.figures.expectedReturn) < 0.01);
});

const inputs: fc.Arbitrary<ScoreInput> = fc.record({
  spot: fc.double({ min: 5, max: 1000, noNaN: true }),
  strike: fc.double({ min: 5, max: 1000, noNaN: true }),
  daysToExpiration: fc.integer({ min: 0, max: 400 }),
  credit: fc.double({ min: 0.01, max: 4, noNaN: true }),
  halfSpread: fc.double({ min: 0, max: 2, noNaN: true }),
  fees: fc.double({ min: 0, max: 0.1, noNaN: true }),
  delta: fc.double({ min: -1, max: 0, noNaN: true }),
  impliedVolatility: fc.double({ min: 0.01, max: 5, noNaN: true }),
  ivRank: fc.option(fc.double({ min: 0, max: 100, noNaN: true })),
});

test('a score is a number from 0 to 100, never better with higher costs or a worse delta, never worse with IV rank', () => {
  fc.assert(
    fc.property(inputs, (input) => {
      const { total } = scorePut(input);
      assert.ok(total >= 0 && total <= 100);
      assert.ok(scorePut({ ...input, fees: input.fees + 0.05 }).total <= total);
      assert.ok(scorePut({ ...input, halfSpread: input.halfSpread + 0.05 }).total <= total);
      assert.ok(scorePut({ ...input, delta: input.delta / 2 }).total >= total);
      assert.ok(scorePut({ ...input, ivRank: 100 }).total >= total);
      assert.ok(scorePut({ ...input, credit: input.credit + 0.1 }).total >= total);
    }),
    { numRuns: 1000 },
  );
});

/** Of the standard normal distribution; Acklam's rational approximation, relative error below 1.2e-9. */
function quantile(p: number): number {
  const a = [
    -39.69683028665376, 220.9460984245205, -275.9285104469687, 138.357751867269, -30.66479806614716, 2.506628277459239,
  ];
  const b = [-54.47609879822406, 161.5858368580409, -155.6989798598866, 66.80131188771972, -13.28068155288572, 1];
  const c = [
    -0.007784894002430293, -0.3223964580411365, -2.400758277161838, -2.549732539343734, 4.374664141464968,
    2.938163982698783,
  ];
  const d = [0.007784695709041462, 0.3224671290700398, 2.445134137142996, 3.754408661907416, 1];
  const poly = (terms: number[], x: number): number => terms.reduce((sum, term) => sum * x + term, 0);
  if (p > 0.97575) return -quantile(1 - p);
  if (p < 0.02425) {
    const q = Math.sqrt(-2 * Math.log(p));
    return poly(c, q) / poly(d, q);
  }
  const q = p - 0.5;
  return (poly(a, q * q) * q) / poly(b, q * q);
}
