import type { Socket } from 'node:net';
import { join } from 'node:path';
import { type KillSwitch, trips } from '../ground/gpio/switch.ts';
import { WatchedSwitch } from '../ground/gpio/watched-switch.ts';
import { Budget } from '../ground/relay/budget.ts';
import { Door } from '../ground/relay/door.ts';
import { GatewayLink } from '../ground/relay/gateway-link.ts';
import { after, every, monotonicMs, type Timer } from '../ground/time/clock.ts';
import { Positions } from '../ground/wire/positions.ts';
import { Questions } from '../ground/wire/questions.ts';
import type { Closing, ClosingParts } from './closing/closing.ts';
import type { GuardConfig } from './config.ts';
import { Cover } from './cover.ts';
import { Evidence } from './evidence.ts';
import { Gate } from './gate.ts';
import { Journal } from './journal.ts';
import { Latch } from './latch.ts';
import { limitsAt } from './limits.ts';
import { OrderCheck } from './order-check.ts';

/** Files are looked at once in so many polls. */
const SLOW_POLLS = 5;

/** The switch that shuts the gate between agent and gateway, and what follows when it does. */
export class Guard {
  readonly #config: GuardConfig;
  readonly #switch: WatchedSwitch;
  readonly #latch: Latch;
  readonly #limits: ReturnType<typeof limitsAt>;
  readonly #journal: Journal;
  readonly #link: GatewayLink;
  readonly #evidence: Evidence;
  readonly #positions = new Positions();
  readonly #questions: Questions;
  readonly #door: Door<Gate>;
  readonly #closingParts: ClosingParts;
  /** Null = positions stay. */
  #newClosing: () => Closing | null = () => null;
  /** Of this halt. */
  #closing: Closing | null = null;
  #trip: { readonly at: number; cancelMs: number | null } | null = null;
  #timers: readonly Timer[] = [];
  #stopped = false;
  #changed: () => void = () => undefined;

