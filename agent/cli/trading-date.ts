import { InvalidArgumentError } from 'commander';
import { closureOn } from '../core/calendar/sessions.ts';
import type { IsoDate } from '../core/calendar/time.ts';

/** For an option that wants a day on which the exchange is open. */
export function tradingDate(text: string): IsoDate {
  try {
    const closure = closureOn(text);
    if (closure === null) return text;
    throw new Error(`${text} is no trading day: ${closure}.`);
  } catch (error) {
    throw new InvalidArgumentError((error as Error).message);
  }
}
