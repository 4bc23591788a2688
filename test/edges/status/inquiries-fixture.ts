import type { Inquiries, OrderRow, WhyAnswer } from '../../../agent/edges/status/inquiries.ts';
import type { ShownPosition } from '../../../agent/edges/status/snapshot.ts';
import { snapshot } from './snapshot-fixture.ts';

const [shown] = snapshot().orders;
if (shown === undefined) throw new Error('the written snapshot has no order');

export const ORDER: OrderRow = {
  ...shown,
  ...{ foreign: false, working: true, tradingDay: '2026-11-20', task: 'execute', strategy: 'put-write' },
  ...{ decidedAt: shown.updatedAt, commission: 1.3, permId: 900 },
};

export const WHY: WhyAnswer = {
  ...{ symbol: 'TSLA', at: shown.updatedAt, tradingDay: '2026-11-20', task: 'execute', strategy: 'put-write' },
  ...{ outcome: 'noTrade', chosen: '', reasons: [{ rule: 'score', text: 'scores 61.0, below 70' }], considered: 40 },
  ...{ ruledOut: { delta: 30 }, candidates: [], order: null },
};

/** Answers that are written down. */
export const WRITTEN_INQUIRIES: Inquiries = {
  orders: (all) => (all ? [ORDER, { ...ORDER, id: 'older', working: false }] : [ORDER]),
  positions: () => [{ ...(snapshot().positions[0] as ShownPosition), realized: 0, commission: 1.3, openedAt: 1 }],
  books: async () => ({
    ...{ state: 'agreed', reason: '1 position, 0 open orders', at: shown.updatedAt },
    ...{ differences: [], foreignPositions: 0, foreignOrders: 0, adoptions: [] },
  }),
  why: async (symbol, day) => (symbol === 'TSLA' && day !== '2026-11-19' ? WHY : null),
  backUp: async function* () {
    yield Buffer.from('all ');
    yield Buffer.from('the books');
  },
};
