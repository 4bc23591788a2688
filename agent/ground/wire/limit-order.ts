import { encodeFrame, type Field } from './frame.ts';
import { REQUEST } from './message-ids.ts';
import { UNSET_INTEGER } from './unset.ts';
import { hasRfqFields, SINCE } from './versions.ts';

/** A limit order of the day for one option, and nothing else that an order can be. */
export interface LimitOrder {
  readonly orderId: number;
  readonly conId: number;
  readonly symbol: string;
  readonly action: 'BUY' | 'SELL';
  readonly quantity: number;
  /** Dollars, as the quote had it: whatever is on the market is on a tick. */
  readonly limit: string;
  readonly account: string;
  readonly orderRef: string;
}

const none = (count: number): Field[] => new Array<Field>(count).fill('');
const no = (count: number): Field[] => new Array<Field>(count).fill(0);

/** The sections are those of `order-sections.ts`. */
export function encodeLimitOrder(order: LimitOrder, version: number): Buffer {
  const { orderId, conId, symbol, action, quantity, limit, account, orderRef } = order;
  const contract = [conId, symbol, 'OPT', '', 0, '', '', 'SMART', '', 'USD', '', '', '', ''];
  const [openClose, origin, transmit, parentId] = ['', 0, true, 0];
  const basics = [action, quantity, 'LMT', limit, '', 'DAY', '', account, openClose, origin, orderRef, transmit];
  const exemptCode = -1;
  const settlement = ['', 0, ...none(6), 0, '', exemptCode, 0, '', ''];
  const pricing = [0, '', '', 0, 0, '', 0, ...none(5), 0];
  const volatilityAndTail = [...none(4), 0, ...none(3)];
  const scaleAndHedging = [...none(7), 0, '', '', 0, 0];
  const [algo, whatIf] = [['', ''], false];
  const adjusted = [...none(6), 0, ...none(8), ...no(3), ...none(3), 0, '', ''];
  const fields: Field[] = [REQUEST.placeOrder, orderId, ...contract, ...basics, parentId, ...no(6), ...settlement];
  fields.push(...pricing, ...volatilityAndTail, ...scaleAndHedging, ...algo, whatIf, '', ...no(4), ...adjusted);
  if (version >= SINCE.customerAccount) fields.push('');
  if (version >= SINCE.professionalCustomer) fields.push(false);
  if (hasRfqFields(version)) fields.push('', UNSET_INTEGER);
  if (version >= SINCE.includeOvernight) fields.push(false);
  if (version >= SINCE.cmeTagging) fields.push(UNSET_INTEGER);
  return encodeFrame(fields);
}
