import type { Socket } from 'node:net';
import type { Broker } from '../../edges/broker/broker.ts';
import { IbBroker } from '../../edges/broker/ib/ib-broker.ts';
import type { Guard } from '../../edges/guard/guard.ts';
import type { Write } from '../../edges/store/store.ts';
import type { Clock } from '../../edges/system/clock.ts';
import { silentLog } from '../../edges/system/log.ts';
import type { CrashStore } from '../../lab/storm/crash-store.ts';
import { MortalClock } from '../../lab/storm/mortal-clock.ts';
import type { Witness } from '../../lab/storm/witness.ts';
import { LOOPBACK } from '../loopback.ts';
import type { TradingOptions } from '../options.ts';
import { composeTrading, type Trading } from '../trading.ts';

/** Seldom, because each costs a round trip of the whole day's; nothing else depends on how often. */
const BEAT_MS = 60_000;
const TIMEOUT_MS = 10_000;

export const AGENT_CLIENT_ID = 1;

export interface AgentLifeParts {
  readonly clock: Clock;
  readonly disk: CrashStore;
  readonly witness: Witness;
  readonly options: TradingOptions;
  /** Of the guard. */
  readonly port: number;
  /** The process may be killed while this is called. */
  readonly moment: (moment: 'beforeStored' | 'afterStored' | 'beforeBytes' | 'afterBytes') => void;
  readonly diskDelay: () => number;
  /** Its connections, so that they end with it. */
  readonly sockets: () => readonly Socket[];
  readonly guard: (clock: Clock) => Guard;
  /** It could not start and has ended itself, as the process does. */
  readonly ended: () => void;
  /** What a composition does differently, to show that the storm would find it. */
  readonly defect: Defect;
}

/** Something wrong with what the appliance is built of. */
export interface Defect {
  readonly broker?: (broker: Broker) => Broker;
  /** It neither goes through the guard nor listens to it. */
  readonly pastGuard?: true;
  /** Its disk loses what was synced, back to so many writes before a crash. */
  readonly forgets?: number;
  /** The exchange obeys only so many cancels of everything. */
  readonly obeys?: number;
}

/** One life of the trading process, from its start to its end or its death. */
export class AgentLife {
  readonly #parts: AgentLifeParts;
  readonly #clock: MortalClock;
  #trading: Trading | null = null;
  #dead = false;

  constructor(parts: AgentLifeParts) {
    this.#parts = parts;
    this.#clock = new MortalClock(parts.clock);
  }

  /** Null until its store is open. */
  get trading(): Trading | null {
    return this.#trading;
  }

  async start(): Promise<void> {
    const { disk, options, witness } = this.#parts;
    const store = await disk.open({
      writing: (writes, moment) => this.#writing(writes, moment),
      delay: this.#parts.diskDelay,
      sleep: (ms) => new Promise((resolve) => this.#clock.after(ms, () => resolve())),
    });
    if (this.#dead) return;
    const broker = this.#broker();
    const { defect } = this.#parts;
    const seen = this.#witnessed(broker);
    const trading = composeTrading(options, {
      ...{ clock: this.#clock, store, marketData: broker, log: silentLog, host: null },
      broker: defect.broker?.(seen) ?? seen,
      guard: defect.pastGuard ? null : this.#parts.guard(this.#clock),
      connections: () => [],
    });
    this.#trading = trading;
    try {
      await trading.load();
      await trading.connect();
      await trading.begin();
    } catch (error) {
      if (this.#dead) return;
      const { code } = error as { code?: unknown };
      if (typeof code !== 'string') witness.note({ kind: 'failure', text: `it did not start: ${String(error)}` });
      this.#parts.ended();
    }
  }

  /** As by SIGKILL: not one more byte, write or alarm. */
  kill(): void {
    this.#dead = true;
    this.#clock.kill();
    for (const socket of this.#parts.sockets()) socket.destroy();
  }

  async stop(): Promise<void> {
    try {
      await this.#trading?.stop();
    } finally {
      this.kill();
    }
  }

  #broker(): IbBroker {
    return new IbBroker({
      ...{ host: LOOPBACK, port: this.#parts.port, clientId: AGENT_CLIENT_ID, account: null },
      ...{ clock: this.#clock, log: silentLog },
      ...{ requestTimeoutMs: TIMEOUT_MS, connectTimeoutMs: TIMEOUT_MS },
      ...{ heartbeatMs: BEAT_MS, heartbeatTimeoutMs: TIMEOUT_MS },
    });
  }

  #writing(writes: readonly Write[], moment: 'before' | 'after'): void {
    const { witness } = this.#parts;
    const isIntent = writes.some(({ table }) => table === 'intents');
    if (moment === 'after') witness.written(writes);
    if (isIntent) this.#parts.moment(moment === 'before' ? 'beforeStored' : 'afterStored');
  }

  /** The broker, with every order written down before its bytes leave. */
  #witnessed(broker: IbBroker): Broker {
    const { witness, moment } = this.#parts;
    const place: Broker['place'] = (orderId, ticket) => {
      moment('beforeBytes');
      if (this.#dead) return new Promise(() => undefined);
      witness.placing(orderId, ticket, broker.link.state);
      const sent = broker.place(orderId, ticket);
      moment('afterBytes');
      return sent;
    };
    return new Proxy<Broker>(broker, {
      get(target, name) {
        if (name === 'place') return place;
        const value: unknown = Reflect.get(target, name, target);
        return typeof value === 'function' ? value.bind(target) : value;
      },
    });
  }
}
