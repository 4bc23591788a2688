import { rm } from 'node:fs/promises';
import { ManualClock } from '../../edges/system/manual/clock.ts';
import type { GuardStatus } from '../../guard/status.ts';
import type { BookEvent } from '../../lab/exchange/book.ts';
import { hash, stream } from '../../lab/exchange/random.ts';
import { CrashStore } from '../../lab/storm/crash-store.ts';
import { GUARD_DIES } from '../../lab/storm/invariants.ts';
import { MemorySwitch } from '../../lab/storm/memory-switch.ts';
import { eventText, type Moment, type StormEvent } from '../../lab/storm/plan.ts';
import { Stillness } from '../../lab/storm/stillness.ts';
import type { TradingOptions } from '../options.ts';
import { AGENT_CLIENT_ID, AgentLife, type Defect } from './agent-life.ts';
import { ExchangeSide } from './exchange-side.ts';
import { GuardLife, prepareGuard } from './guard-life.ts';
import { NearGuard } from './near-guard.ts';
import { Person } from './person.ts';
import { strike, type Weather } from './weather.ts';

export interface WorldParts {
  readonly seed: number;
  readonly from: number;
  readonly folder: string;
  readonly options: TradingOptions;
  readonly defect: Defect;
}

interface Awaited {
  readonly moment: Moment;
  readonly downMs: number;
  left: number;
}

/** So that one order does not leave in the very instant of another. */
const USUAL_DELAY_MS = 9;
/** Whoever started it starts it again. */
const RESTARTS_AFTER_MS = 5_000;

/** Exchange, guard and appliance in one process on a clock that is moved by hand, and everything that can befall them. */
export class World implements Weather {
  readonly clock: ManualClock;
  readonly exchange: ExchangeSide;
  readonly stillness = new Stillness();
  readonly disk = new CrashStore();
  readonly contacts = new MemorySwitch();
  readonly #parts: WorldParts;
  readonly #person: Person;
  readonly #draw: () => number;
  readonly #guardWatchers = new Set<(status: GuardStatus | null) => void>();
  #agent: AgentLife | null = null;
  #guard: GuardLife | null = null;
  #guardPort = 0;
  #guardGone: Promise<unknown> = Promise.resolve();
  #awaited: Awaited[] = [];
  #diskDelay = 0;

