import { writeFileSync } from 'node:fs';
import { createServer } from 'node:net';
import { join } from 'node:path';
import { type GuardFiles, guardFiles } from '../../agent/compose/guard-files.ts';
import { demoLimits } from '../../agent/compose/guard-limits.ts';
import { SIMULATED_ACCOUNT } from '../../agent/compose/simulation.ts';
import type { BooksAnswer, OrderRow } from '../../agent/edges/status/inquiries.ts';
import type { StatusSnapshot } from '../../agent/edges/status/snapshot.ts';
import { askOnce } from '../../agent/ground/control/json-lines.ts';
import type { GuardStatus } from '../../agent/guard/status.ts';
import { Child, type Unit } from './child.ts';
import { SecondClient } from './second-client.ts';

export interface BoxWish {
  /** Keeps store, guard and the exchange's book. */
  readonly folder: string;
  /** New York time, such as 2026-11-20T09:33. */
  readonly from: string;
  /** Market seconds in a real one. */
  readonly speed: number;
  /** Of the market. */
  readonly seed: number;
}

export type Victim = 'agent' | 'guard' | 'both';

const SYMBOLS = ['SPY', 'QQQ', 'IWM', 'TSLA', 'AAPL', 'KO'];
export const CLIENT_ID = 1;
const CASH = 1_000_000_000;
/** New York time, and long enough after it for a slow machine. */
const ANALYSIS = '09:34';
export const EXECUTION = '09:36';
/** All symbols are worth an order. A large one is filled in many parts and works for long; what is left then moves for some minutes. */
const TRADING = [
  'strategy: { putWrite: { minScore: 20, minVolume: 0, minOpenInterest: 0, minDaysToExpiration: 24, maxDaysToExpiration: 36 } }',
  'risk: { maxSecuredPerSymbolDollars: 1e9, maxSecuredTotalDollars: 1e9, maxOrdersPerDay: 1000, maxContractsPerOrder: 1000 }',
  'orders: { priceSteps: 4, priceStepMinutes: 1, maxConcessionFraction: 1 }',
  `schedule: { analyse: { times: ["${ANALYSIS}"] }, execute: { times: ["${EXECUTION}"] } }`,
];
const TOKEN = 'kills';
const PATIENCE_MS = 5_000;
const LOOPBACK = '127.0.0.1';
const GUARDED_PER_SECOND = 48;
const LARGE_ORDERS = { contractsPerOrder: 1_000, contractsPerDay: 100_000, notionalPerOrder: 1_000_000_000 };

/** Exchange, guard and agent as on a real box: each in a process of its own, and whoever dies is started again. */
export class Box {
  readonly #wish: BoxWish;
  readonly #page: string;
  #exchange: Child | null = null;
  #guard: Child | null = null;
  #agent: Child | null = null;
  #second: SecondClient | null = null;
  #guardFiles: GuardFiles | null = null;
  #gatewayPort = 0;
  #pace = { speed: 1, anchor: { real: 0, market: 0 } };

  constructor(wish: BoxWish, pagePort: number) {
    this.#wish = wish;
    this.#page = `http://${LOOPBACK}:${pagePort}`;
  }

  static async make(wish: BoxWish): Promise<Box> {
    return new Box(wish, await freePort());
  }

