import assert from 'node:assert/strict';
import { test } from 'node:test';
import { instantInNewYork } from '../../../agent/core/calendar/new-york.ts';
import { HOUR_MS, MINUTE_MS } from '../../../agent/core/calendar/time.ts';
import { MemoryStore } from '../../../agent/edges/store/memory/memory-store.ts';
import type { Children } from '../../../agent/edges/system/children.ts';
import { ManualClock } from '../../../agent/edges/system/manual/clock.ts';
import { searchSettings } from '../../../agent/work/workflows/research.ts';
import type { ResearchInput, ResearchOutput } from '../../../agent/work/workflows/research-input.ts';
import { sampleResearch } from '../../lab/research/sample-research.ts';

const EVENING = instantInNewYork('2026-03-20', '18:00');

interface Search {
  readonly store: MemoryStore;
  readonly clock: ManualClock;
  /** How many settings each run was asked for, and from which on. */
  readonly asked: [first: number, count: number][];
  run(): Promise<string>;
}

/** A child that needs `msEach` for a setting, with as many messages as there are settings or 20. */
async function search(msEach: number, onMessage: (search: Search) => Promise<void> = async () => {}): Promise<Search> {
  const store = new MemoryStore();
  await store.start();
  const { symbols, options, model, fees } = sampleResearch();
  for (const { symbol, closes, impliedVolatility } of symbols) {
    const put = { symbol, closes, impliedVolatility, updatedAt: EVENING };
    await store.commit([{ table: 'histories', key: symbol, put }], 'lazy');
  }
  const clock = new ManualClock(EVENING);
  const asked: Search['asked'] = [];
  const children: Children = {
    run: async ({ input, onProgress }) => {
      const { first, count } = input as ResearchInput;
      asked.push([first, count]);
      const steps = Math.min(20, count);
      let result: ResearchOutput = { done: 0, of: count, best: [], configured: null, days: 10 };
      for (let i = 1; i <= steps; i += 1) {
        await clock.advanceTo(clock.now() + (count / steps) * msEach);
        result = { ...result, done: Math.round((count * i) / steps) };
        onProgress({ done: result.done, of: count, best: '' }, result);
        await onMessage(found);
      }
      return { kind: 'done', result, peakMb: 50 };
    },
  };
  const parts = {
    ...{ store, children, clock, options, model, fees },
    symbols: ['AAA'],
    pennyClasses: new Set<string>(),
  };
  const workflow = searchSettings({ ...parts, capMb: 100 }, 60);
  const found: Search = {
    ...{ store, clock, asked },
    run: () =>
      workflow({
        ...{ task: 'nightly-research', now: clock.now(), tradingDay: '2026-03-20', until: clock.now() + 4 * HOUR_MS },
        ...{ signal: new AbortController().signal, progress: () => undefined },
      }),
  };
  return found;
}

test('a search learns how fast the machine is and then takes the hour it is given', async () => {
  const { clock, asked, run } = await search(30);
  await run();
  const first = clock.now() - EVENING;
  await run();
  assert.deepEqual(asked, [
    [0, 100],
    [100, 120_000],
  ]);
  assert.deepEqual([first, clock.now() - EVENING - first], [100 * 30, HOUR_MS]);
});

test('what a long search has found is kept every quarter of an hour, in one record', async () => {
  const seen: string[] = [];
  const { store, run, clock } = await search(36_000, async (running) => {
    await new Promise(setImmediate);
    for (const [, { done, finished }] of await running.store.list('research')) {
      const minute = (running.clock.now() - EVENING) / MINUTE_MS;
      const counter = await running.store.get('counters', 'research/nightly-research');
      seen.push(`${minute}: ${done} ${finished} ${counter?.value}`);
    }
  });
  await run();
  assert.equal(clock.now(), EVENING + HOUR_MS);
  assert.deepEqual([seen[0], seen.at(-1)], ['15: 25 false 25', '60: 100 false 100']);
  const kept = (await store.list('research')).map(([, { done, finished }]) => [done, finished]);
  assert.deepEqual(kept, [[100, true]]);
});
