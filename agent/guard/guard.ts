import { join } from 'node:path';
import type { KillSwitch, SwitchState } from '../ground/gpio/switch.ts';
import { ASK } from '../ground/wire/client-requests.ts';
import { AgentDoor } from './agent-door.ts';
import { Budget } from './budget.ts';
import { after, every, isoTime, monotonicMs, type Timer } from './clock.ts';
import type { GuardConfig } from './config.ts';
import { Contracts } from './contracts.ts';
import { Evidence } from './evidence.ts';
import { GatewayLink } from './gateway-link.ts';
import { Holdings } from './holdings.ts';
import { Journal } from './journal.ts';
import { Latch, type LatchRecord } from './latch.ts';
import { readLimits } from './limits.ts';
import { OrderCheck } from './order-check.ts';
import type { GuardStatus } from './status.ts';

/** What takes longer is looked at once in so many polls. */
const SLOW_POLLS = 5;

/** The gate between agent and gateway, and the switch that shuts it. */
export class Guard {
  readonly #config: GuardConfig;
  readonly #contacts: KillSwitch;
  readonly #latch: Latch;
  readonly #journal: Journal;
  readonly #link: GatewayLink;
  readonly #evidence: Evidence;
  readonly #holdings = new Holdings();
  readonly #contracts: Contracts;
  readonly #door: AgentDoor;
  #limits: ReturnType<typeof readLimits>;
  #record: LatchRecord;
  #unstored: string | null = null;
  #switch: SwitchState = 'broken';
  #normalSince: number | null = null;
  #trip: { readonly at: number; latchMs: number | null; cancelMs: number | null } | null = null;
  #timer: Timer | null = null;
  #polls = 0;
  #stopped = false;
  #changed: () => void = () => undefined;

