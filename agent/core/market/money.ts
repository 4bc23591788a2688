declare const unit: unique symbol;

/**
 * An amount of US dollars as a whole number of 1/10,000 dollar. Cents are too coarse for what a broker really
 * reports (commissions of 0.6512, average prices of split fills); a float is never exact. See docs/decisions/money.md.
 */
export type Money = number & { readonly [unit]: 'money' };

export const MONEY_PER_DOLLAR = 10_000;
export const ZERO = 0 as Money;

/** Dollars to money, to the nearest 1/10,000. Throws a RangeError when it is not a finite number or not exact any more. */
export function money(dollars: number): Money {
  const units = Math.round(dollars * MONEY_PER_DOLLAR);
  if (!Number.isSafeInteger(units)) throw new RangeError(`not an amount of money: ${dollars}`);
  return (units === 0 ? 0 : units) as Money;
}

export function dollars(amount: Money): number {
  return amount / MONEY_PER_DOLLAR;
}

export function add(...amounts: readonly Money[]): Money {
  let sum = 0;
  for (const amount of amounts) sum += amount;
  return sum as Money;
}

export function subtract(from: Money, amount: Money): Money {
  return (from - amount) as Money;
}

/** Amount × a whole number, such as contracts × multiplier. Throws a RangeError when the factor is not whole. */
export function times(amount: Money, factor: number): Money {
  const product = amount * factor;
  if (!Number.isSafeInteger(factor) || !Number.isSafeInteger(product)) {
    throw new RangeError(`not a whole multiple: ${amount} × ${factor}`);
  }
  return (product === 0 ? 0 : product) as Money;
}

/** `12345600` → `1,234.56`; more decimals only when they are not zero. */
export function formatMoney(amount: Money): string {
  const value = dollars(amount);
  const decimals = amount % 100 === 0 ? 2 : 4;
  return value.toLocaleString('en-US', { minimumFractionDigits: 2, maximumFractionDigits: decimals });
}
