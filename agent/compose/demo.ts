import { existsSync } from 'node:fs';
import { mkdir, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { newYorkDate } from '../core/calendar/new-york.ts';
import type { Money } from '../core/market/money.ts';
import { IbBroker } from '../edges/broker/ib/ib-broker.ts';
import type { Guard } from '../edges/guard/guard.ts';
import { UnixGuard } from '../edges/guard/unix/unix-guard.ts';
import type { Panel } from '../edges/hardware/panel.ts';
import type { ShownConnection } from '../edges/status/snapshot.ts';
import { LevelStore } from '../edges/store/level/level-store.ts';
import { HostClock } from '../edges/system/host/clock.ts';
import type { Log } from '../edges/system/log.ts';
import { type JournalEntry, JournalledStore } from '../lab/backtest/journal.ts';
import { type ReplaySummary, summarise } from '../lab/backtest/summary.ts';
import { SyntheticMarket } from '../lab/exchange/synthetic-market.ts';
import { HomeMqttServer } from '../lab/home/mqtt-server.ts';
import { Connections } from './connections.ts';
import type { DemoRun } from './demo-run.ts';
import { demoLimits } from './guard-limits.ts';
import { GuardProcess } from './guard-process.ts';
import { hostOf } from './host.ts';
import { LOOPBACK } from './loopback.ts';
import type { TradingOptions } from './options.ts';
import { Shows } from './shows.ts';
import { PROGRAM_CLIENT, SIMULATED_ACCOUNT, Simulation } from './simulation.ts';
import { composeTrading, type Trading } from './trading.ts';

/** These guard the network, not the market: they stay real seconds at any speed. */
const REQUEST_TIMEOUT_MS = 10_000;
const MESSAGES_PER_SECOND = 40;
/** Of all through the guard, in market time like what the agent counts. */
const GUARDED_PER_SECOND = 48;
const FASTEST_COUNTED = 1_000;

export interface DemoRequest {
  readonly folder: string;
  readonly run: DemoRun;
  readonly cash: Money;
  readonly options: TradingOptions;
  /** `anyPort`: a free port will do when this one is taken. */
  readonly page: { readonly port: number; readonly anyPort: boolean; readonly token: string };
  readonly panel: Panel | null;
  readonly log: Log;
  readonly onEntry: (entry: JournalEntry) => void;
}

/** Simulated exchange, agent, page and MQTT in one process, and the guard in its own, on a clock that runs as fast as is asked. */
export class Demo {
  readonly #request: DemoRequest;
  readonly #clock: HostClock;
  readonly #simulation: Simulation;
  readonly #home = new HomeMqttServer();
  readonly #backups: LevelStore;
  readonly #store: JournalledStore;
  readonly #real = new HostClock();
  #guardProcess: GuardProcess | null = null;
  #trading: Trading | null = null;
  #shows: Shows | null = null;
  readonly #connections = new Connections();

  constructor(request: DemoRequest) {
    const { folder, run, cash, log } = request;
    this.#request = request;
    this.#clock = new HostClock({ speed: run.speed, anchor: run.anchor });
    const market = new SyntheticMarket({ seed: run.seed });
    const bookPath = join(folder, 'exchange.jsonl');
    this.#simulation = new Simulation({ market, clock: this.#clock, cash, bookPath, log });
    this.#backups = new LevelStore({ path: join(folder, 'store'), onFailure: () => this.#trading?.board.changed() });
    this.#store = new JournalledStore({ store: this.#backups, clock: this.#clock, onEntry: request.onEntry });
  }

  get pageAddress(): string {
    return this.#shows?.pageAddress ?? '';
  }

  get mqttAddress(): string {
    return this.#home.url;
  }

  get exchangeAddress(): string {
    return `${LOOPBACK}:${this.#simulation.port}`;
  }

  /** Calls back as soon as the day can be watched, and resolves when it has begun. */
  async start(onPage: () => Promise<void>): Promise<void> {
    await this.#store.start();
    await this.#simulation.start();
    const [{ port, guard }] = await Promise.all([this.#startGuard(), this.#home.start()]);
    const trading = composeTrading(this.#request.options, {
      clock: this.#clock,
      store: this.#store,
      ...this.#broker(port),
      guard,
      log: this.#request.log,
      host: hostOf(this.#request.folder, this.#backups, () => this.#guardProcess?.pid ?? null),
      connections: () => this.#connections.all,
    });
    this.#trading = trading;
    await trading.load();
    this.#shows = await this.#startShows(trading);
    await onPage();
    this.#simulation.run();
    await trading.connect();
    await trading.begin();
  }

  /** Resolves with what the day came to: when its last hour is over, or as it stands when it is stopped before. */
  async finished(signal: AbortSignal): Promise<ReplaySummary> {
    if (this.#trading === null) throw new Error('the demo has not been started');
    const { until } = this.#request.run;
    await this.#clock.until(until, signal).catch(() => undefined);
    const date = newYorkDate(Math.min(this.#clock.now(), until));
    const snapshot = this.#trading.board.current;
    // What the evening had begun ends here: it is told as interrupted, not as running.
    await this.#trading.runner.stop();
    return summarise(this.#store, { date, snapshot });
  }

  async stop(): Promise<void> {
    await this.#trading?.stop();
    await this.#shows?.stop();
    await this.#guardProcess?.stop();
    await this.#simulation.stop();
    await this.#home.stop();
    await this.#store.stop();
  }

  /** The only way to the exchange: it sees every order. */
  async #startGuard(): Promise<{ readonly port: number; readonly guard: Guard }> {
    const { folder, run, options, log } = this.#request;
    const clock = this.#real;
    const started = new GuardProcess({
      folder: join(folder, 'guard'),
      wasSetUp: false,
      gateway: { host: LOOPBACK, port: this.#simulation.port },
      limits: demoLimits(SIMULATED_ACCOUNT, options.symbols),
      afterReset: 'active',
      messagesPerSecond: run.speed > FASTEST_COUNTED ? 0 : Math.ceil(GUARDED_PER_SECOND * Math.max(1, run.speed)),
      ...{ clock, log: log.child('guard') },
    });
    this.#guardProcess = started;
    const port = await started.start();
    return { port, guard: new UnixGuard({ path: started.openSocket, clock, log: log.child('guard') }) };
  }

  #broker(port: number): { readonly broker: IbBroker; readonly marketData: IbBroker } {
    const { run, log } = this.#request;
    const scaled = {
      requestTimeoutMs: REQUEST_TIMEOUT_MS * run.speed,
      connectTimeoutMs: REQUEST_TIMEOUT_MS * run.speed,
    };
    const broker = new IbBroker({
      ...{ host: LOOPBACK, port, clientId: PROGRAM_CLIENT, account: null, clock: this.#clock },
      ...scaled,
      log: log.child('broker'),
      messagesPerSecond: MESSAGES_PER_SECOND,
      heartbeatMs: REQUEST_TIMEOUT_MS * run.speed,
      heartbeatTimeoutMs: REQUEST_TIMEOUT_MS * run.speed,
    });
    return { broker, marketData: broker };
  }

  async #startShows(trading: Trading): Promise<Shows> {
    const { port, anyPort } = this.#request.page;
    const shows = this.#composeShows(trading, port);
    try {
      await shows.start();
      return shows;
    } catch (error) {
      if (!anyPort || (error as { code?: unknown }).code !== 'PAGE_PORT_IN_USE') throw error;
    }
    const elsewhere = this.#composeShows(trading, 0);
    await elsewhere.start();
    return elsewhere;
  }

  #composeShows({ board, controls, inquiries }: Trading, port: number): Shows {
    const { page, panel, log } = this.#request;
    const mqtt = { url: this.#home.url, username: null, password: null, node: 'demo' };
    const onConnection = (connection: ShownConnection): void => {
      this.#connections.set(connection);
      board.changed();
    };
    return new Shows(
      {
        page: { host: LOOPBACK, port, token: page.token, hostNames: [] },
        mqtt: { ...mqtt, topicPrefix: 'wheelhouse', discoveryPrefix: 'homeassistant', schedule: 'calming' },
        panel,
      },
      { board, controls, inquiries, clock: this.#real, log, onConnection },
    );
  }
}

/** A new day begins with an empty folder. Only what a demo made is removed. */
export async function prepareFolder(folder: string, fresh: boolean): Promise<void> {
  await mkdir(folder, { recursive: true });
  await assertUnused(folder);
  if (!fresh) return;
  for (const name of ['store', 'store-copies', 'exchange.jsonl'])
    await rm(join(folder, name), { recursive: true, force: true });
}

/** Nothing in the folder may be touched while another demo works in it: its store knows. */
async function assertUnused(folder: string): Promise<void> {
  const path = join(folder, 'store');
  if (!existsSync(path)) return;
  const store = new LevelStore({ path });
  try {
    await store.start();
  } catch (error) {
    // A damaged store is nobody's: a fresh day may replace it, and a day that goes on will say what is wrong with it.
    if ((error as { code?: unknown }).code === 'STORE_LOCKED') throw error;
  }
  await store.stop();
}
