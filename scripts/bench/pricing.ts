import { priceEuropean, priceEuropeanColumns } from '../../agent/core/pricing/european.ts';
import { optionColumns, setOption, valueColumns } from '../../agent/core/pricing/option-columns.ts';
import { bareLoop, sampleTerms } from '../bench-data/option-sample.ts';
import { bestRate, type Measure } from './measure.ts';

export const title = 'European price with delta, gamma, theta, vega and rho: options per CPU second';

const SIZE = 4096;
const ROUNDS = 250;

export async function run(): Promise<Measure[]> {
  const terms = sampleTerms(SIZE);
  const options = optionColumns(SIZE);
  terms.forEach((one, row) => {
    setOption(options, row, one);
  });
  const values = valueColumns(SIZE);
  const bare = bareLoop(options.spot, options.strike);
  const columns = bestRate(SIZE * ROUNDS, () => {
    for (let n = 0; n < ROUNDS; n += 1) priceEuropeanColumns(options, values);
    return values.price[0];
  });
  const single = bestRate(SIZE * 20, () => {
    let sum = 0;
    for (let n = 0; n < 20; n += 1) for (const one of terms) sum += priceEuropean(one)?.price ?? 0;
    return sum;
  });
  return [
    {
      name: 'price + 5 greeks, columns',
      unit: 'options/s',
      value: columns,
      ratio: columns / bare,
      yardstick: 'bare arithmetic loop',
      atLeast: 10e6,
      aim: 15e6,
    },
    {
      name: 'price + 5 greeks, one record at a time',
      unit: 'options/s',
      value: single,
      ratio: single / columns,
      yardstick: 'columns',
    },
    { name: 'bare arithmetic loop', unit: 'rows/s', value: bare },
  ];
}