  constructor(parts: WorldParts) {
    const { seed, from, options } = parts;
    this.#parts = parts;
    this.#draw = stream(hash(seed, 99));
    this.clock = new ManualClock(from);
    const { obeys } = parts.defect;
    this.exchange = new ExchangeSide({ clock: this.clock, seed, symbols: options.symbols, obeys });
    this.exchange.book.onEvent((event) => this.#hear(event));
    this.#person = new Person({
      ...{ clock: this.clock, contacts: this.contacts },
      guard: () => this.#guard?.guard ?? null,
      trading: () => this.#agent?.trading ?? null,
    });
  }

  get agent(): AgentLife | null {
    return this.#agent;
  }

  get guardStatus(): GuardStatus | null {
    return this.#guard?.guard?.status() ?? null;
  }

  async start(events: readonly StormEvent[]): Promise<void> {
    process.on('unhandledRejection', this.#unhandled);
    prepareGuard(this.#parts.folder, this.#parts.options.symbols);
    this.stillness.start();
    await this.exchange.start();
    await this.#startGuard();
    this.#startAgent();
    for (const event of events) {
      this.clock.at(event.at, () => {
        this.#note(eventText(event));
        strike(event, this);
      });
    }
  }

  async stop(): Promise<void> {
    this.#agent?.kill();
    await this.#guard?.stop();
    await this.#guardGone;
    await this.exchange.stop();
    this.stillness.stop();
    process.off('unhandledRejection', this.#unhandled);
    await rm(this.#parts.folder, { recursive: true, force: true });
  }

  /** Nothing goes wrong any more, and whoever was pressed or halted is let go on. */
  calm(): void {
    this.#note('calm');
    this.#awaited = [];
    this.#diskDelay = 0;
    this.disk.full = false;
    this.exchange.faults.clear();
    if (this.contacts.read() !== 'normal') this.contacts.set('normal');
    this.#person.mend();
  }

  crash(who: 'agent' | 'guard' | 'both', downMs: number): void {
    if (who !== 'guard') this.#killAgent(downMs);
    if (who !== 'agent') this.#killGuard(downMs);
  }

  restart(downMs: number): void {
    const agent = this.#agent;
    if (agent === null) return;
    this.#agent = null;
    const ended = (): void => {
      this.disk.close();
      this.clock.after(downMs, () => this.#startAgent());
    };
    agent.stop().then(ended, (error: unknown) => {
      this.exchange.witness.note({ kind: 'failure', text: `it did not stop in order: ${String(error)}` });
      ended();
    });
  }

  press(heldMs: number, resetMs: number): void {
    this.contacts.set('pressed');
    this.clock.after(heldMs, () => {
      this.#note('red switch released');
      this.contacts.set('normal');
      this.clock.after(resetMs, () => this.#person.mend());
    });
  }

  halt(resumeMs: number): void {
    void this.#agent?.trading?.controls.halt('storm', 'page');
    this.clock.after(resumeMs, () => this.#person.mend());
  }

  drop(who: 'agent' | 'guard'): void {
    const port = who === 'agent' ? this.#agentPort : this.exchange.port;
    for (const socket of this.stillness.callersOf(port)) socket.destroy();
  }

  slowDisk(delayMs: number, forMs: number): void {
    this.#diskDelay = delayMs;
    this.clock.after(forMs, () => {
      this.#diskDelay = 0;
    });
  }

  fullDisk(forMs: number): void {
    this.disk.full = true;
    this.clock.after(forMs, () => {
      this.disk.full = false;
    });
  }

  fault({ fault, forMs }: Extract<StormEvent, { kind: 'fault' }>): void {
    this.exchange.faults.set(fault, this.clock.now() + forMs);
  }

  await({ moment, nth, downMs }: Extract<StormEvent, { kind: 'crashAt' }>): void {
    this.#awaited.push({ moment, downMs, left: nth });
  }

  /** Where the agent connects. */
  get #agentPort(): number {
    return this.#parts.defect.pastGuard ? this.exchange.port : this.#guardPort;
  }

  #startAgent(): void {
    if (this.#agent !== null) return;
    const { options, defect } = this.#parts;
    const { clock, disk, exchange, stillness } = this;
    const agent: AgentLife = new AgentLife({
      ...{ clock, disk, options, defect, witness: exchange.witness, port: this.#agentPort },
      moment: (moment) => this.#agent === agent && this.#moment(moment),
      diskDelay: () => this.#diskDelay || Math.ceil(this.#draw() * USUAL_DELAY_MS),
      sockets: () => stillness.callersOf(this.#agentPort),
      ended: () => this.#agent === agent && this.#killAgent(RESTARTS_AFTER_MS),
      guard: (own) =>
        new NearGuard({
          clock: own,
          guard: () => this.#guard?.guard ?? null,
          watch: (listener) => {
            this.#guardWatchers.add(listener);
            return () => this.#guardWatchers.delete(listener);
          },
        }),
    });
    this.#agent = agent;
    this.#note('agent starts');
    void agent.start();
  }

  async #startGuard(): Promise<void> {
    await this.#guardGone;
    if (this.#guard !== null) return;
    const { clock, contacts, exchange, stillness } = this;
    const guard: GuardLife = new GuardLife({
      ...{ folder: this.#parts.folder, clock, contacts, exchangePort: exchange.port, port: this.#guardPort },
      sockets: () => stillness.ofProgram([this.#guardPort], [exchange.port]),
      changed: (status) => this.#guardSays(status),
    });
    this.#guard = guard;
    this.#note('guard starts');
    await guard.start();
    this.#guardPort = guard.guard?.port ?? this.#guardPort;
  }

  #killAgent(downMs: number): void {
    if (this.#agent === null) return;
    this.#note('agent dies');
    this.#agent.kill();
    this.#agent = null;
    this.disk.crash(this.#draw, this.#parts.defect.forgets ?? 0);
    this.clock.after(downMs, () => this.#startAgent());
  }

  #killGuard(downMs: number): void {
    if (this.#guard === null) return;
    this.#note(GUARD_DIES);
    this.#guardGone = this.#guard.kill().catch(() => undefined);
    this.#guard = null;
    for (const tell of this.#guardWatchers) tell(null);
    this.clock.after(downMs, () => void this.#startGuard());
  }

  #guardSays(status: GuardStatus): void {
    const { witness, book } = this.exchange;
    witness.guard({ halted: status.halted, working: book.openOrders().length });
    for (const tell of this.#guardWatchers) tell(status);
  }

  #hear(event: BookEvent): void {
    const status = this.guardStatus;
    if (event.kind === 'order' && status?.halted) {
      this.exchange.witness.guard({ halted: status.halted, working: this.exchange.book.openOrders().length });
    }
    if (event.kind === 'order' && event.order.request.clientId === AGENT_CLIENT_ID) {
      const { status: word, filled } = event.order;
      if (word === 'Submitted' && filled === 0) this.#moment('accepted');
    } else if (event.kind === 'execution' && event.execution.clientId === AGENT_CLIENT_ID) this.#moment('filled');
  }

  #moment(moment: Moment): void {
    for (const awaited of this.#awaited) {
      if (awaited.moment !== moment) continue;
      awaited.left -= 1;
      if (awaited.left > 0) continue;
      this.#awaited = this.#awaited.filter((other) => other !== awaited);
      this.#note(`crash at ${moment}`);
      this.#killAgent(awaited.downMs);
      return;
    }
  }

  /** It would end the process. */
  readonly #unhandled = (error: unknown): void => {
    this.exchange.witness.note({ kind: 'failure', text: `nobody handles: ${String(error)}` });
  };

  #note(text: string): void {
    this.exchange.witness.note({ kind: 'event', text });
  }
}
