import { priceAmericanDividends } from '../../agent/core/pricing/american-dividends.ts';
import { exactAmericanPrices, priceAmericanExactColumns } from '../../agent/core/pricing/american-exact.ts';
import { priceAmericanQuickColumns, quickAmericanPrices } from '../../agent/core/pricing/american-quick.ts';
import { optionColumns, setOption, valueColumns } from '../../agent/core/pricing/option-columns.ts';
import { bareLoop, sampleTerms } from '../bench-data/option-sample.ts';
import { bestRate, type Measure } from './measure.ts';

export const title = 'American options: prices per CPU second';

const SIZE = 2048;

export async function run(): Promise<Measure[]> {
  const terms = sampleTerms(SIZE);
  const options = optionColumns(SIZE);
  terms.forEach((one, row) => {
    setOption(options, row, one);
  });
  const values = valueColumns(SIZE);
  const quick = new Float64Array(SIZE);
  const exact = new Float64Array(SIZE);
  const bare = bareLoop(options.spot, options.strike);
  const yardstick = 'bare arithmetic loop';
  const rates = {
    quick: bestRate(SIZE * 100, () => repeat(100, () => quickAmericanPrices(options, quick))),
    exact: bestRate(SIZE * 8, () => repeat(8, () => exactAmericanPrices(options, exact))),
    quickGreeks: bestRate(SIZE * 8, () => repeat(8, () => priceAmericanQuickColumns(options, values))),
    exactGreeks: bestRate(SIZE * 2, () => repeat(2, () => priceAmericanExactColumns(options, values))),
    dividends: bestRate(40, () => terms.slice(0, 40).map((one) => priceAmericanDividends(one, [DIVIDEND]))),
  };
  const apart = exact.map((price, row) => Math.abs(price - (quick[row] as number)) / (options.spot[row] as number));
  const unit = 'options/s';
  const bounds = { quick: { atLeast: 0.8e6, aim: 1e6 }, exact: { atLeast: 40e3, aim: 150e3 } };
  return [
    { name: 'screening price', unit, value: rates.quick, ratio: rates.quick / bare, yardstick, ...bounds.quick },
    { name: 'exact price', unit, value: rates.exact, ratio: rates.exact / bare, yardstick, ...bounds.exact },
    { name: 'screening price + 5 greeks', unit, value: rates.quickGreeks },
    { name: 'exact price + 5 greeks', unit, value: rates.exactGreeks },
    { name: 'price + 5 greeks with one cash dividend', unit, value: rates.dividends },
    { name: 'screening against exact, 95th percentile', unit: 'of spot', value: percentile95(apart), atMost: 2e-4 },
  ];
}

const DIVIDEND = { years: 0.01, cash: 0.5 };

function repeat(times: number, work: () => void): void {
  for (let n = 0; n < times; n += 1) work();
}

function percentile95(errors: Float64Array): number {
  return errors.toSorted()[Math.floor(0.95 * errors.length)] ?? Number.NaN;
}
