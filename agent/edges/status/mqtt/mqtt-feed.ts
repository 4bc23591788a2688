import { randomBytes } from 'node:crypto';
import type { EpochMs } from '../../../core/calendar/time.ts';
import type { Clock, Timer } from '../../system/clock.ts';
import type { Log } from '../../system/log.ts';
import type { Board, Controls } from '../board.ts';
import type { ShownConnection } from '../snapshot.ts';
import { brokerAddress } from './broker-address.ts';
import { Commands, type ScheduleReach } from './commands.ts';
import { discoveryPayload } from './discovery.ts';
import { MqttConnection, type Received } from './mqtt-connection.ts';
import { infoPayload, positionsPayload, statePayload } from './payload.ts';
import { type Topics, topicsOf } from './topics.ts';

export interface MqttFeedOptions {
  /** `mqtt://host:1883` or `mqtts://host:8883` */
  readonly url: string;
  readonly username?: string;
  readonly password?: string;
  /** Short and fixed for this appliance: letters, digits, `_` and `-`. */
  readonly node: string;
  /** `wheelhouse` */
  readonly topicPrefix?: string;
  /** `homeassistant` */
  readonly discoveryPrefix?: string;
  /** Where the page can be reached from the owner's home; left out while it listens on loopback only. */
  readonly pageUrl?: string;
  /** Name of the connection on the board that is the broker's; `Broker`. */
  readonly linkName?: string;
  /** What of the schedule may be steered; `calming`. */
  readonly schedule?: ScheduleReach;
  readonly board: Board;
  readonly controls: Controls;
  /** Real time, also where the market's runs faster: commands carry the sender's time. */
  readonly clock: Clock;
  readonly log: Log;
  /** Called whenever `connection` changes, for the board. */
  readonly onConnection?: (connection: ShownConnection) => void;
  /** 0 up to 1; Math.random. */
  readonly random?: () => number;
}

const STATE_EVERY_MS = 1000;
const HEARTBEAT_MS = 60_000;
const ECHO_MS = 5000;
/** Home Assistant skips components when a second payload comes while it is still at the first. */
const BETWEEN_CONFIGS_MS = 5000;

/** The status record for Home Assistant and whoever else listens. Losing it never stops anything else. */
export class MqttFeed {
  readonly #options: MqttFeedOptions;
  readonly #topics: Topics;
  readonly #commands: Commands;
  readonly #connection: MqttConnection;
  /** What this connection's broker was told last, by topic. */
  readonly #said = new Map<string, string>();
  readonly #timers = new Map<'state' | 'heartbeat' | 'birth' | 'echo', Timer>();
  #shown: ShownConnection;
  #up = false;
  #stateAt: EpochMs = 0;
  #configAt: EpochMs = 0;
  #echo = '';
  #unsubscribe: () => void = () => {};

