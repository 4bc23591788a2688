import { SINCE } from './versions.ts';

/* What the broker's side reports, as far as is needed to know what is held and what works. The fields begin with the message id. */

/** What an order or a position is about. */
export interface Security {
  readonly conId: number;
  readonly symbol: string;
  readonly secType: string;
  readonly right: string;
  readonly strike: number;
  readonly multiplier: number;
}

export function contractIn(fields: readonly string[], version: number): Security {
  const shift = version >= SINCE.secondLastTradeDate ? 1 : 0;
  const at = (index: number) => fields[index + shift] ?? '';
  return security([at(12), fields[2] ?? '', fields[3] ?? '', at(6), at(5), at(14)]);
}

export interface Holding extends Security {
  readonly account: string;
  readonly quantity: number;
  /** In words. */
  readonly what: string;
}

export function holdingIn(fields: readonly string[]): Holding {
  const at = (index: number) => fields[index] ?? '';
  const held = security([at(3), at(4), at(5), at(8), at(7), at(9)]);
  const what = [at(4), at(6), at(7), held.right].filter((text) => !['', '0', '0.0'].includes(text)).join(' ');
  return { ...held, account: at(2), quantity: Number(at(14)), what };
}

function security([conId, symbol, secType, right, strike, multiplier]: readonly string[]): Security {
  const letter = (right ?? '').slice(0, 1);
  return {
    conId: Number(conId),
    symbol: symbol ?? '',
    secType: secType ?? '',
    right: letter === 'C' || letter === 'P' ? letter : '',
    strike: Number(strike),
    multiplier: Number(multiplier) || 1,
  };
}
