import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { type TestContext, test } from 'node:test';
import { priceAmericanDividends } from '../../../agent/core/pricing/american-dividends.ts';
import { exactAmericanPrices, priceAmericanExact } from '../../../agent/core/pricing/american-exact.ts';
import { priceAmericanQuick, quickAmericanPrices } from '../../../agent/core/pricing/american-quick.ts';
import { priceEuropean } from '../../../agent/core/pricing/european.ts';
import { impliedVolatility } from '../../../agent/core/pricing/implied-volatility.ts';
import {
  type OptionTerms,
  type OptionValue,
  optionColumns,
  setOption,
} from '../../../agent/core/pricing/option-columns.ts';
import { sharedReference } from '../../shared-data.ts';
import { percentile95 } from './domain.ts';

type Row = Readonly<Record<string, string>>;

/** The rows of a reference table, or null after the test has been skipped. */
function reference(t: TestContext, name: string): Row[] | null {
  const path = sharedReference(t, name);
  if (path === null) return null;
  const [header = '', ...lines] = readFileSync(path, 'utf8').trim().split('\n');
  const names = header.split(',');
  return lines.map((line) => {
    const fields = line.split(',');
    return Object.fromEntries(names.map((column, i) => [column, fields[i] ?? '']));
  });
}

function number(row: Row, name: string): number {
  const text = row[name] ?? assert.fail(`no column ${name}`);
  return text === '' ? Number.NaN : Number(text);
}

function terms(row: Row): OptionTerms {
  return {
    right: row.type === 'P' ? 'P' : 'C',
    spot: number(row, 'S'),
    strike: number(row, 'K'),
    years: row.T_years === undefined ? number(row, 'days') / 365 : number(row, 'T_years'),
    rate: number(row, 'r'),
    dividendYield: row.q === undefined ? 0 : number(row, 'q'),
    volatility: number(row, 'sigma'),
  };
}

function worst(rows: readonly Row[], error: (row: Row) => number): number {
  return Math.max(...rows.map(error));
}

test('European columns agree with 50 digits: 1e-15 of the spot on the price, 1e-13 on each greek', (t) => {
  const rows = reference(t, 'european.csv');
  if (rows === null) return;
  assert.ok(rows.length > 300);
  const off = (name: string, pick: 'price' | 'delta' | 'gamma' | 'theta' | 'vega' | 'rho') =>
    worst(rows, (row) => Math.abs((priceEuropean(terms(row))?.[pick] ?? Number.NaN) - number(row, name)));
  assert.ok(
    worst(
      rows,
      (row) => Math.abs((priceEuropean(terms(row))?.price ?? Number.NaN) - number(row, 'price')) / number(row, 'S'),
    ) < 1e-15,
  );
  assert.ok(off('price', 'price') < 1e-12);
  assert.ok(off('delta', 'delta') < 1e-14);
  assert.ok(off('gamma', 'gamma') < 1e-13);
  assert.ok(off('theta_day', 'theta') < 1e-13);
  assert.ok(off('vega_1pct', 'vega') < 1e-14);
  assert.ok(off('rho_1pct', 'rho') < 1e-14);
});

test('every implied volatility marked ok is found, and none where there is none', (t) => {
  const rows = reference(t, 'implied_vol.csv');
  if (rows === null) return;
  const scored = rows.filter((row) => row.status === 'ok');
  assert.ok(scored.length > 90);
  for (const row of scored) {
    const found = impliedVolatility(terms(row), number(row, 'price')) ?? Number.NaN;
    const allowed = Math.max(1e-9, 100 * number(row, 'attainable_abs_error'));
    assert.ok(Math.abs(found - number(row, 'sigma')) <= allowed, JSON.stringify(row));
    assert.ok(Math.abs(found - number(row, 'sigma')) <= 2e-13 + 10 * number(row, 'attainable_abs_error'));
  }
  const impossible = rows.filter((row) => row.status?.startsWith('no_solution'));
  assert.ok(impossible.length > 0);
  for (const row of impossible) assert.equal(impliedVolatility(terms(row), number(row, 'price')), null);
});

test('American prices: screening within 1e-4 of the spot at the 95th percentile, exact within 1e-8', (t) => {
  const rows = reference(t, 'american.csv');
  if (rows === null) return;
  const options = optionColumns(rows.length);
  rows.forEach((row, i) => {
    setOption(options, i, terms(row));
  });
  for (const [price, at95, most] of [
    [quickAmericanPrices, 1e-4, 3e-4],
    [exactAmericanPrices, 1e-8, 2e-7],
  ] as const) {
    const found = new Float64Array(rows.length);
    price(options, found);
    const errors: number[] = rows.map(
      (row: Row, i: number) => Math.abs((found[i] as number) - number(row, 'price')) / number(row, 'S'),
    );
    assert.ok(percentile95(errors) < at95, `${percentile95(errors)}`);
    assert.ok(Math.max(...errors) < most, `${Math.max(...errors)}`);
  }
});

test('American greeks of both engines are within the tolerances of every row', (t) => {
  const rows = reference(t, 'american.csv');
  if (rows === null) return;
  for (const engine of [priceAmericanQuick, priceAmericanExact]) {
    for (const row of rows as Row[]) {
      const value: OptionValue = engine(terms(row)) ?? assert.fail();
      const label = `${value.engine} ${JSON.stringify(row)}`;
      assert.ok(Math.abs(value.delta - number(row, 'delta')) < 5e-4, label);
      assert.ok(Math.abs(value.vega - number(row, 'vega_1pct')) < 5e-4, label);
      const gamma = number(row, 'gamma');
      assert.ok(Math.abs(value.gamma - gamma) < Math.max(1e-4, 0.02 * gamma), label);
      // Three rows carry the theta of the pricing equation although their gamma says that exercise is due.
      const exercised = gamma < 1e-8 && Math.abs(Math.abs(number(row, 'delta')) - 1) < 1e-7;
      if (!exercised) assert.ok(Math.abs(value.theta - number(row, 'theta_day')) < 1e-3, label);
    }
  }
});

test('cash dividends: within a quarter of the tolerance', (t) => {
  const rows = reference(t, 'american_dividends.csv');
  if (rows === null) return;
  assert.equal(rows.length, 48);
  for (const row of rows) {
    const dividends = (row['dividends_day:cash'] ?? '').split(';').map((part) => {
      const [day, cash] = part.split(':').map(Number);
      return { years: (day ?? Number.NaN) / 365, cash: cash ?? Number.NaN };
    });
    const found = priceAmericanDividends(terms(row), dividends)?.price ?? Number.NaN;
    const allowed = 3 * number(row, 'grid_error_estimate') + 1e-3;
    assert.ok(Math.abs(found - number(row, 'price')) < allowed / 4, `${JSON.stringify(row)} ${found}`);
  }
});
