import { encodeFrame } from '../../agent/ground/wire/frame.ts';

export const GUARD_ACCOUNT = 'DU0000001';

const FIELDS_AT_178 = 114;

/** An order to sell one put of SPY as the wire has it at 178; without a contract id it is told by its words. */
export function orderFrame(orderId: number, conId = 0): Buffer {
  const said = conId > 0 ? ['', '', '', ''] : ['20280121', 500, 'P', 100];
  const contract = [conId, 'SPY', 'OPT', ...said, 'SMART', '', 'USD', '', '', '', ''];
  const order = ['SELL', 1, 'LMT', 90, '', 'DAY', '', GUARD_ACCOUNT, '', 0, `distress-${orderId}`, 1];
  const fields = [3, orderId, ...contract, ...order];
  return encodeFrame([...fields, ...new Array<string>(FIELDS_AT_178 - fields.length).fill('')]);
}
