import { lookup } from 'node:dns/promises';
import { isIP } from 'node:net';
import { dirname, join, resolve } from 'node:path';
import type { Configuration } from '../config/load.ts';
import { IbBroker } from '../edges/broker/ib/ib-broker.ts';
import { UnixGuard } from '../edges/guard/unix/unix-guard.ts';
import type { Panel } from '../edges/hardware/panel.ts';
import { loadLibraries } from '../edges/status/page/server.ts';
import type { ShownConnection } from '../edges/status/snapshot.ts';
import { LevelStore } from '../edges/store/level/level-store.ts';
import type { Clock } from '../edges/system/clock.ts';
import { HostClock } from '../edges/system/host/clock.ts';
import type { Log } from '../edges/system/log.ts';
import { ButtonResume } from './button-resume.ts';
import { Connections } from './connections.ts';
import { tradingOptions } from './from-settings.ts';
import { guardLimits } from './guard-limits.ts';
import type { GuardProcess } from './guard-process.ts';
import { hostOf } from './host.ts';
import { LOOPBACK } from './loopback.ts';
import { ownGuard } from './own-guard.ts';
import { Progress } from './progress.ts';
import { Shows } from './shows.ts';
import { together } from './together.ts';
import { composeTrading, type Trading } from './trading.ts';
import { wiredPanel } from './wired-panel.ts';

export interface ApplianceRequest {
  readonly configuration: Configuration;
  readonly token: string;
  readonly panel: Panel | null;
  readonly log: Log;
  /** The mode button on the box asks for it. */
  readonly onShutdown?: () => void;
  /** Absent = real time; another one only against a simulated exchange that keeps the same. */
  readonly pace?: Pace;
}

/** The market's time, and how many of its seconds pass in a real one. */
export interface Pace {
  readonly clock: Clock;
  readonly speed: number;
}

/** Where the broker is reached, and where the guard on that way is told to halt. */
interface Guarded {
  readonly host: string;
  readonly openSocket: string;
  /** Of a guard of our own it is known once it listens. */
  readonly port: Promise<number>;
}

/** Of the guard itself and of us, below the broker's 50. */
const GUARDED_PER_SECOND = 48;
/** These bound the network, not the market: they stay real seconds at any pace. */
const CONNECT_TIMEOUT_MS = 10_000;
const HEARTBEAT_MS = 5_000;

/** The appliance itself, in real time and against Interactive Brokers. */
export class Appliance {
  readonly #request: ApplianceRequest;
  readonly #real = new HostClock();
  readonly #pace: Pace;
  readonly #connections = new Connections();
  readonly #store: LevelStore;
  #guardProcess: GuardProcess | null = null;
  #brokerPort = 0;
  #trading: Trading | null = null;
  #shows: Shows | null = null;
  #progress: Progress | null = null;

