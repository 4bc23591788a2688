import { priceEuropeanColumns } from '../../agent/core/pricing/european.ts';
import { impliedVolatilityColumns } from '../../agent/core/pricing/implied-volatility.ts';
import { optionColumns, setOption, valueColumns } from '../../agent/core/pricing/option-columns.ts';
import { bareLoop, sampleTerms, wideTerms } from '../bench-data/option-sample.ts';
import { bestRate, type Measure } from './measure.ts';

export const title = 'Implied volatility: prices per CPU second';

const SIZE = 4096;
const ROUNDS = 60;

export async function run(): Promise<Measure[]> {
  const chain = rateOver(sampleTerms(SIZE));
  const wide = rateOver(wideTerms(SIZE));
  const bounds = { ratio: chain.rate / chain.bare, yardstick: 'bare arithmetic loop', atLeast: 0.8e6, aim: 1.4e6 };
  return [
    { name: 'a chain, columns', unit: 'prices/s', value: chain.rate, ...bounds },
    {
      name: 'the whole domain (1..300 %, 8 deviations), columns',
      unit: 'prices/s',
      value: wide.rate,
      ratio: wide.rate / wide.bare,
      yardstick: 'bare arithmetic loop',
    },
    { name: 'largest error on the chain', unit: 'of volatility 1', value: chain.error, atMost: 1e-9 },
  ];
}

function rateOver(terms: ReturnType<typeof sampleTerms>): { rate: number; bare: number; error: number } {
  const options = optionColumns(SIZE);
  terms.forEach((one, row) => {
    setOption(options, row, one);
  });
  const values = valueColumns(SIZE);
  priceEuropeanColumns(options, values);
  const answer = new Float64Array(SIZE);
  const rate = bestRate(SIZE * ROUNDS, () => {
    for (let n = 0; n < ROUNDS; n += 1) impliedVolatilityColumns(options, values.price, answer);
    return answer[0];
  });
  const bare = bareLoop(options.spot, values.price);
  // A price whose last place is worth more than 1e-9 of volatility cannot be inverted better than that.
  const errors = terms.map(({ spot, volatility }, row) => {
    const attainable = (spot * 2 ** -52) / (100 * (values.vega[row] as number));
    return attainable < 1e-11 ? Math.abs((answer[row] as number) - volatility) : 0;
  });
  return { rate, bare, error: Math.max(...errors) };
}
