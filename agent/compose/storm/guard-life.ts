import { mkdirSync, writeFileSync } from 'node:fs';
import type { Socket } from 'node:net';
import { join } from 'node:path';
import type { Clock } from '../../edges/system/clock.ts';
import type { KillSwitch } from '../../ground/gpio/switch.ts';
import { runOn } from '../../ground/time/clock.ts';
import type { GuardConfig } from '../../guard/config.ts';
import { Guard } from '../../guard/guard.ts';
import type { GuardStatus } from '../../guard/status.ts';
import { MortalClock } from '../../lab/storm/mortal-clock.ts';
import { LOOPBACK } from '../loopback.ts';
import { SIMULATED_ACCOUNT } from '../simulation.ts';

const GUARD_CLIENT_ID = 900;

const LIMITS = {
  account: SIMULATED_ACCOUNT,
  secTypes: ['OPT', 'BAG', 'STK'],
  ordersPerMinute: 60,
  ordersPerDay: 500,
  contractsPerOrder: 5,
  contractsPerDay: 500,
  notionalPerOrder: 500_000,
  notionalPerDay: 50_000_000,
  shortCalls: 'covered',
};

/** As the guard's own, but its sign of life is asked for as seldom as the whole day can bear. */
const TIMING = {
  ...{ beat: 60_000, stale: 150_000, confirm: 3_000, retry: 2_000, poll: 120_000 },
  ...{ latchPatience: 10, settled: 1_000, frame: 10_000 },
};

export interface GuardLifeParts {
  readonly folder: string;
  readonly clock: Clock;
  readonly contacts: KillSwitch;
  readonly exchangePort: number;
  /** Where the agent connects; 0 for the first life. */
  readonly port: number;
  readonly sockets: () => readonly Socket[];
  readonly changed: (status: GuardStatus) => void;
}

/** What outlives the guard: its folder, armed. */
export function prepareGuard(folder: string, symbols: readonly string[]): void {
  mkdirSync(folder, { recursive: true });
  writeFileSync(join(folder, 'limits.json'), JSON.stringify({ ...LIMITS, symbols }), { mode: 0o644 });
  writeFileSync(join(folder, 'latch.json'), '{"state":"armed","cause":"a new storm","at":""}\n');
}

/** One life of the guard, on a clock that is moved by hand. */
export class GuardLife {
  readonly #parts: GuardLifeParts;
  readonly #clock: MortalClock;
  #guard: Guard | null = null;
  #dead = false;

  constructor(parts: GuardLifeParts) {
    this.#parts = parts;
    this.#clock = new MortalClock(parts.clock);
  }

  get guard(): Guard | null {
    return this.#dead ? null : this.#guard;
  }

  async start(): Promise<void> {
    runOn(this.#clock);
    const guard = new Guard(this.#config(), this.#parts.contacts);
    this.#guard = guard;
    guard.onChange(() => {
      if (!this.#dead) this.#parts.changed(guard.status());
    });
    await guard.start();
    if (!this.#dead) this.#parts.changed(guard.status());
  }

  /** As by SIGKILL. What `stop` would still send has nowhere to go. */
  kill(): Promise<void> {
    this.#dead = true;
    this.#clock.kill();
    for (const socket of this.#parts.sockets()) socket.destroy();
    return this.#guard?.stop() ?? Promise.resolve();
  }

  async stop(): Promise<void> {
    this.#dead = true;
    const stopped = this.#guard?.stop();
    for (const socket of this.#parts.sockets()) socket.destroy();
    await stopped;
    this.#clock.kill();
    runOn(null);
  }

  #config(): GuardConfig {
    const { folder, port, exchangePort } = this.#parts;
    const at = (name: string): string => join(folder, name);
    return {
      listen: { host: LOOPBACK, port },
      gateway: { host: LOOPBACK, port: exchangePort, clientId: GUARD_CLIENT_ID },
      ...{ folder, limits: at('limits.json') },
      redSwitch: {
        kind: 'file',
        contacts: at('contacts'),
        wiring: { labels: [], normallyClosed: 5, normallyOpen: 6, debounceUs: 0 },
      },
      control: { open: at('open.sock'), admin: at('admin.sock') },
      ...{ afterReset: 'active', messagesPerSecond: 48, reserve: 8, journalBytes: 1 << 24, timing: TIMING },
      closePositions: null,
    };
  }
}