  constructor(request: ApplianceRequest) {
    const { settings } = request.configuration;
    this.#request = request;
    this.#pace = request.pace ?? { clock: this.#real, speed: 1 };
    this.#store = new LevelStore({
      ...{ path: settings.store.path, log: request.log.child('store'), mendAt: this.#real },
      onFailure: () => this.#trading?.board.changed(),
      onDamage: (what) => void this.#trading?.alarm(what),
    });
  }

  get pageAddress(): string {
    return this.#shows?.pageAddress ?? '';
  }

  /** Of the guard that we start ourselves; `null` = it is a service of its own. */
  get guardConfig(): string | null {
    const { socket } = this.#request.configuration.settings.broker.guard;
    return socket === null ? join(resolve(this.#guardFolder), 'guard.json') : null;
  }

  /** Why it does not look after the market any more, or `null`; once started. */
  get stuck(): string | null {
    return this.#progress?.stuck() ?? null;
  }

  /** What it is doing, in a few words. */
  get summary(): string {
    const { run, mode, trading } = this.#trading?.board.current ?? {
      run: '',
      mode: 'starting',
      trading: { state: '' },
    };
    return `${run} ${mode}, trading ${trading.state}, ${this.pageAddress}`;
  }

  /** Store first, then the guard, then page and broker. Calls back when the page can be read; resolves when the timetable runs. */
  async start(onPage: () => Promise<void>): Promise<void> {
    // Whoever has the store may have a guard. Libraries are read while the disk is waited for.
    await Promise.all([this.#store.start(), loadLibraries()]);
    const guarded = await this.#startGuard();
    const trading = this.#composeTrading(guarded);
    this.#trading = trading;
    const shows = this.#composeShows(trading);
    this.#shows = shows;
    await Promise.all([trading.load(), shows.prepare()]);
    // The page is made while the guard starts and the broker answers.
    const connected = guarded.port.then((port) => {
      this.#brokerPort = port;
      return trading.connect();
    });
    await Promise.all([shows.start().then(onPage), connected]);
    await trading.begin();
    this.#progress = new Progress({ runner: trading.runner, store: this.#store, clock: this.#real });
  }

  async stop(): Promise<void> {
    await this.#trading?.stop();
    await this.#shows?.stop();
    await this.#guardProcess?.stop();
    await this.#store.stop();
  }

  /** A guard of our own, unless one that runs as its own service is configured: then that is what the broker's address means. */
  async #startGuard(): Promise<Guarded> {
    const { settings } = this.#request.configuration;
    const { host, port, guard, messagesPerSecond } = settings.broker;
    if (guard.socket !== null) return { host, port: Promise.resolve(port), openSocket: guard.socket };
    const log = this.#request.log.child('guard');
    const own = await ownGuard(this.#store, {
      folder: this.#guardFolder,
      gateway: { host: await addressOf(host), port },
      limits: guardLimits(settings),
      redSwitch: guard.switch,
      afterReset: guard.afterReset,
      messagesPerSecond: Math.max(GUARDED_PER_SECOND, messagesPerSecond),
      ...{ clock: this.#real, log },
    });
    this.#guardProcess = own;
    const { openSocket } = own;
    const listens = own.start();
    // Whoever waits for it hears of a failure.
    listens.catch(() => undefined);
    return { host: LOOPBACK, openSocket, port: listens };
  }

  get #guardFolder(): string {
    const { broker, store } = this.#request.configuration.settings;
    return broker.guard.folder ?? join(dirname(store.path), 'guard');
  }

  #composeTrading({ host, openSocket }: Guarded): Trading {
    const { configuration, log } = this.#request;
    const { settings } = configuration;
    const { clock, speed } = this.#pace;
    const { clientId, account, messagesPerSecond, marketDataLines, requestTimeoutSeconds } = settings.broker;
    const broker = new IbBroker({
      ...{ host, port: () => this.#brokerPort, clientId, account, messagesPerSecond, marketDataLines, clock },
      requestTimeoutMs: requestTimeoutSeconds * 1000 * speed,
      connectTimeoutMs: CONNECT_TIMEOUT_MS * speed,
      heartbeatMs: HEARTBEAT_MS * speed,
      heartbeatTimeoutMs: HEARTBEAT_MS * speed,
      log: log.child('broker'),
    });
    return composeTrading(tradingOptions(settings, { run: settings.broker.mode, speed }), {
      ...{ clock, store: this.#store, broker, marketData: broker, log },
      guard: new UnixGuard({ path: openSocket, clock: this.#real, log: log.child('guard') }),
      host: hostOf(settings.store.path, this.#store, () => this.#guardProcess?.pid ?? null),
      connections: () => this.#connections.all,
    });
  }

  #composeShows({ board, controls, inquiries }: Trading): Shows {
    const { configuration, token, panel, log, onShutdown } = this.#request;
    const { settings, secrets } = configuration;
    const { button } = settings.hardware;
    const { enabled, ...mqtt } = settings.mqtt;
    const clock = this.#real;
    const onConnection = (connection: ShownConnection): void => {
      this.#connections.set(connection);
      board.changed();
    };
    const atTheBox = new ButtonResume(clock);
    const hardware = wiredPanel(settings.hardware, {
      ...{ clock, log: log.child('hardware'), onConnection },
      onReset: () => atTheBox.held(),
      onShutdown: () => {
        log.warn({}, 'the mode button was held for 10 seconds: shutting down');
        onShutdown?.();
      },
    });
    const options = {
      page: { ...settings.page, token },
      mqtt: enabled ? { ...mqtt, password: secrets.mqttPassword } : null,
      panel: together([panel, hardware].filter((each) => each !== null)),
    };
    const guarded = button.line !== null && button.neededToResume ? atTheBox.guarding(controls, board) : controls;
    return new Shows(options, { board, controls: guarded, inquiries, clock, log, onConnection });
  }
}

/** The guard looks nothing up: the way to the gateway may not depend on that. */
async function addressOf(host: string): Promise<string> {
  if (isIP(host) !== 0) return host;
  try {
    return (await lookup(host)).address;
  } catch (error) {
    const { message } = error as Error;
    throw Object.assign(new Error(`broker.host "${host}" is not known: ${message}`), { code: 'BROKER_HOST_UNKNOWN' });
  }
}
