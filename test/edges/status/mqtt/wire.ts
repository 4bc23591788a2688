import { type ChildProcess, spawn } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { connect as connectSocket, createServer } from 'node:net';
import { tmpdir, userInfo } from 'node:os';
import { join } from 'node:path';
import type { TestContext } from 'node:test';
import { setTimeout as pause } from 'node:timers/promises';
import { connectAsync, type MqttClient } from 'mqtt';

export interface Heard {
  readonly topic: string;
  readonly payload: string;
  readonly retained: boolean;
}

/** Waits for a condition, not for a time. */
export async function eventually(what: string, condition: () => boolean | Promise<boolean>): Promise<void> {
  const deadline = performance.now() + 8000;
  while (!(await condition())) {
    if (performance.now() > deadline) throw new Error(`did not happen: ${what}`);
    await pause(10);
  }
}

/** A real mosquitto on loopback that remembers nothing across a restart. */
export class Mosquitto {
  readonly #binary: string;
  readonly #folder = mkdtempSync(join(tmpdir(), 'wheelhouse-mosquitto-'));
  readonly #access: readonly string[];
  #process: ChildProcess | null = null;
  #port = 0;

  /** @param access who may connect, in the words of its configuration */
  constructor(t: TestContext, binary: string, access: readonly string[] = ['allow_anonymous true']) {
    this.#binary = binary;
    this.#access = access;
    t.after(async () => {
      await this.stop();
      rmSync(this.#folder, { recursive: true });
    });
  }

  get url(): string {
    return `mqtt://127.0.0.1:${this.#port}`;
  }

  async start(): Promise<void> {
    if (this.#port === 0) this.#port = await freePort();
    const file = join(this.#folder, 'mosquitto.conf');
    const user = userInfo().uid === 0 ? ['user root'] : [];
    const lines = [`listener ${this.#port} 127.0.0.1`, ...this.#access, 'persistence false', 'log_dest none', ...user];
    writeFileSync(file, lines.join('\n'));
    this.#process = spawn(this.#binary, ['-c', file], { stdio: 'ignore' });
    await eventually('mosquitto listens', () => listens(this.#port));
  }

  async stop(): Promise<void> {
    const running = this.#process;
    this.#process = null;
    if (running === null || running.exitCode !== null) return;
    const ended = new Promise((resolve) => running.once('exit', resolve));
    running.kill('SIGTERM');
    await ended;
  }
}

/** Somebody else at the same broker, who hears everything. */
export class Listener {
  readonly heard: Heard[] = [];
  readonly client: MqttClient;

  constructor(client: MqttClient) {
    this.client = client;
  }

  static async at(t: TestContext, url: string, protocolVersion: 4 | 5 = 5): Promise<Listener> {
    const client = await connectAsync(url, { protocolVersion, reconnectPeriod: 0 });
    t.after(() => client.endAsync(true));
    const listener = new Listener(client);
    client.on('message', (topic, payload, { retain }) => {
      listener.heard.push({ topic, payload: payload.toString(), retained: retain });
    });
    await client.subscribeAsync('#', { qos: 1, rap: true });
    return listener;
  }

  of(topic: string): string[] {
    return this.heard.filter((one) => one.topic === topic).map(({ payload }) => payload);
  }

  last(topic: string): string | undefined {
    return this.of(topic).at(-1);
  }

  async say(topic: string, payload: string, retain = false): Promise<void> {
    await this.client.publishAsync(topic, payload, { qos: 1, retain });
  }
}

async function freePort(): Promise<number> {
  const server = createServer();
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const { port } = server.address() as { port: number };
  await new Promise((resolve) => server.close(resolve));
  return port;
}

function listens(port: number): Promise<boolean> {
  return new Promise((resolve) => {
    const socket = connectSocket(port, '127.0.0.1', () => {
      socket.destroy();
      resolve(true);
    });
    socket.on('error', () => resolve(false));
  });
}
