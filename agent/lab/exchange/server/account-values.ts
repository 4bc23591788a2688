import { dollars, type Money } from '../../../core/market/money.ts';
import type { AccountValue } from '../../../ground/wire/account-messages.ts';
import type { AccountFigures } from '../book.ts';

/** Every tag that an account summary may be asked for; those without a figure here stay silent. */
const KNOWN_TAGS = new Set([
  ...['AccountType', 'NetLiquidation', 'TotalCashValue', 'SettledCash', 'AccruedCash', 'BuyingPower'],
  ...['EquityWithLoanValue', 'PreviousEquityWithLoanValue', 'PreviousDayEquityWithLoanValue', 'GrossPositionValue'],
  ...['ReqTEquity', 'ReqTMargin', 'RegTEquity', 'RegTMargin', 'SMA', 'InitMarginReq', 'MaintMarginReq'],
  ...['AvailableFunds', 'ExcessLiquidity', 'Cushion', 'FullInitMarginReq', 'FullMaintMarginReq'],
  ...['FullAvailableFunds', 'FullExcessLiquidity', 'LookAheadNextChange', 'LookAheadInitMarginReq'],
  ...['LookAheadMaintMarginReq', 'LookAheadAvailableFunds', 'LookAheadExcessLiquidity', 'HighestSeverity'],
  ...['DayTradesRemaining', 'DayTradesRemainingT+1', 'DayTradesRemainingT+2', 'DayTradesRemainingT+3'],
  ...['DayTradesRemainingT+4', 'Leverage'],
]);
const LEDGER = '$LEDGER';

/** What account updates carry, in the words of the broker. */
export function accountValues(figures: AccountFigures): AccountValue[] {
  return [
    text('AccountCode', figures.account),
    text('AccountReady', 'true'),
    ...summaryValues(figures),
    ...ledger(figures),
  ];
}

/** The values of a summary, of those asked for; ledger tags bring the ledger of the currency. */
export function summaryOf(figures: AccountFigures, tags: readonly string[]): AccountValue[] {
  const values = summaryValues(figures).filter((value) => tags.includes(value.key));
  return tags.some((tag) => tag.startsWith(LEDGER)) ? [...values, ...ledger(figures)] : values;
}

/** The first tag that is none, or null. */
export function unknownTag(tags: readonly string[]): string | null {
  return tags.find((tag) => !KNOWN_TAGS.has(tag) && !tag.startsWith(LEDGER)) ?? null;
}

function summaryValues(figures: AccountFigures): AccountValue[] {
  const { netLiquidation, cash, initialMargin, maintenanceMargin, availableFunds, excessLiquidity } = figures;
  const cushion = netLiquidation > 0 ? excessLiquidity / netLiquidation : 0;
  return [
    text('AccountType', 'INDIVIDUAL'),
    text('Cushion', cushion.toFixed(6)),
    amount('NetLiquidation', netLiquidation),
    amount('TotalCashValue', cash),
    amount('SettledCash', cash),
    amount('BuyingPower', figures.buyingPower),
    amount('EquityWithLoanValue', netLiquidation),
    amount('GrossPositionValue', figures.grossPositionValue),
    amount('InitMarginReq', initialMargin),
    amount('MaintMarginReq', maintenanceMargin),
    amount('AvailableFunds', availableFunds),
    amount('ExcessLiquidity', excessLiquidity),
    amount('FullInitMarginReq', initialMargin),
    amount('FullMaintMarginReq', maintenanceMargin),
    amount('FullAvailableFunds', availableFunds),
    amount('FullExcessLiquidity', excessLiquidity),
  ];
}

function ledger(figures: AccountFigures): AccountValue[] {
  return [
    { key: 'Currency', value: 'USD', currency: 'USD' },
    amount('CashBalance', figures.cash),
    amount('TotalCashBalance', figures.cash),
    amount('NetLiquidationByCurrency', figures.netLiquidation),
    amount('RealizedPnL', figures.realizedToday),
    amount('UnrealizedPnL', figures.unrealized),
    { key: 'ExchangeRate', value: '1.00', currency: 'USD' },
  ];
}

function amount(key: string, value: Money): AccountValue {
  return { key, value: dollars(value).toFixed(2), currency: 'USD' };
}

function text(key: string, value: string): AccountValue {
  return { key, value, currency: '' };
}
