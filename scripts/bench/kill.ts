import { setTimeout as wait } from 'node:timers/promises';
import { GuardStand, percentile, preferThis, realTime, spawnNode } from '../bench-data/guard-stand.ts';
import type { Measure } from './measure.ts';

export const title = 'Kill switch: contacts change → first byte of a cancel at the exchange, in real processes';

/** `KILL_PRESSES=2000` for 10,000 in all. */
const PRESSES = Number(process.env.KILL_PRESSES ?? 100);
const IN_A_SECOND = 48;

interface Scene {
  readonly name: string;
  readonly mode: 'idle' | 'flood' | 'loop' | 'reconnect';
  readonly stopped?: true;
}

const SCENES: readonly Scene[] = [
  { name: 'agent idle', mode: 'idle' },
  { name: 'limiter full', mode: 'flood' },
  { name: 'agent in an endless loop', mode: 'loop' },
  { name: 'agent stopped', mode: 'idle', stopped: true },
  { name: 'while reconnecting', mode: 'reconnect' },
];

export async function run(): Promise<Measure[]> {
  preferThis();
  const measures: Measure[] = [];
  const latches: number[] = [];
  let late = 0;
  for (const scene of SCENES) {
    const found = await play(scene);
    latches.push(...found.latches);
    late += found.late;
    measures.push(
      { name: `${scene.name}, p50`, unit: 'ms', value: percentile(found.delays, 0.5), aim: 2 },
      { name: `${scene.name}, p99`, unit: 'ms', value: percentile(found.delays, 0.99), atMost: 20, aim: 8 },
    );
  }
  measures.push(
    { name: 'latch stored, p50', unit: 'ms', value: percentile(latches, 0.5) },
    { name: 'latch stored, p99', unit: 'ms', value: percentile(latches, 0.99) },
    { name: 'orders that came after the last cancel', unit: '', value: late, atMost: 0 },
  );
  return measures;
}

async function play({ mode, stopped }: Scene) {
  const stand = new GuardStand();
  await stand.start(IN_A_SECOND);
  realTime(stand.pid);
  const agent = spawnNode(['scripts/bench-data/guard-agent.ts', String(stand.port), '0', mode]);
  const delays: number[] = [];
  const latches: number[] = [];
  let late = 0;
  try {
    await new Promise<void>((done) => {
      stand.gateway.onMessage = (id) => id === 3 && done();
    });
    if (mode === 'loop') await wait(150);
    if (stopped) agent.kill('SIGSTOP');
    for (let n = 0; n < PRESSES; n += 1) {
      let open = false;
      const cancelled = new Promise<number>((done) => {
        stand.gateway.onMessage = (id) => {
          if (id === 58) done(performance.now());
          // An order is only safe in front of a cancel of its own connection, or of one that comes later.
          if (id === 3) open = true;
          if (id === 58) open = false;
        };
      });
      await wait(7 * (n % 5));
      const pressed = performance.now();
      stand.contacts('1 0');
      delays.push((await cancelled) - pressed);
      const { lastTrip } = await stand.until((status) => status.halted === 'confirmed' && status.latch === null);
      latches.push(lastTrip?.latchMs ?? Number.NaN);
      late += open ? 1 : 0;
      stand.contacts('0 1');
      await again(stand);
    }
  } finally {
    agent.kill('SIGKILL');
    stand.stop();
  }
  return { delays, latches, late };
}

async function again(stand: GuardStand): Promise<void> {
  for (const act of ['reset', 'arm']) {
    while (!(await stand.ask({ do: act })).ok) await wait(2);
  }
}