  constructor(options: MqttFeedOptions) {
    const { board, clock, controls, log, node } = options;
    this.#options = options;
    this.#topics = topicsOf({
      topicPrefix: options.topicPrefix ?? 'wheelhouse',
      discoveryPrefix: options.discoveryPrefix ?? 'homeassistant',
      node,
    });
    this.#commands = new Commands({ controls, clock, log, schedule: options.schedule ?? 'calming' });
    this.#shown = { name: 'MQTT', state: 'off', detail: 'not started', since: board.current.at };
    this.#connection = new MqttConnection({
      url: options.url,
      username: options.username ?? null,
      password: options.password ?? null,
      clientIdPrefix: `wheelhouse-${node}`,
      will: { topic: this.#topics.availability, last: 'offline' },
      subscriptions: [
        { topic: `${this.#topics.command}+`, qos: 1 },
        { topic: this.#topics.birth, qos: 0 },
      ],
      clock,
      log,
      onUp: (detail) => this.#begin(detail),
      onDown: (detail) => this.#end(detail),
      onMessage: (message) => this.#receive(message),
      onRefused: (topic, detail) => this.#show('warning', `publishing ${topic} was refused: ${detail}`),
    });
  }

  /** Returns at once; the connection comes when it comes. Throws an Error with code MQTT_BAD_NODE or MQTT_BAD_URL. */
  async start(): Promise<void> {
    const { board, node, url } = this.#options;
    if (!/^[\w-]+$/.test(node)) throw fail('MQTT_BAD_NODE', `"${node}" is not a node name: letters, digits, _ and -`);
    if (brokerAddress(url) === null) {
      throw fail('MQTT_BAD_URL', 'the address of the MQTT broker is not one; it looks like mqtt://192.168.1.20:1883');
    }
    this.#unsubscribe = board.onChange(() => this.#changed());
    this.#show('off', 'connecting');
    this.#connection.start();
  }

  async stop(): Promise<void> {
    this.#unsubscribe();
    this.#cancelTimers();
    await this.#connection.stop();
    this.#up = false;
    this.#show('off', 'stopped');
  }

  get connection(): ShownConnection {
    return this.#shown;
  }

  #begin(detail: string): void {
    this.#up = true;
    this.#said.clear();
    this.#show('ok', detail);
    this.#sayEverything();
    this.#beat();
    this.#awaitEcho();
  }

  #end(detail: string): void {
    this.#up = false;
    this.#cancelTimers();
    // Never "failed": the appliance trades on without it.
    this.#show('warning', detail);
  }

  #sayEverything(): void {
    const { board, clock, linkName, node, pageUrl } = this.#options;
    const { availability, discovery, info, positions, state } = this.#topics;
    const snapshot = board.current;
    this.#say(info, infoPayload(snapshot));
    this.#say(state, statePayload(snapshot, linkName ?? 'Broker'));
    this.#say(positions, positionsPayload(snapshot));
    this.#say(availability, 'online');
    const { version } = snapshot;
    this.#say(discovery, discoveryPayload({ node, topics: this.#topics, version, pageUrl: pageUrl ?? null }));
    this.#stateAt = clock.now();
    this.#configAt = clock.now();
  }

  #changed(): void {
    if (!this.#up || this.#timers.has('state')) return;
    const { clock } = this.#options;
    const timer = clock.at(Math.max(clock.now(), this.#stateAt + STATE_EVERY_MS), () => {
      this.#timers.delete('state');
      this.#stateAt = clock.now();
      this.#saySnapshot(false);
    });
    this.#timers.set('state', timer);
  }

  #saySnapshot(always: boolean): void {
    const { board, linkName } = this.#options;
    const { info, positions, state } = this.#topics;
    const texts = {
      [info]: infoPayload(board.current),
      [state]: statePayload(board.current, linkName ?? 'Broker'),
      [positions]: positionsPayload(board.current),
    };
    for (const [topic, text] of Object.entries(texts)) {
      if (this.#said.get(topic) !== text || (always && topic === state)) this.#say(topic, text);
    }
  }

  #say(topic: string, payload: string): void {
    this.#said.set(topic, payload);
    this.#connection.publish({ topic, payload, retain: true });
  }

  #beat(): void {
    const { clock } = this.#options;
    const timer = clock.at(clock.now() + HEARTBEAT_MS, () => {
      this.#saySnapshot(true);
      this.#beat();
    });
    this.#timers.set('heartbeat', timer);
  }

  #receive({ topic, payload, retained }: Received): void {
    const { birth, command } = this.#topics;
    if (topic === birth) {
      if (payload === 'online' && !retained) this.#reborn();
      return;
    }
    const verb = topic.slice(command.length);
    if (verb === 'result') return;
    if (verb === 'ping') this.#heardEcho(payload);
    else void this.#obey(verb, payload, retained);
  }

  async #obey(verb: string, payload: string, retained: boolean): Promise<void> {
    const result = await this.#commands.handle({ verb, payload, retained });
    if (result === null) return;
    const at = Temporal.Instant.fromEpochMilliseconds(Math.round(this.#options.clock.now())).toString();
    this.#connection.publish({
      topic: this.#topics.result,
      payload: JSON.stringify({ ...result, error: result.status === 'error' ? result.message : null, at }),
      retain: false,
    });
  }

  /** Home Assistant has started: everything once more, but one time only, however often it says so. */
  #reborn(): void {
    if (!this.#up || this.#timers.has('birth')) return;
    const { clock, random } = this.#options;
    const delayMs = 1000 + (random ?? Math.random)() * 4000;
    const at = Math.max(clock.now() + delayMs, this.#configAt + BETWEEN_CONFIGS_MS);
    const timer = clock.at(at, () => {
      this.#timers.delete('birth');
      this.#sayEverything();
    });
    this.#timers.set('birth', timer);
  }

  /** Brokers grant a subscription they will not serve; only a message of our own coming back shows that commands arrive. */
  #awaitEcho(): void {
    const { clock } = this.#options;
    this.#echo = randomBytes(8).toString('hex');
    const timer = clock.at(clock.now() + ECHO_MS, () => {
      this.#show('warning', `connected, but commands do not arrive: reading ${this.#topics.command}# must be allowed`);
    });
    this.#timers.set('echo', timer);
    this.#connection.publish({ topic: `${this.#topics.command}ping`, payload: this.#echo, retain: false });
  }

  #heardEcho(payload: string): void {
    if (payload === this.#echo) this.#timers.get('echo')?.cancel();
  }

  #show(state: ShownConnection['state'], detail: string): void {
    if (this.#shown.state === state && this.#shown.detail === detail) return;
    const { board, log, onConnection } = this.#options;
    const since = this.#shown.state === state ? this.#shown.since : board.current.at;
    this.#shown = { name: 'MQTT', state, detail, since };
    if (state === 'warning') log.warn({ detail }, 'the MQTT connection is not well');
    onConnection?.(this.#shown);
  }

  #cancelTimers(): void {
    for (const timer of this.#timers.values()) timer.cancel();
    this.#timers.clear();
  }
}

function fail(code: string, message: string): Error {
  return Object.assign(new Error(message), { code });
}
