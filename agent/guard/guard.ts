import { join } from 'node:path';
import { inWords, isGood, type KillSwitch, type SwitchState, trips } from '../ground/gpio/switch.ts';
import { AgentDoor } from './agent-door.ts';
import { Budget } from './budget.ts';
import { after, every, monotonicMs, type Timer } from './clock.ts';
import { Closing } from './closing.ts';
import type { GuardConfig } from './config.ts';
import { Contracts } from './contracts.ts';
import { Evidence } from './evidence.ts';
import { GatewayLink } from './gateway-link.ts';
import { Hold } from './hold.ts';
import { Holdings } from './holdings.ts';
import { Journal } from './journal.ts';
import { LimitsFile } from './limits.ts';
import { OrderCheck } from './order-check.ts';
import { Questions } from './questions.ts';
import type { GuardStatus } from './status.ts';

/** What takes longer is looked at once in so many polls. */
const SLOW_POLLS = 5;

/** The gate between agent and gateway, and the switch that shuts it. */
export class Guard {
  readonly #config: GuardConfig;
  readonly #contacts: KillSwitch;
  readonly #hold: Hold;
  readonly #journal: Journal;
  readonly #link: GatewayLink;
  readonly #evidence: Evidence;
  readonly #limits: LimitsFile;
  readonly #holdings = new Holdings();
  readonly #questions: Questions;
  /** Of this halt; null = not wished. */
  #closing: Closing | null = null;
  readonly #door: AgentDoor;
  #switch: SwitchState = 'unknown';
  #normalSince: number | null = null;
  #trip: { readonly at: number; latchMs: number | null; cancelMs: number | null } | null = null;
  #timer: Timer | null = null;
  #polls = 0;
  #stopped = false;
  #changed: () => void = () => undefined;

