import type { Panel } from '../edges/hardware/panel.ts';
import type { Board, Controls } from '../edges/status/board.ts';
import type { Inquiries } from '../edges/status/inquiries.ts';
import { MqttFeed } from '../edges/status/mqtt/mqtt-feed.ts';
import { Page } from '../edges/status/page/page.ts';
import type { ShownConnection } from '../edges/status/snapshot.ts';
import type { Clock } from '../edges/system/clock.ts';
import type { Log } from '../edges/system/log.ts';

export interface ShowsOptions {
  readonly page: {
    readonly host: string;
    readonly port: number;
    readonly token: string;
    readonly hostNames: readonly string[];
  };
  /** `null` = no MQTT. */
  readonly mqtt: {
    readonly url: string;
    readonly username: string | null;
    readonly password: string | null;
    readonly node: string;
    readonly topicPrefix: string;
    readonly discoveryPrefix: string;
    readonly schedule: 'calming' | 'all';
  } | null;
  readonly panel: Panel | null;
}

export interface ShowsParts {
  readonly board: Board;
  readonly controls: Controls;
  readonly inquiries: Inquiries;
  /** Real time, whatever the market's speed. */
  readonly clock: Clock;
  readonly log: Log;
  readonly onConnection: (connection: ShownConnection) => void;
}

/** The renderings of the status record: page, MQTT and panel. */
export class Shows {
  readonly #page: Page;
  readonly #mqtt: MqttFeed | null;
  readonly #panel: Panel | null;
  readonly #parts: ShowsParts;
  #leave: () => void = () => undefined;

  constructor(options: ShowsOptions, parts: ShowsParts) {
    const { board, controls, inquiries, clock, log } = parts;
    this.#parts = parts;
    this.#page = new Page({ board, controls, inquiries, clock, log: log.child('page'), ...options.page });
    this.#panel = options.panel;
    this.#mqtt = options.mqtt === null ? null : mqttFeed(options.mqtt, parts);
  }

  get pageAddress(): string {
    return this.#page.address;
  }

  /** Loads the page's libraries. */
  prepare(): Promise<void> {
    return this.#page.prepare();
  }

  /** The page first: it is what a person waits for. Throws when its port cannot be had. */
  async start(): Promise<void> {
    await this.#page.start();
    await this.#mqtt?.start();
    const { panel, board } = { panel: this.#panel, board: this.#parts.board };
    if (panel === null) return;
    await panel.start();
    panel.show(board.current);
    this.#leave = board.onChange((snapshot) => panel.show(snapshot));
  }

  async stop(): Promise<void> {
    this.#leave();
    await this.#panel?.stop();
    await this.#mqtt?.stop();
    await this.#page.stop();
  }
}

function mqttFeed(mqtt: NonNullable<ShowsOptions['mqtt']>, parts: ShowsParts): MqttFeed {
  const { username, password, ...rest } = mqtt;
  const { onConnection, board, controls, clock, log } = parts;
  const secret = { ...(username === null ? {} : { username }), ...(password === null ? {} : { password }) };
  return new MqttFeed({ ...rest, ...secret, board, controls, clock, log: log.child('mqtt'), onConnection });
}
