import assert from 'node:assert/strict';
import { test } from 'node:test';
import { money } from '../../../agent/core/market/money.ts';
import { type Answer, answered, unanswered } from '../../../agent/edges/broker/answer.ts';
import type { DailyBar, HistoryQuery } from '../../../agent/edges/broker/market-data.ts';
import { MemoryStore } from '../../../agent/edges/store/memory/memory-store.ts';
import { loadHistory } from '../../../agent/work/workflows/load-history.ts';
import { NOW } from './desk.ts';

type What = HistoryQuery['what'];

const bar = (date: string, close: number): DailyBar => ({
  ...{ date, open: money(close), high: money(close), low: money(close), close: money(close), volume: 1 },
});
const SILENCE = unanswered('unknown', 'history was not answered in time');

async function rig() {
  const store = new MemoryStore();
  await store.start();
  const says = new Map<string, Answer<readonly DailyBar[]>>();
  const run = (now = NOW): Promise<string> => {
    const work = loadHistory({
      marketData: {
        history: async ({ instrument, what }) => says.get(`${instrument.symbol} ${what}`) ?? SILENCE,
      },
      ...{ store, symbols: ['SPY', 'KO'] },
    });
    const about = { task: 'load-history', tradingDay: '2026-03-20', until: now + 60_000, progress: () => undefined };
    return work({ ...about, now, signal: new AbortController().signal });
  };
  const answer = (symbol: string, what: What, ...bars: readonly DailyBar[]): void => {
    says.set(`${symbol} ${what}`, answered(bars));
  };
  return { store, says, run, answer };
}

test('a question that is not answered fails the task after all were asked, and what was stored of it stays', async () => {
  const { store, says, run, answer } = await rig();
  for (const symbol of ['SPY', 'KO']) {
    answer(symbol, 'trades', bar('2026-03-18', 620));
    answer(symbol, 'impliedVolatility', bar('2026-03-18', 0.2));
  }
  assert.equal(await run(), 'SPY 1 close, KO 1 close');
  says.delete('SPY impliedVolatility');
  answer('SPY', 'trades', bar('2026-03-19', 625));
  answer('KO', 'trades', bar('2026-03-19', 70));
  await assert.rejects(run(), /SPY 1 close; KO 1 close; SPY volatility: history was not answered in time/);
  const history = await store.get('histories', 'SPY');
  assert.deepEqual(history?.closes, [['2026-03-19', money(625)]]);
  assert.deepEqual(history?.impliedVolatility, [['2026-03-18', 0.2]]);
  assert.deepEqual((await store.get('histories', 'KO'))?.closes, [['2026-03-19', money(70)]]);
});

test('a broker that answers nothing at all is no history that is done, and writes none', async () => {
  const { store, run } = await rig();
  await assert.rejects(run(), /SPY closes: history was not answered in time.*KO volatility/);
  assert.deepEqual(await store.list('histories'), []);
});

test('a refusal is an answer: the task is done and says so, and what was stored stays', async () => {
  const { store, says, run, answer } = await rig();
  for (const symbol of ['SPY', 'KO']) {
    answer(symbol, 'trades', bar('2026-03-18', 620));
    answer(symbol, 'impliedVolatility', bar('2026-03-18', 0.2));
  }
  await run();
  says.set('KO impliedVolatility', unanswered('refused', 'no data', 162));
  assert.equal(await run(), 'SPY 1 close, KO 1 close, KO volatility: no data');
  assert.deepEqual((await store.get('histories', 'KO'))?.impliedVolatility, [['2026-03-18', 0.2]]);
});
