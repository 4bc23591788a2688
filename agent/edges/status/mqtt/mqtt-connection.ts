import { randomBytes } from 'node:crypto';
import type { IPublishPacket, MqttClient } from 'mqtt';
import type { Clock, Timer } from '../../system/clock.ts';
import type { Log } from '../../system/log.ts';
import { brokerAddress } from './broker-address.ts';

export interface Publication {
  readonly topic: string;
  readonly payload: string;
  readonly retain: boolean;
}

export interface Received {
  readonly topic: string;
  readonly payload: string;
  readonly retained: boolean;
}

export interface MqttConnectionOptions {
  readonly url: string;
  readonly username: string | null;
  readonly password: string | null;
  readonly clientIdPrefix: string;
  /** What the broker says for us when we are gone; `last` is also said by ourselves at the end. */
  readonly will: { readonly topic: string; readonly last: string };
  readonly subscriptions: readonly { readonly topic: string; readonly qos: 0 | 1 }[];
  readonly clock: Clock;
  readonly log: Log;
  /** The broker answers and has confirmed the subscriptions. */
  readonly onUp: (detail: string) => void;
  readonly onDown: (detail: string) => void;
  readonly onMessage: (message: Received) => void;
  readonly onRefused: (topic: string, detail: string) => void;
}

const FIRST_RETRY_MS = 1000;
const LAST_RETRY_MS = 60_000;
const FAREWELL_MS = 1000;
/** "Unacceptable protocol version", in the words of MQTT 3.1.1 and of MQTT 5. */
const VERSION_REFUSED = [1, 132];

/**
 * One connection after another, each with a client of its own: whatever was not sent when a connection ended is forgotten with
 * it, so that nothing old is ever sent late.
 */
export class MqttConnection {
  readonly #options: MqttConnectionOptions;
  #client: MqttClient | null = null;
  #version: 4 | 5 = 5;
  #up = false;
  #running = false;
  #retryMs = FIRST_RETRY_MS;
  #retry: Timer | null = null;

  constructor(options: MqttConnectionOptions) {
    this.#options = options;
  }

  start(): void {
    this.#running = true;
    void this.#connect();
  }

  /** Says `last` where the will would have been said, and waits at most a second for it to arrive. */
  async stop(): Promise<void> {
    this.#running = false;
    this.#retry?.cancel();
    const client = this.#client;
    this.#client = null;
    if (client === null) return;
    const { clock, will } = this.#options;
    const enough = Promise.withResolvers<void>();
    const timer = clock.at(clock.now() + FAREWELL_MS, enough.resolve);
    client.once('close', enough.resolve);
    const said = this.#up ? client.publishAsync(will.topic, will.last, { qos: 1, retain: true }) : Promise.resolve();
    await Promise.race([said.catch(() => {}), enough.promise]);
    await Promise.race([client.endAsync().catch(() => {}), enough.promise]);
    timer.cancel();
    client.end(true);
    this.#up = false;
  }

  /** Dropped while there is no connection: whoever publishes says everything again in `onUp`. */
  publish({ topic, payload, retain }: Publication): void {
    if (!this.#up || this.#client === null) return;
    this.#client.publish(topic, payload, { qos: 1, retain }, (error) => {
      if (error && this.#up) this.#options.onRefused(topic, error.message);
    });
  }

  async #connect(): Promise<void> {
    const {
      default: { connect },
    } = await import('mqtt');
    if (!this.#running) return;
    const { url, username, password, clientIdPrefix, will } = this.#options;
    let trouble = 'no answer';
    const client = connect({
      ...brokerAddress(url),
      ...(username === null ? {} : { username }),
      ...(password === null ? {} : { password }),
      clientId: `${clientIdPrefix}-${randomBytes(4).toString('hex')}`,
      protocolVersion: this.#version,
      clean: true,
      keepalive: 15,
      connectTimeout: 10_000,
      reconnectPeriod: 0,
      reconnectOnConnackError: true,
      resubscribe: false,
      queueQoSZero: false,
      will: { topic: will.topic, payload: Buffer.from(will.last), qos: 1, retain: true },
    });
    this.#client = client;
    client.on('connect', () => this.#subscribe(client));
    client.on('message', (topic, payload, packet: IPublishPacket) => {
      this.#options.onMessage({ topic, payload: payload.toString('utf8'), retained: packet.retain });
    });
    client.on('error', (error) => {
      trouble = describe(error);
      const { code } = error as { code?: unknown };
      if (this.#version === 5 && VERSION_REFUSED.includes(code as number)) {
        this.#version = 4;
        trouble = '';
      }
    });
    client.on('close', () => this.#closed(client, trouble));
  }

  #subscribe(client: MqttClient): void {
    if (client !== this.#client) return;
    // Without it small messages wait tens of milliseconds for company.
    (client.stream as { setNoDelay?: (on: boolean) => void }).setNoDelay?.(true);
    const wanted = this.#options.subscriptions.map(({ topic, qos }) => [topic, { qos }] as const);
    client.subscribe(Object.fromEntries(wanted), (error) => {
      if (client !== this.#client || !client.connected) return;
      if (error) this.#options.log.warn({ error: error.message }, 'the MQTT broker refused a subscription');
      this.#up = true;
      this.#retryMs = FIRST_RETRY_MS;
      this.#options.onUp(`${address(this.#options.url)}, MQTT ${this.#version === 5 ? '5' : '3.1.1'}`);
    });
  }

  #closed(client: MqttClient, trouble: string): void {
    if (client !== this.#client) return;
    this.#client = null;
    const wasUp = this.#up;
    this.#up = false;
    client.end(true);
    if (!this.#running) return;
    const { clock, onDown, url } = this.#options;
    let delayMs = 0;
    // No trouble = the broker only wants to be spoken to in the older version, which is done at once.
    if (wasUp || trouble !== '') {
      delayMs = Math.round(this.#retryMs * (0.75 + Math.random() / 2));
      this.#retryMs = Math.min(LAST_RETRY_MS, this.#retryMs * 2);
      onDown(`${address(url)}: ${wasUp ? 'connection lost' : trouble}`);
    }
    this.#retry = clock.at(clock.now() + delayMs, () => void this.#connect());
  }
}

/** Without what stands before the @. */
function address(url: string): string {
  const { host, protocol } = new URL(url);
  return `${protocol}//${host}`;
}

/** A name with two addresses fails as a group, whose own message is empty. */
function describe(error: Error & { errors?: readonly Error[] }): string {
  return error.message || error.errors?.[0]?.message || error.name;
}
