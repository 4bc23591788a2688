import assert from 'node:assert/strict';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { type TestContext, test } from 'node:test';
import { priceAmericanDividends } from '../../agent/core/pricing/american-dividends.ts';
import { priceEuropean } from '../../agent/core/pricing/european.ts';
import { runNode } from '../run-node.ts';

const VALUES = 'price,delta,gamma,theta_day,vega_1pct,rho_1pct';
const TERMS = { spot: 100, strike: 95, years: 0.5, rate: 0.03, dividendYield: 0.01, volatility: 0.2 };

function price(...args: string[]) {
  return runNode(['agent/main.ts', 'price', ...args]);
}

function csv(t: TestContext, text: string): string {
  const folder = mkdtempSync(join(tmpdir(), 'price-'));
  t.after(() => rmSync(folder, { recursive: true }));
  const path = join(folder, 'options.csv');
  writeFileSync(path, text);
  return path;
}

test('it appends price and greeks to each line, empty where there is no answer', (t) => {
  const lines = [
    'type,S,K,T_years,r,q,sigma,note',
    'C,100,95,0.5,0.03,0.01,0.2,"a, b"',
    'P,100,95,-1,0.03,0.01,0.2,past',
    'X,100,95,0.5,0.03,0.01,0.2,unknown',
    'P,100,,0.5,0.03,0.01,0.2,no strike',
  ];
  const { code, out, err } = price(csv(t, `${lines.join('\r\n')}\r\n`), '--model', 'european');
  assert.deepEqual([code, err], [0, '']);
  const call = priceEuropean({ ...TERMS, right: 'C' }) ?? assert.fail();
  const { price: value, delta, gamma, theta, vega, rho } = call;
  assert.deepEqual(out.split('\n'), [
    `${lines[0]},${VALUES}`,
    `${lines[1]},${[value, delta, gamma, theta, vega, rho].join(',')}`,
    ...lines.slice(2).map((line) => `${line},,,,,,`),
    '',
  ]);
});

test('implied finds the volatility of a price, and none for an impossible one', (t) => {
  const { price: value } = priceEuropean({ ...TERMS, right: 'P' }) ?? assert.fail();
  const text = `type,S,K,days,r,q,price\nP,100,95,182.5,0.03,0.01,${value}\nP,100,95,182.5,0.03,0.01,96\nP,100,95,182.5,0.03,0.01,\n`;
  const { code, out } = price(csv(t, text), '--model', 'implied');
  assert.equal(code, 0);
  const sigmas = out
    .trimEnd()
    .split('\n')
    .map((line) => line.split(',').at(-1));
  assert.equal(sigmas[0], 'sigma');
  assert.ok(Math.abs(Number(sigmas[1]) - 0.2) < 1e-12);
  assert.deepEqual(sigmas.slice(2), ['', '']);
});

test('cash dividends are read from their column, and the yield may be absent', (t) => {
  const text =
    'type,S,K,days,r,sigma,dividends_day:cash\nC,100,95,100,0.03,0.2,5:0.5;96:0.5\nC,100,95,100,0.03,0.2,5\nC,100,95,100,0.03,0.2,\n';
  const { code, out } = price(csv(t, text), '--model', 'american', '--dividends');
  assert.equal(code, 0);
  const found = out
    .trimEnd()
    .split('\n')
    .map((line) => line.split(',')[7]);
  const terms = { ...TERMS, right: 'C', years: 100 / 365, dividendYield: 0 } as const;
  const dividends = [5, 96].map((day) => ({ years: day / 365, cash: 0.5 }));
  assert.equal(found[1], String(priceAmericanDividends(terms, dividends)?.price));
  assert.equal(found[2], '');
  assert.equal(found[3], String(priceAmericanDividends(terms, [])?.price));
});

test('both American models price an early exercise above the European price', (t) => {
  const path = csv(t, 'type,S,K,T_years,r,q,sigma\nP,100,120,1,0.08,0,0.2\n');
  const [european, quick, exact] = ['european', 'american', 'american-exact'].map((model) =>
    Number(price(path, '--model', model).out.split('\n')[1]?.split(',')[7]),
  );
  assert.ok(Number(quick) > Number(european) + 1);
  assert.ok(Math.abs(Number(quick) - Number(exact)) < 0.02);
});

test('missing columns are named with what was expected, exit 2', (t) => {
  const { code, err } = price(csv(t, 'type,S,K,r\nC,1,1,0\n'), '--model', 'european');
  assert.equal(code, 2);
  assert.match(
    err,
    /T_years or days, q, sigma are missing; expected the columns type, S, K, T_years or days, r, q, sigma/,
  );
});

test('an unreadable, an empty and a ragged file get one sentence each', (t) => {
  const absent = price(join(tmpdir(), 'no-such-file.csv'), '--model', 'european');
  assert.deepEqual([absent.code, absent.out], [1, '']);
  assert.match(absent.err, /^wheelhouse: cannot read .*no-such-file\.csv: there is no such file\n$/);
  const empty = price(csv(t, ''), '--model', 'european');
  assert.equal(empty.code, 2);
  assert.match(empty.err, /is empty/);
  const ragged = price(csv(t, 'type,S,K,T_years,r,q,sigma\nC,100\n'), '--model', 'european');
  assert.equal(ragged.code, 1);
  assert.match(ragged.err, /line 2/);
});

test('a call without a model, or with dividends for a European one, is wrong', (t) => {
  const path = csv(t, 'type,S,K,T_years,r,q,sigma\n');
  assert.equal(price(path).code, 2);
  assert.equal(price(path, '--model', 'binomial').code, 2);
  assert.equal(price(path, '--model', 'european', '--dividends').code, 2);
  assert.equal(price(path, '--model', 'european').out, `type,S,K,T_years,r,q,sigma,${VALUES}\n`);
});