  constructor(config: GuardConfig, contacts: KillSwitch) {
    this.#config = config;
    this.#contacts = contacts;
    this.#latch = new Latch(config.folder);
    this.#record = this.#latch.read();
    this.#limits = readLimits(config.limits);
    this.#journal = new Journal(join(config.folder, 'journal.jsonl'), config.journalBytes);
    const budget = new Budget(config.messagesPerSecond, config.reserve);
    this.#link = new GatewayLink(config, budget, {
      ready: () => this.#linked(),
      lost: (reason) => this.#unlinked(reason),
      message: (id, fields) => this.#hear(id, fields),
    });
    this.#contracts = new Contracts(this.#link);
    this.#evidence = new Evidence(this.#link, config.timing, {
      changed: () => this.#changed(),
      drained: () => this.#door.session?.drained ?? true,
    });
    const objection = (): string | null => this.#closed();
    const check = new OrderCheck({
      limits: () => this.#limits.value,
      lookUp: (conIds) => this.#contracts.lookUp(conIds),
      holdings: this.#holdings,
      day: this.#journal,
      objection,
      trip: (cause) => void this.trip(cause),
    });
    this.#door = new AgentDoor(config, {
      ...{ budget, journal: this.#journal, objection },
      judge: (body, version) => check.judge(body, version),
      heard: (fields) => this.#holdings.heard(fields),
      changed: () => this.#changed(),
    });
  }

  /** Rejects when the agent's port cannot be had. */
  async start(): Promise<void> {
    await this.#journal.open();
    this.#journal.append({ kind: 'guard', text: 'starts', latch: this.#record });
    this.#contacts.watch(() => this.#readContacts());
    this.#readContacts();
    this.#link.start();
    await this.#door.start();
    this.#timer = every(this.#config.timing.poll, () => this.#poll());
    if (this.#record.state === 'tripped') this.#evidence.begin();
  }

  async stop(): Promise<void> {
    this.#stopped = true;
    this.#timer?.cancel();
    this.#contacts.close();
    this.#evidence.stop();
    await this.#door.stop();
    this.#link.stop();
    await this.#journal.close();
  }

  /** Where the agent connects, once started. */
  get port(): number {
    return this.#door.port;
  }

  onChange(listener: () => void): void {
    this.#changed = listener;
  }

  status(): GuardStatus {
    const { state, cause, at } = this.#record;
    const tripped = state === 'tripped';
    return {
      ...{ state, cause, since: at },
      halted: tripped ? (this.#evidence.confirmed ? 'confirmed' : 'UNCONFIRMED') : null,
      working: tripped ? this.#evidence.working : [],
      closed: this.#closed(),
      contacts: this.#switch,
      link: this.#link.fresh ? null : (this.#link.reason ?? 'no answer'),
      agent: this.#door.session === null ? 'absent' : 'connected',
      limits: this.#limits.problems ?? [],
      latch: this.#unstored,
      journal: this.#journal.failure,
      today: this.#journal.today,
      afterReset: this.#config.afterReset,
      lastTrip: this.#trip === null ? null : { latchMs: this.#trip.latchMs, cancelMs: this.#trip.cancelMs },
    };
  }

  /**
   * The gate is shut before this returns for the first time. The cancel goes out once the latch is stored, but never waits
   * longer than its patience: a slow disk keeps its part for later.
   */
  async trip(cause: string): Promise<void> {
    const again = this.#record.state === 'tripped';
    const begun = { at: monotonicMs(), latchMs: null as number | null, cancelMs: null as number | null };
    if (!again) {
      this.#record = { state: 'tripped', cause, at: isoTime() };
      this.#trip = begun;
      this.#unstored = 'the latch is not stored yet';
    }
    if (!again || this.#unstored !== null) {
      const stored = this.#store(begun);
      await Promise.race([stored, new Promise<void>((resolve) => after(this.#config.timing.latchPatience, resolve))]);
    }
    if (this.#stopped) return;
    const sent = this.#link.cancelAll();
    this.#door.session?.cancelAll();
    begun.cancelMs = sent ? monotonicMs() - begun.at : null;
    this.#link.hurry();
    this.#evidence.begin();
    // Only now: telling the agent of each can take longer than all that.
    this.#door.session?.refuseOrders(`halted (${cause})`);
    this.#journal.append({ kind: 'trip', cause, again, latchMs: begun.latchMs, cancelMs: begun.cancelMs });
    this.#changed();
  }

  /** Opens nothing yet: what follows is `arm`. @param unconfirmed whoever resets has looked at the broker's side himself */
  async reset(by: string, unconfirmed: boolean): Promise<string | null> {
    if (this.#record.state !== 'tripped') return 'it is not halted';
    const { settled } = this.#config.timing;
    this.#readContacts();
    if (this.#normalSince === null) return `the red switch is ${this.#switch}`;
    if (monotonicMs() - this.#normalSince < settled) return `the red switch has not been normal for ${settled} ms yet`;
    if (!this.#evidence.confirmed && !unconfirmed) return 'it is not confirmed that no order is working';
    const refusal = await this.#move('prep', `reset by ${by}`);
    if (refusal === null) this.#evidence.stop();
    return refusal;
  }

  /** Lets orders pass again, after a reset. Reads the limits anew. */
  async arm(by: string): Promise<string | null> {
    if (this.#record.state !== 'prep') return `it is ${this.#record.state}, not reset`;
    this.#limits = readLimits(this.#config.limits);
    const obstacle = this.#obstacle();
    return obstacle ?? (await this.#move('armed', `armed by ${by}`));
  }

  async #move(state: 'prep' | 'armed', cause: string): Promise<string | null> {
    const before = this.#record;
    const next: LatchRecord = { state, cause, at: isoTime() };
    try {
      await this.#latch.store(next);
    } catch (error) {
      return `the latch cannot be stored: ${(error as Error).message}`;
    }
    // A trip that came meanwhile has its own record stored behind this one.
    if (this.#record !== before) return 'it was halted meanwhile';
    this.#record = next;
    this.#unstored = null;
    this.#journal.append({ kind: state, cause });
    this.#changed();
    return null;
  }

  async #store(begun: { readonly at: number; latchMs: number | null }): Promise<void> {
    const record = this.#record;
    try {
      await this.#latch.store(record);
      begun.latchMs = monotonicMs() - begun.at;
      if (this.#record === record) this.#unstored = null;
    } catch (error) {
      this.#unstored = `the latch could not be stored: ${(error as Error).message}`;
      this.#changed();
    }
  }

  /** Why no order may pass, or null. */
  #closed(): string | null {
    const { state, cause } = this.#record;
    if (state === 'tripped') return `halted (${cause})`;
    return state === 'prep' ? 'not armed after a reset' : this.#obstacle();
  }

  #obstacle(): string | null {
    if (this.#switch !== 'normal') return `the red switch is ${this.#switch}`;
    if (!this.#link.fresh)
      return `the guard's own link to the gateway is not fresh: ${this.#link.reason ?? 'no answer'}`;
    if (this.#limits.problems !== null) return `the limits cannot be used: ${this.#limits.problems[0]}`;
    return this.#journal.failure === null ? null : `the journal cannot be written: ${this.#journal.failure}`;
  }

  #readContacts(): void {
    const before = this.#switch;
    this.#switch = this.#contacts.read();
    if (this.#switch !== 'normal') {
      this.#normalSince = null;
      if (this.#record.state !== 'tripped') void this.trip(`red switch: ${this.#switch}`);
    } else {
      this.#normalSince ??= monotonicMs();
    }
    if (before !== this.#switch) this.#changed();
  }

  #poll(): void {
    this.#readContacts();
    this.#link.beat();
    this.#door.session?.check(monotonicMs());
    this.#polls += 1;
    if (this.#polls % SLOW_POLLS !== 0) return;
    if (this.#unstored !== null && this.#record.state === 'tripped')
      void this.#store({ at: monotonicMs(), latchMs: null });
    this.#journal.retry();
    void this.#compareLatch();
  }

  /** The file decides: whoever removes or spoils it halts. */
  async #compareLatch(): Promise<void> {
    const before = this.#record;
    if (before.state !== 'armed') return;
    const stored = await this.#latch.look();
    if (stored.state !== 'armed' && this.#record === before) await this.trip(stored.cause);
  }

  #linked(): void {
    this.#link.send(ASK.positions);
    if (this.#record.state === 'tripped') {
      this.#link.cancelAll();
      this.#evidence.begin();
    }
    this.#changed();
  }

  #unlinked(reason: string): void {
    this.#holdings.forget();
    this.#evidence.unknown();
    this.#journal.append({ kind: 'link', text: reason });
    this.#changed();
  }

  #hear(id: number, fields: readonly string[]): void {
    this.#evidence.hear(id, fields);
    this.#contracts.hear(id, fields, this.#link.version);
    this.#holdings.hear(id, fields);
  }
}
