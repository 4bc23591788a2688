import type { FieldReader } from './field-reader.ts';
import { WireError } from './wire-error.ts';

export interface OrderCondition {
  readonly kind: 'price' | 'time' | 'margin' | 'execution' | 'volume' | 'percentChange';
  /** How it joins the next one. */
  readonly join: 'a' | 'o';
  readonly isMore: boolean;
  readonly value: string;
  /** 0 and empty where the kind has none. */
  readonly conId: number;
  readonly exchange: string;
  readonly secType: string;
  readonly symbol: string;
  readonly triggerMethod: number;
}

export interface OrderConditions {
  readonly list: readonly OrderCondition[];
  readonly ignoreRegularHours: boolean;
  readonly cancelOrder: boolean;
}

export function readConditions(fields: FieldReader): OrderConditions {
  const list = fields.list(() => readCondition(fields));
  if (list.length === 0) return { list, ignoreRegularHours: false, cancelOrder: false };
  return { list, ignoreRegularHours: fields.flag(), cancelOrder: fields.flag() };
}

function readCondition(fields: FieldReader): OrderCondition {
  const type = fields.integer();
  const join = fields.oneOf('a', 'o') === 'o' ? 'o' : 'a';
  const none: Omit<OrderCondition, 'kind'> = {
    join,
    isMore: false,
    value: '',
    conId: 0,
    exchange: '',
    secType: '',
    symbol: '',
    triggerMethod: 0,
  };
  const bound = () => ({ isMore: fields.flag(), value: fields.text() });
  const where = () => ({ conId: fields.integer(), exchange: fields.text() });
  switch (type) {
    case 1:
      return { ...none, kind: 'price', ...bound(), ...where(), triggerMethod: fields.integer() };
    case 3:
      return { ...none, kind: 'time', ...bound() };
    case 4:
      return { ...none, kind: 'margin', ...bound() };
    case 5:
      return { ...none, kind: 'execution', secType: fields.text(), exchange: fields.text(), symbol: fields.text() };
    case 6:
      return { ...none, kind: 'volume', ...bound(), ...where() };
    case 7:
      return { ...none, kind: 'percentChange', ...bound(), ...where() };
    default:
      throw new WireError('layout', `there is no order condition of type ${type}`);
  }
}