  get bookPath(): string {
    return join(this.#wish.folder, 'exchange.jsonl');
  }

  get #guardFolder(): string {
    return join(this.#wish.folder, 'guard');
  }

  get storePath(): string {
    return join(this.#wish.folder, 'store');
  }

  /** The exchange past everything else. */
  get second(): SecondClient {
    if (this.#second === null) throw new Error('the box has not been started');
    return this.#second;
  }

  /** The market's time. */
  now(): number {
    const { speed, anchor } = this.#pace;
    return anchor.market + (Date.now() - anchor.real) * speed;
  }

  async start(): Promise<void> {
    await this.startWithoutAgent();
    this.startAgent();
  }

  async startWithoutAgent(): Promise<void> {
    this.#gatewayPort = await this.#startExchange();
    await this.#firstGuard(this.#gatewayPort);
  }

  /** Of the exchange. */
  get gatewayPort(): number {
    return this.#gatewayPort;
  }

  /** Resolves when it listens; whether an order would pass is another question. */
  async startGuard(): Promise<number> {
    if (this.#guardFiles === null) throw new Error('the box has not been started');
    const child = new Child('guard', ['agent/guard/main.ts', '--config', this.#guardFiles.config]);
    this.#guard = child;
    const said = await child.says(/listens on .*:(\d+)/);
    return Number(said[1]);
  }

  startAgent(unit: Unit | null = null): Child {
    const { folder } = this.#wish;
    const args = [join(folder, 'settings.yaml'), JSON.stringify(this.#pace), TOKEN];
    this.#agent = new Child('agent', ['scripts/kills-rig/agent.ts', ...args], unit);
    return this.#agent;
  }

  /** The red switch. */
  set(contacts: 'pressed' | 'normal'): void {
    writeFileSync(join(this.#guardFolder, 'contacts'), contacts === 'pressed' ? '1 0\n' : '0 1\n');
  }

  /** Asks the guard itself, as the administrator. */
  async guard(
    what: 'status' | 'reset' | 'arm' = 'status',
  ): Promise<{ ok: boolean; error?: string; status: GuardStatus }> {
    const answer = await askOnce(join(this.#guardFolder, 'admin.sock'), { do: what }, PATIENCE_MS);
    return answer as Awaited<ReturnType<Box['guard']>>;
  }

  /** Whoever it is has no moment left for anything. */
  async kill(who: Victim): Promise<void> {
    await Promise.all([
      who === 'guard' ? null : this.#agent?.end('SIGKILL'),
      who === 'agent' ? null : this.#guard?.end('SIGKILL'),
    ]);
  }

  /** As at the end of a day. */
  async stop(): Promise<void> {
    await this.#agent?.end('SIGTERM');
    await this.#guard?.end('SIGTERM');
    this.#second?.close();
    await this.#exchange?.end('SIGTERM');
  }

  async stopAgent(): Promise<void> {
    await this.#agent?.end('SIGTERM');
  }

  /** `null` while nobody answers. */
  status(): Promise<StatusSnapshot | null> {
    return this.#get<StatusSnapshot>('/api/status');
  }

  books(): Promise<BooksAnswer | null> {
    return this.#get<BooksAnswer>('/api/books');
  }

  async orders(): Promise<readonly OrderRow[] | null> {
    return (await this.#get<{ orders: readonly OrderRow[] }>('/api/orders'))?.orders ?? null;
  }

  /** Has the books compared now. */
  async compare(): Promise<void> {
    const headers = { authorization: `Bearer ${TOKEN}`, accept: 'application/json' };
    await fetch(`${this.#page}/reconcile`, { method: 'POST', headers });
  }

  async #get<T>(path: string): Promise<T | null> {
    const agent = this.#agent;
    if (agent?.ended === true) throw new Error(`the agent has ended: ${agent.said}`);
    try {
      const answer = await fetch(`${this.#page}${path}`);
      return answer.ok ? ((await answer.json()) as T) : null;
    } catch {
      return null;
    }
  }

  async #startExchange(): Promise<number> {
    const { from, speed, seed } = this.#wish;
    const args = ['--port', '0', '--state', this.bookPath, '--cash', String(CASH), '--symbols', SYMBOLS.join(',')];
    const when = ['--from', from, '--speed', String(speed), '--seed', String(seed)];
    const exchange = new Child('exchange', ['agent/main.ts', 'exchange', ...args, ...when]);
    this.#exchange = exchange;
    const port = Number((await exchange.says(/clients on \S+:(\d+)/))[1]);
    this.#second = new SecondClient(port);
    this.#pace = { speed, anchor: { market: await this.#second.time(), real: Date.now() } };
    return port;
  }

  async #firstGuard(gatewayPort: number): Promise<void> {
    const { folder, speed } = this.#wish;
    this.#guardFiles = guardFiles({
      folder: this.#guardFolder,
      wasSetUp: false,
      gateway: { host: LOOPBACK, port: gatewayPort },
      limits: { ...demoLimits(SIMULATED_ACCOUNT, SYMBOLS), ...LARGE_ORDERS },
      afterReset: 'active',
      messagesPerSecond: Math.ceil(GUARDED_PER_SECOND * speed),
    });
    const port = await this.startGuard();
    this.#guardFiles.settle(port);
    const settings = [
      `broker: { port: ${port}, clientId: ${CLIENT_ID}, guard: { socket: ${this.#guardFiles.openSocket} } }`,
      ...[`symbols: [${SYMBOLS.join(', ')}]`, 'futures: []', `store: { path: ${this.storePath} }`],
      ...[`page: { port: ${new URL(this.#page).port} }`, `log: { path: ${join(folder, 'agent.log')} }`],
      ...TRADING,
    ];
    writeFileSync(join(folder, 'settings.yaml'), `${settings.join('\n')}\n`);
  }
}

async function freePort(): Promise<number> {
  const server = createServer();
  await new Promise<void>((done) => server.listen(0, LOOPBACK, done));
  const address = server.address();
  await new Promise((done) => server.close(done));
  return typeof address === 'object' && address !== null ? address.port : 0;
}
