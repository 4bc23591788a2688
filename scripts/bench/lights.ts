import { setTimeout as wait } from 'node:timers/promises';
import { percentile } from '../bench-data/guard-stand.ts';
import { LightsStand } from '../bench-data/lights-stand.ts';
import type { Measure } from './measure.ts';

export const title =
  'Lights: a halt is called → every light is written, in the program with its page and a simulated exchange';

const HALTS = 300;
const SCENES = [
  { name: 'trading, ten symbols', time: '12:00', speed: 1 },
  { name: 'a day that passes sixty times as fast', time: '09:40', speed: 60 },
];

export async function run(): Promise<Measure[]> {
  const measures: Measure[] = [];
  for (const { name, time, speed } of SCENES) {
    const stand = new LightsStand(time, speed);
    await stand.start();
    const delays: number[] = [];
    try {
      for (let n = 0; n < HALTS; n += 1) {
        await wait(20 + 7 * (n % 5));
        delays.push(await stand.halt());
      }
    } finally {
      await stand.stop();
    }
    measures.push(
      { name: `${name}, p50`, unit: 'ms', value: percentile(delays, 0.5) },
      { name: `${name}, p99`, unit: 'ms', value: percentile(delays, 0.99), atMost: 100 },
      { name: `${name}, longest`, unit: 'ms', value: Math.max(...delays) },
    );
  }
  return measures;
}
