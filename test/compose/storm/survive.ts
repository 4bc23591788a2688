import assert from 'node:assert/strict';
import { eventsOf, type StormWish, storm } from '../../../agent/compose/storm/day.ts';
import { stormOptions } from '../../../agent/compose/storm/options.ts';

/** Lets the appliance live through the storms of these seeds; tells of every promise that was broken. */
export async function survive(from: number, to: number): Promise<void> {
  const options = await stormOptions();
  const broken: string[] = [];
  let orders = 0;
  for (let seed = from; seed <= to; seed += 1) {
    const wish: StormWish = { seed, days: 1, faults: null, options };
    const result = await storm(wish, eventsOf(wish));
    orders += result.orders;
    broken.push(...result.violations.map(({ letter, text }) => `seed ${seed} (${letter}): ${text}`));
  }
  assert.deepEqual(broken, [], 'scripts/wheelhouse storm --seeds N says more; docs/storm.md says how to read it');
  assert.ok(orders > to - from, 'storms in which nothing is ordered show nothing');
}
