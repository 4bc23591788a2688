import { once } from 'node:events';
import { Command, Option } from 'commander';
import { PUT } from '../core/market/chain.ts';
import { priceAmericanDividends } from '../core/pricing/american-dividends.ts';
import { priceAmericanExactColumns } from '../core/pricing/american-exact.ts';
import { priceAmericanQuickColumns } from '../core/pricing/american-quick.ts';
import { priceEuropeanColumns } from '../core/pricing/european.ts';
import { impliedVolatilityColumns } from '../core/pricing/implied-volatility.ts';
import {
  type OptionColumns,
  type OptionValue,
  type ValueColumns,
  valueColumns,
} from '../core/pricing/option-columns.ts';
import {
  numberColumn,
  type OptionTable,
  readOptionTable,
  requireColumns,
  tableDividends,
  tableOptions,
} from './option-table.ts';

type Model = 'european' | 'american' | 'american-exact' | 'implied';

const MODELS: readonly Model[] = ['european', 'american', 'american-exact', 'implied'];
const CONTRACT = [['type'], ['S'], ['K'], ['T_years', 'days'], ['r']];
const VALUES = ['price', 'delta', 'gamma', 'theta_day', 'vega_1pct', 'rho_1pct'];

export function priceCommand(): Command {
  const command = new Command('price');
  return command
    .argument('<file.csv>', 'one option per line, with the columns type (C or P), S, K, T_years or days, r, q, sigma')
    .addOption(new Option('--model <model>', 'how to price').choices(MODELS).makeOptionMandatory())
    .option('--dividends', 'take cash dividends from the column dividends_day:cash (5:0.5;96:0.5); q may be absent')
    .addHelpText(
      'after',
      `
The lines are printed again with ${VALUES.join(', ')} appended, or, for implied, sigma from
the column price. Per share; theta per calendar day, vega and rho per 0.01. Empty where there is no answer.`,
    )
    .action(async (file: string, options: { readonly model: Model; readonly dividends?: true }) => {
      const { model, dividends } = options;
      if (dividends && !model.startsWith('american'))
        command.error(`wheelhouse: --dividends needs --model american or american-exact, not ${model}`);
      let first = true;
      for await (const table of readOptionTable(file)) {
        const lines = model === 'implied' ? impliedLines(table) : valueLines(table, model, dividends ?? false);
        const printed = first ? lines : lines.slice(1);
        first = false;
        if (!process.stdout.write(printed.map((line) => `${line}\n`).join(''))) await once(process.stdout, 'drain');
      }
    });
}

function impliedLines(table: OptionTable): string[] {
  requireColumns(table, [...CONTRACT, ['q'], ['price']]);
  const options = tableOptions(table);
  const sigma = new Float64Array(options.size);
  impliedVolatilityColumns(options, numberColumn(table, 'price'), sigma);
  return [`${table.header},sigma`, ...table.lines.map((line, i) => `${line},${field(sigma[i])}`)];
}

function valueLines(table: OptionTable, model: Model, dividends: boolean): string[] {
  const more = dividends ? [['sigma'], ['dividends_day:cash']] : [['q'], ['sigma']];
  requireColumns(table, [...CONTRACT, ...more]);
  const options = tableOptions(table);
  const header = `${table.header},${VALUES.join(',')}`;
  if (dividends) {
    const values = dividendValues(table, options);
    return [header, ...table.lines.map((line, i) => `${line},${valueFields(values[i] ?? null)}`)];
  }
  const values = valueColumns(options.size);
  price(model, options, values);
  const columns = [values.price, values.delta, values.gamma, values.theta, values.vega, values.rho];
  return [header, ...table.lines.map((line, i) => `${line},${columns.map((column) => field(column[i])).join(',')}`)];
}

function price(model: Model, options: OptionColumns, values: ValueColumns): void {
  if (model === 'european') priceEuropeanColumns(options, values);
  else if (model === 'american') priceAmericanQuickColumns(options, values);
  else priceAmericanExactColumns(options, values);
}

function dividendValues(table: OptionTable, options: OptionColumns): (OptionValue | null)[] {
  const at = (column: Float64Array, i: number): number => column[i] as number;
  return tableDividends(table).map((dividends, i) => {
    if (dividends === null) return null;
    const terms = {
      right: options.right[i] === PUT ? ('P' as const) : ('C' as const),
      spot: at(options.spot, i),
      strike: at(options.strike, i),
      years: at(options.years, i),
      rate: at(options.rate, i),
      dividendYield: at(options.dividendYield, i),
      volatility: at(options.volatility, i),
    };
    return priceAmericanDividends(terms, dividends);
  });
}

function valueFields(value: OptionValue | null): string {
  if (value === null) return VALUES.map(() => '').join(',');
  return [value.price, value.delta, value.gamma, value.theta, value.vega, value.rho].map(field).join(',');
}

function field(value: number | undefined): string {
  return value === undefined || Number.isNaN(value) ? '' : String(value);
}
