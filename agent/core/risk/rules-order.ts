import type { Instrument } from '../market/contract.ts';
import { describeInstrument, instrumentKey } from '../market/contract.ts';
import { isAdjusted } from '../market/osi.ts';
import type { Holding } from './exposure.ts';
import type { RiskRule } from './facts.ts';

const SHARES_OF_A_CONTRACT = 100;

/** Short puts are the only thing that is opened yet. */
export const kindRule: RiskRule = ({ intent, closing }) => {
  const { instrument, side } = intent;
  if (closing || (isPut(instrument) && side === 'sell')) return null;
  return `to ${side} ${describeInstrument(instrument)} would open something else than a cash-secured put`;
};

export const adjustedRule: RiskRule = ({ intent, closing }) => {
  const { instrument } = intent;
  if (closing || instrument.kind !== 'option' || !isAdjusted(instrument)) return null;
  return `${instrument.tradingClass} is an adjusted contract: what it delivers is not 100 shares of ${instrument.symbol}`;
};

export const contractsRule: RiskRule = ({ intent, limits }) => {
  const { quantity, instrument } = intent;
  if (!Number.isSafeInteger(quantity) || quantity <= 0) return `${quantity} is not a number of contracts`;
  const contracts = instrument.kind === 'stock' ? Math.ceil(quantity / SHARES_OF_A_CONTRACT) : quantity;
  if (contracts <= limits.maxContractsPerOrder) return null;
  const what = instrument.kind === 'stock' ? 'shares are worth' : 'contracts are';
  return `${quantity} ${what} more than the ${limits.maxContractsPerOrder} contracts of one order`;
};

export const ordersRule: RiskRule = ({ facts, limits }) => {
  if (facts.ordersToday === null) return 'the number of orders sent today is not known';
  if (facts.ordersToday < limits.maxOrdersPerDay) return null;
  return `${facts.ordersToday} orders were sent today, the limit is ${limits.maxOrdersPerDay}`;
};

/** One put per symbol, and no intent twice. */
export const duplicateRule: RiskRule = ({ intent, facts, closing }) => {
  const working = facts.working ?? [];
  if (working.some((order) => order.id !== '' && order.id === intent.id)) return 'this very order was sent before';
  if (closing) return null;
  const { symbol } = intent.instrument;
  const own = { key: instrumentKey(intent.instrument), quantity: facts.filledBefore ?? 0 };
  const held = facts.holdings?.find(
    (holding) => isPutOn(holding.instrument, symbol) && holding.quantity < 0 && !isOwn(holding, own),
  );
  if (held !== undefined) return `already short ${-held.quantity} ${describeInstrument(held.instrument)}`;
  const order = working.find(({ side, instrument }) => side === 'sell' && isPutOn(instrument, symbol));
  return order === undefined ? null : `an order to sell ${describeInstrument(order.instrument)} is working`;
};

/** What the order itself has brought so far. */
function isOwn({ instrument, quantity }: Holding, own: { readonly key: string; readonly quantity: number }): boolean {
  return -quantity <= own.quantity && instrumentKey(instrument) === own.key;
}

function isPut(instrument: Instrument): boolean {
  return instrument.kind === 'option' && instrument.right === 'P';
}

function isPutOn(instrument: Instrument, symbol: string): boolean {
  return isPut(instrument) && instrument.symbol === symbol;
}