  constructor(config: GuardConfig, contacts: KillSwitch) {
    const { gateway, timing } = config;
    const budget = new Budget(config.messagesPerSecond, config.reserve);
    this.#config = config;
    this.#switch = new WatchedSwitch(contacts, monotonicMs);
    this.#latch = new Latch(config.folder, () => this.#changed());
    this.#limits = limitsAt(config.limits);
    this.#journal = new Journal(join(config.folder, 'journal.jsonl'), config.journalBytes);
    this.#link = new GatewayLink({
      ...{ gateway, timing, budget },
      ready: () => this.#linked(),
      lost: (reason) => this.#unlinked(reason),
      message: (id, fields) => this.#hear(id, fields),
    });
    this.#evidence = new Evidence({
      ...{ link: this.#link, timing },
      isMeant: (order) => this.#closing?.isMeant(order) === true,
      drained: () => this.#door.session?.pair.drained ?? true,
      changed: () => {
        this.#closing?.tick();
        this.#changed();
      },
    });
    this.#questions = new Questions(this.#link);
    const asked = { questions: this.#questions, positions: this.#positions, cover: new Cover(this.#positions) };
    const rooms = { config, budget, journal: this.#journal, limits: this.#limits, link: this.#link, ...asked };
    const acts = {
      closed: () => this.#closed(),
      unfit: () => this.#unfit(),
      trip: (cause: string) => void this.trip(cause),
      changed: () => this.#changed(),
      record: (text: string) => this.#journal.append({ kind: 'connection', text }),
    };
    this.#closingParts = { ...rooms, ...acts, latch: this.#latch, evidence: this.#evidence };
    const check = new OrderCheck({ ...rooms, ...acts });
    const open = (agent: Socket, ended: () => void) => new Gate(agent, { ...rooms, ...acts, check, ended });
    this.#door = new Door({ address: config.listen, open, ...acts });
  }

  /** Rejects when the agent's port cannot be had. */
  async start(): Promise<void> {
    if (this.#config.closePositions !== null) {
      const { Closing } = await import('./closing/closing.ts');
      this.#newClosing = () => new Closing(this.#closingParts);
    }
    await this.#journal.open();
    this.#journal.append({ kind: 'guard', text: 'starts', latch: this.#latch.record });
    this.#switch.watch(() => this.#readContacts());
    this.#readContacts();
    this.#link.start();
    await this.#door.start();
    const { poll } = this.#config.timing;
    this.#timers = [every(poll, () => this.#poll()), every(poll * SLOW_POLLS, () => this.#lookAtFiles())];
    if (!this.#latch.isTripped) return;
    this.#closing = this.#newClosing();
    this.#evidence.begin();
  }

  async stop(): Promise<void> {
    this.#stopped = true;
    for (const timer of this.#timers) timer.cancel();
    this.#switch.close();
    this.#evidence.stop();
    await this.#door.stop('the guard stops');
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

  status() {
    const { state, cause, at } = this.#latch.record;
    const tripped = state === 'tripped';
    const halted = this.#evidence.confirmed ? 'confirmed' : 'UNCONFIRMED';
    return {
      ...{ state, cause, since: at },
      /** Whether the broker's side says that nothing is working; null while nothing is halted. */
      halted: tripped ? halted : null,
      /** What still works after a trip; null = not known. */
      working: tripped ? this.#evidence.working : [],
      /** What became of the positions, if they are to be closed after a halt. */
      closing: tripped ? (this.#closing?.lines ?? []) : [],
      /** Why no order would pass right now, or null. */
      closed: this.#closed(),
      contacts: this.#switch.state,
      /** What the contacts are: on the pins, what stands in for them, or that there are none. */
      switch: this.#config.redSwitch.kind,
      /** Why they cannot be read, or null. */
      switchTrouble: this.#switch.trouble,
      /** Why the guard's own link is not fresh, or null. */
      link: this.#link.trouble,
      agent: this.#door.session === null ? 'absent' : 'connected',
      /** Everything that is wrong with the limits. */
      limits: this.#limits.problems,
      /** Why the latch, the journal could not be stored, or null. */
      latch: this.#latch.unstored,
      journal: this.#journal.failure,
      today: this.#journal.today,
      /** What trading begins with once it is armed again. */
      afterReset: this.#config.afterReset,
      /** Milliseconds from the last trip in this run until its latch was stored, and until the first cancel was written. */
      lastTrip: this.#trip === null ? null : { latchMs: this.#latch.storedMs, cancelMs: this.#trip.cancelMs },
    } as const;
  }

  /**
   * The gate is shut before this returns for the first time. The cancel goes out once the latch is stored, but never waits
   * longer than its patience: a slow disk keeps its part for later.
   */
  async trip(cause: string): Promise<void> {
    const again = !this.#latch.trip(cause);
    const begun = { at: monotonicMs(), cancelMs: null as number | null };
    // Page, program and switch may tell of the same press: one cancel does, and a flood of halts must not use up the gateway's patience.
    if (again && this.#trip !== null && begun.at - this.#trip.at < this.#config.timing.settled) return;
    this.#trip = begun;
    if (again) this.#closing?.end('halted again');
    else this.#closing = this.#newClosing();
    if (this.#latch.unstored !== null) {
      const patience = new Promise<void>((resolve) => after(this.#config.timing.latchPatience, resolve));
      await Promise.race([this.#latch.store(), patience]);
    }
    if (this.#stopped) return;
    const sent = this.#link.cancelAll();
    this.#door.session?.cancelAll();
    begun.cancelMs = sent ? monotonicMs() - begun.at : null;
    this.#link.hurry();
    this.#evidence.begin();
    // Only now: telling the agent of each can take longer than all that.
    this.#door.session?.refuseOrders(`halted (${cause})`);
    this.#journal.append({ kind: 'trip', cause, again, latchMs: this.#latch.storedMs, cancelMs: begun.cancelMs });
    this.#changed();
  }

  /** Opens nothing yet: what follows is `arm`. @param unconfirmed whoever resets has looked at the broker's side himself */
  async reset(by: string, unconfirmed: boolean): Promise<string | null> {
    if (!this.#latch.isTripped) return 'it is not halted';
    this.#readContacts();
    const objection = this.#switch.objection(this.#config.timing.settled);
    if (objection !== null) return objection;
    if (this.#closing?.end(`reset by ${by}`) === true) {
      this.#evidence.begin();
      return 'positions were being closed: their orders are taken back, reset again';
    }
    if (!this.#evidence.confirmed && !unconfirmed) return 'it is not confirmed that no order is working';
    const refusal = await this.#move('prep', `reset by ${by}`);
    if (refusal === null) this.#evidence.stop();
    return refusal;
  }

  /** Lets orders pass again, after a reset. Reads the limits anew. */
  async arm(by: string): Promise<string | null> {
    if (this.#latch.record.state !== 'prep') return `it is ${this.#latch.record.state}, not reset`;
    this.#limits.read();
    return this.#obstacle() ?? (await this.#move('armed', `armed by ${by}`));
  }

  async #move(state: 'prep' | 'armed', cause: string): Promise<string | null> {
    const refusal = await this.#latch.move(state, cause);
    if (refusal !== null) return refusal;
    this.#journal.append({ kind: state, cause });
    this.#changed();
    return null;
  }

  /** Why no order may pass, or null. */
  #closed(): string | null {
    const { state, cause } = this.#latch.record;
    if (state === 'tripped') return `halted (${cause})`;
    return state === 'prep' ? 'not armed after a reset' : this.#obstacle();
  }

  #obstacle(): string | null {
    return this.#switch.objection(0) ?? this.#unfit();
  }

  #unfit(): string | null {
    const { trouble } = this.#link;
    if (trouble !== null) return `the guard's own link to the gateway is not fresh: ${trouble}`;
    if (this.#limits.value === null) return `the limits cannot be used: ${this.#limits.problems[0]}`;
    return this.#journal.failure === null ? null : `the journal cannot be written: ${this.#journal.failure}`;
  }

  #readContacts(): void {
    const { state: before } = this.#switch;
    // Pressed once more, it cancels once more, and ends what was going on after the first time.
    const isSecond = this.#switch.objection(this.#config.timing.settled) === null;
    const state = this.#switch.read();
    if (trips(state)) {
      if (!this.#latch.isTripped || isSecond) void this.trip(`red switch: ${this.#switch.text}`);
      else if (state !== 'opened') this.#latch.rename('red switch: opened', `red switch: ${this.#switch.text}`);
    }
    if (before !== state) this.#changed();
  }

  #poll(): void {
    this.#readContacts();
    this.#link.beat();
    this.#door.session?.pair.check();
  }

  #lookAtFiles(): void {
    if (this.#latch.unstored !== null && this.#latch.isTripped) void this.#latch.store();
    this.#journal.retry();
    void this.#latch.compare().then((cause) => (cause === null ? undefined : this.trip(cause)));
    void this.#limits.look().then((changed) => {
      if (!changed) return;
      this.#journal.append({ kind: 'limits', limits: this.#limits.value, problems: this.#limits.problems });
      this.#changed();
    });
  }

  #linked(): void {
    this.#positions.ask(this.#link);
    if (this.#latch.isTripped) {
      this.#link.cancelAll();
      this.#evidence.begin();
    }
    this.#changed();
  }

  #unlinked(reason: string): void {
    this.#positions.forget();
    this.#evidence.unknown();
    if (this.#latch.isTripped) this.#closing?.tick();
    this.#journal.append({ kind: 'link', text: reason });
    this.#changed();
  }

  #hear(id: number, fields: readonly string[]): void {
    for (const listener of [this.#evidence, this.#questions, this.#positions, this.#closing])
      listener?.hear(id, fields);
  }
}
