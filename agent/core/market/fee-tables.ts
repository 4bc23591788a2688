import type { FeeBracket, FeeRate, FeeTable } from './fees.ts';
import { money } from './money.ts';

/*
 * Defaults, to be overridden by configuration: brokers and exchanges change them without notice. Amounts that vary by
 * venue (exchange fee or rebate, options regulatory fee) are typical values, to be calibrated from real confirmations.
 */

const ALWAYS = '2000-01-01';

function flat(dollars: number): FeeBracket {
  return { priceFrom: money(0), volumeFrom: 0, microDollars: Math.round(dollars * 1e9) / 1e3 };
}

function bracket(volumeFrom: number, priceFrom: number, dollars: number): FeeBracket {
  return { ...flat(dollars), volumeFrom, priceFrom: money(priceFrom) };
}

function rate(name: FeeRate['name'], basis: FeeRate['basis'], from: string, dollars: number): FeeRate {
  return { name, basis, from, brackets: [flat(dollars)], orderMinimum: money(0) };
}

const REGULATORY: readonly FeeRate[] = [
  rate('clearing', 'contract', ALWAYS, 0.02),
  rate('clearing', 'contract', '2025-02-14', 0.025),
  rate('orf', 'contract', ALWAYS, 0.03),
  rate('taf', 'contractSold', ALWAYS, 0.00279),
  rate('taf', 'contractSold', '2026-01-01', 0.00329),
  rate('taf', 'shareSold', ALWAYS, 0.000166),
  rate('taf', 'shareSold', '2026-01-01', 0.000195),
  rate('taf', 'shareSold', '2027-01-01', 0.000232),
  rate('section31', 'dollarSold', ALWAYS, 27.8e-6),
  rate('section31', 'dollarSold', '2025-05-14', 0),
  rate('section31', 'dollarSold', '2026-02-27', 20.6e-6),
];

/** Interactive Brokers, tiered: by contracts in the month and premium, at least 1.00 an order; shares 0.0035, at least 0.35. */
export const IBKR_TIERED: FeeTable = {
  name: 'ibkr-tiered',
  roundTo: money(0.0001),
  rates: [
    {
      name: 'commission',
      basis: 'contract',
      from: ALWAYS,
      orderMinimum: money(1),
      brackets: [
        bracket(0, 0, 0.25),
        bracket(0, 0.05, 0.5),
        bracket(0, 0.1, 0.65),
        bracket(10_001, 0, 0.25),
        bracket(10_001, 0.05, 0.5),
        bracket(50_001, 0, 0.25),
        bracket(100_001, 0, 0.15),
      ],
    },
    { ...rate('commission', 'share', ALWAYS, 0.0035), orderMinimum: money(0.35) },
    ...REGULATORY,
  ],
};

/** Schwab online: 0.65 a contract, no ticket fee, shares free; cents per line. */
export const SCHWAB_ONLINE: FeeTable = {
  name: 'schwab-online',
  roundTo: money(0.01),
  rates: [rate('commission', 'contract', ALWAYS, 0.65), rate('commission', 'share', ALWAYS, 0), ...REGULATORY],
};
