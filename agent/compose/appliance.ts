import type { Configuration } from '../config/load.ts';
import { IbBroker } from '../edges/broker/ib/ib-broker.ts';
import type { Panel } from '../edges/hardware/panel.ts';
import { LevelStore } from '../edges/store/level/level-store.ts';
import type { Store } from '../edges/store/store.ts';
import { HostClock } from '../edges/system/host/clock.ts';
import type { Log } from '../edges/system/log.ts';
import { Connections } from './connections.ts';
import { tradingOptions } from './from-settings.ts';
import { hostOf } from './host.ts';
import { Shows } from './shows.ts';
import { composeTrading, type Trading } from './trading.ts';

export interface ApplianceRequest {
  readonly configuration: Configuration;
  readonly token: string;
  readonly panel: Panel | null;
  readonly log: Log;
}

/** The appliance itself, in real time and against Interactive Brokers. */
export class Appliance {
  readonly #store: Store;
  readonly #trading: Trading;
  readonly #shows: Shows;

  constructor({ configuration, token, panel, log }: ApplianceRequest) {
    const { settings, secrets } = configuration;
    const clock = new HostClock();
    const connections = new Connections();
    const { host, port, clientId, account, messagesPerSecond, marketDataLines, requestTimeoutSeconds } =
      settings.broker;
    const broker = new IbBroker({
      ...{ host, port, clientId, account, messagesPerSecond, marketDataLines, clock },
      requestTimeoutMs: requestTimeoutSeconds * 1000,
      log: log.child('broker'),
    });
    this.#store = new LevelStore({ path: settings.store.path });
    this.#trading = composeTrading(tradingOptions(settings, { run: settings.broker.mode, speed: 1 }), {
      ...{ clock, store: this.#store, broker, marketData: broker, log },
      host: hostOf(settings.store.path),
      connections: () => connections.all,
    });
    const { board, controls } = this.#trading;
    const { enabled, ...mqtt } = settings.mqtt;
    this.#shows = new Shows(
      {
        page: { ...settings.page, token },
        mqtt: enabled ? { ...mqtt, password: secrets.mqttPassword } : null,
        panel,
      },
      {
        ...{ board, controls, clock, log },
        onConnection: (connection) => {
          connections.set(connection);
          board.changed();
        },
      },
    );
  }

  get pageAddress(): string {
    return this.#shows.pageAddress;
  }

  /** Store first, then page and broker. Calls back when the page can be read; resolves when the timetable runs. */
  async start(onPage: () => void): Promise<void> {
    // Libraries are read while the disk is waited for.
    await Promise.all([this.#store.start(), this.#shows.prepare()]);
    await this.#trading.load();
    // The page is made while the broker answers.
    await Promise.all([this.#shows.start().then(onPage), this.#trading.connect()]);
    await this.#trading.begin();
  }

  async stop(): Promise<void> {
    await this.#trading.stop();
    await this.#shows.stop();
    await this.#store.stop();
  }
}
