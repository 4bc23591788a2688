import type { IsoDate } from '../calendar/time.ts';

export interface IdentityParts {
  readonly tradingDay: IsoDate;
  readonly task: string;
  readonly strategy: string;
  /** What is traded: an instrument key, or any name that is unique within the strategy's run. */
  readonly key: string;
  /** 1 = first; a further order for the same purpose on the same day must say so. */
  readonly attempt: number;
}

/** Short enough for every broker's reference field. */
export const LONGEST_ID = 40;

const HASH_LENGTH = 8;
const HASH_RANGE = 36 ** HASH_LENGTH;
const OSI = /^([A-Z0-9.]{1,6}) *(\d{6})([CP])(\d{5})(\d{3})$/;

/**
 * The identity of an order, computed so that a restart repeats it: `260320-execute-putwrite-SPY-P625-260424`. Printable
 * ASCII, at most 40 characters. What does not fit, or holds other characters, is cut and ends in a hash of all parts.
 * Throws a RangeError when a part is empty or the attempt is not a whole number from 1.
 */
export function intentId(parts: IdentityParts): string {
  const { tradingDay, task, strategy, key, attempt } = parts;
  if (!/^\d{4}-\d\d-\d\d$/.test(tradingDay)) throw new RangeError(`not a trading day: "${tradingDay}"`);
  if (task === '' || strategy === '' || key === '')
    throw new RangeError('an order identity needs task, strategy and key');
  if (!Number.isSafeInteger(attempt) || attempt < 1) throw new RangeError(`not an attempt: ${attempt}`);
  const words = [task.replaceAll('-', ''), strategy.replaceAll('-', ''), readableKey(key)];
  const text = [tradingDay.slice(2).replaceAll('-', ''), ...words, ...(attempt > 1 ? [`${attempt}`] : [])].join('-');
  const lossless = words.every((word, i) => (i === 2 && OSI.test(key)) || /^[A-Za-z0-9.@]+$/.test(word));
  if (lossless && text.length <= LONGEST_ID) return text;
  const kept = text.replaceAll(/[^A-Za-z0-9.@-]/g, '_').slice(0, LONGEST_ID - HASH_LENGTH - 1);
  return `${kept}-${hash([tradingDay, task, strategy, key, attempt].join('\n'))}`;
}

function readableKey(key: string): string {
  const option = OSI.exec(key);
  if (option === null) return key;
  const [, root, date, right, whole, thousandths] = option;
  const decimals = (thousandths as string).replace(/0+$/, '');
  return `${root}-${right}${Number(whole)}${decimals === '' ? '' : `.${decimals}`}-${date}`;
}

/** 41 bits out of two FNV-1a hashes (Fowler, Noll, Vo), in base 36. */
function hash(text: string): string {
  let low = 0x811c9dc5;
  let high = 0x01000193;
  for (let i = 0; i < text.length; i += 1) {
    const unit = text.charCodeAt(i);
    low = Math.imul(low ^ unit, 0x01000193);
    high = Math.imul(high ^ (unit + i), 0x01000193);
  }
  const value = (low >>> 0) * 2 ** 21 + (high >>> 11);
  return (value % HASH_RANGE).toString(36).padStart(HASH_LENGTH, '0');
}