  constructor(config: GuardConfig, contacts: KillSwitch) {
    this.#config = config;
    this.#contacts = contacts;
    this.#hold = new Hold(config.folder, () => this.#changed());
    this.#limits = new LimitsFile(config.limits);
    this.#journal = new Journal(join(config.folder, 'journal.jsonl'), config.journalBytes);
    const budget = new Budget(config.messagesPerSecond, config.reserve);
    this.#link = new GatewayLink(config, budget, {
      ready: () => this.#linked(),
      lost: (reason) => this.#unlinked(reason),
      message: (id, fields) => this.#hear(id, fields),
    });
    this.#questions = new Questions(this.#link);
    this.#evidence = new Evidence(this.#link, config.timing, {
      changed: () => {
        this.#closing?.tick();
        this.#changed();
      },
      isMeant: (order) => this.#closing?.isMeant(order) === true,
      drained: () => this.#door.session?.drained ?? true,
    });
    const objection = (): string | null => this.#closed();
    const contracts = new Contracts(this.#link, this.#questions);
    const check = new OrderCheck({
      limits: () => this.#limits.value,
      lookUp: (conIds) => contracts.lookUp(conIds),
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
    this.#journal.append({ kind: 'guard', text: 'starts', latch: this.#hold.record });
    this.#contacts.watch(() => this.#readContacts());
    this.#readContacts();
    this.#link.start();
    await this.#door.start();
    this.#timer = every(this.#config.timing.poll, () => this.#poll());
    if (!this.#hold.isTripped) return;
    this.#closing = this.#newClosing(this.#config);
    this.#evidence.begin();
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
    const { state, cause, at } = this.#hold.record;
    const tripped = state === 'tripped';
    return {
      ...{ state, cause, since: at },
      halted: tripped ? (this.#evidence.confirmed ? 'confirmed' : 'UNCONFIRMED') : null,
      working: tripped ? this.#evidence.working : [],
      closing: tripped ? (this.#closing?.lines ?? []) : [],
      closed: this.#closed(),
      contacts: this.#switch,
      ...{ switch: this.#config.redSwitch.kind, switchTrouble: this.#contacts.trouble },
      link: this.#link.fresh ? null : (this.#link.reason ?? 'no answer'),
      agent: this.#door.session === null ? 'absent' : 'connected',
      limits: this.#limits.problems,
      latch: this.#hold.unstored,
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
    const again = !this.#hold.trip(cause);
    const begun = { at: monotonicMs(), latchMs: null as number | null, cancelMs: null as number | null };
    if (!again) {
      this.#trip = begun;
      this.#closing = this.#newClosing(this.#config);
    }
    if (this.#hold.unstored !== null) {
      const stored = this.#hold.store().then((tookMs) => {
        begun.latchMs = tookMs;
      });
      await Promise.race([stored, new Promise<void>((resolve) => after(this.#config.timing.latchPatience, resolve))]);
    }
    if (this.#stopped) return;
    if (again && !this.#isFirstPress) this.#closing?.end('halted again');
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
    if (!this.#hold.isTripped) return 'it is not halted';
    const { settled } = this.#config.timing;
    this.#readContacts();
    if (this.#normalSince === null) return `the red switch is ${this.#contactsText}`;
    if (monotonicMs() - this.#normalSince < settled) return `the red switch has not been normal for ${settled} ms yet`;
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
    if (this.#hold.record.state !== 'prep') return `it is ${this.#hold.record.state}, not reset`;
    this.#limits.read();
    const obstacle = this.#obstacle();
    return obstacle ?? (await this.#move('armed', `armed by ${by}`));
  }

  /** Page, program and switch may tell of the same press. */
  get #isFirstPress(): boolean {
    return this.#trip !== null && monotonicMs() - this.#trip.at < this.#config.timing.settled;
  }

  #newClosing(config: GuardConfig): Closing | null {
    const { record } = this.#hold;
    if (config.closePositions === null) return null;
    return new Closing({
      ...{ config: config.closePositions, folder: config.folder, clientId: config.gateway.clientId },
      ...{ link: this.#link, questions: this.#questions, holdings: this.#holdings, journal: this.#journal },
      staleMs: config.timing.stale,
      limits: () => this.#limits.value,
      halt: record.at,
      objection: () => {
        if (this.#hold.record.at !== record.at) return 'it is not this halt any more';
        return this.#evidence.confirmed ? (this.#hold.unstored ?? this.#unfit()) : 'the halt is not confirmed';
      },
    });
  }

  async #move(state: 'prep' | 'armed', cause: string): Promise<string | null> {
    const refusal = await this.#hold.move(state, cause);
    if (refusal !== null) return refusal;
    this.#journal.append({ kind: state, cause });
    this.#changed();
    return null;
  }

  /** Why no order may pass, or null. */
  #closed(): string | null {
    const { state, cause } = this.#hold.record;
    if (state === 'tripped') return `halted (${cause})`;
    return state === 'prep' ? 'not armed after a reset' : this.#obstacle();
  }

  #obstacle(): string | null {
    return isGood(this.#switch) ? this.#unfit() : `the red switch is ${this.#contactsText}`;
  }

  get #contactsText(): string {
    return inWords(this.#switch, this.#contacts.trouble);
  }

  #unfit(): string | null {
    if (!this.#link.fresh)
      return `the guard's own link to the gateway is not fresh: ${this.#link.reason ?? 'no answer'}`;
    if (this.#limits.value === null) return `the limits cannot be used: ${this.#limits.problems[0]}`;
    return this.#journal.failure === null ? null : `the journal cannot be written: ${this.#journal.failure}`;
  }

  #readContacts(): void {
    const before = this.#switch;
    this.#switch = this.#contacts.read();
    if (trips(this.#switch)) {
      // Pressed once more, it cancels once more, and ends what was going on after the first time.
      const isSecond = this.#normalSince !== null && monotonicMs() - this.#normalSince >= this.#config.timing.settled;
      this.#normalSince = null;
      if (!this.#hold.isTripped || isSecond) void this.trip(`red switch: ${this.#contactsText}`);
      else if (this.#switch !== 'opened') this.#hold.rename('red switch: opened', `red switch: ${this.#contactsText}`);
    } else if (isGood(this.#switch)) {
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
    if (this.#hold.unstored !== null && this.#hold.isTripped) void this.#hold.store();
    this.#journal.retry();
    void this.#hold.compare().then((cause) => (cause === null ? undefined : this.trip(cause)));
    void this.#limits.look().then((changed) => (changed ? this.#tellLimits() : undefined));
  }

  #tellLimits(): void {
    this.#journal.append({ kind: 'limits', limits: this.#limits.value, problems: this.#limits.problems });
    this.#changed();
  }

  #linked(): void {
    this.#holdings.ask(this.#link);
    if (this.#hold.isTripped) {
      this.#link.cancelAll();
      this.#evidence.begin();
    }
    this.#changed();
  }

  #unlinked(reason: string): void {
    this.#holdings.forget();
    this.#evidence.unknown();
    if (this.#hold.isTripped) this.#closing?.tick();
    this.#journal.append({ kind: 'link', text: reason });
    this.#changed();
  }

  #hear(id: number, fields: readonly string[]): void {
    this.#evidence.hear(id, fields);
    this.#questions.hear(id, fields);
    this.#holdings.hear(id, fields);
    this.#closing?.hear(id, fields);
  }
}
