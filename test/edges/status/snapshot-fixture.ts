import { instantInNewYork } from '../../../agent/core/calendar/new-york.ts';
import type { EpochMs } from '../../../agent/core/calendar/time.ts';
import { lightsOf } from '../../../agent/edges/hardware/lights.ts';
import type { Board, Controls, Outcome, ScheduleCommand } from '../../../agent/edges/status/board.ts';
import type { StatusSnapshot } from '../../../agent/edges/status/snapshot.ts';
import type { Log } from '../../../agent/edges/system/log.ts';
import { CALM_FACTS } from '../hardware/calm-facts.ts';

const DAY = '2026-03-20';

export const NOON: EpochMs = at('12:04');

export function at(time: string): EpochMs {
  return instantInNewYork(DAY, time);
}

/** A trading day at noon with one short put, one order that was filled and one that was refused. */
export function snapshot(changes: Partial<StatusSnapshot> = {}): StatusSnapshot {
  return {
    sequence: 1,
    at: NOON,
    version: '0.1.0',
    startedAt: at('08:00'),
    run: 'demo',
    speed: 1,
    mode: 'trading',
    phase: 'open',
    nextMode: { mode: 'research', at: at('16:00') },
    trading: { state: 'active', reason: 'reconciled with the broker', since: at('08:01') },
    breakers: [],
    disk: { tradingDay: '2026-11-20', written: 12_340_000, guardWritten: null, failure: null },
    guard: {
      state: 'armed',
      halted: null,
      open: true,
      detail: 'armed by command line',
      working: null,
      redSwitch: 'normal',
      switchNote: null,
      since: at('08:00'),
    },
    lights: lightsOf(CALM_FACTS),
    ...FIGURES,
    ...LISTS,
    ...changes,
  };
}

export const DAILY_LOSS: StatusSnapshot['breakers'][number] = {
  ...{ name: 'dailyLoss', title: 'Daily loss', state: 'open', action: 'reducing', since: at('10:36') },
  ...{ reason: '3 % lost', clears: 'at 2026-03-23 08:00 ET' },
};

/** As `snapshot`, with a halt that the broker has confirmed or not. */
export function halted(haltConfirmed: boolean): Partial<StatusSnapshot> {
  const reason = 'pressed on the page';
  return {
    trading: { state: 'halted', reason, since: at('12:03') },
    lights: lightsOf({
      running: true,
      mode: 'trading',
      trading: 'halted',
      haltConfirmed,
      health: 'healthy',
      connectionsFailed: 0,
      brokerReady: true,
      guardOpen: true,
      research: 'off',
    }),
  };
}

const LINE = Array.from({ length: 80 }, (_, index): readonly [EpochMs, number] => {
  const wave = Math.sin(index / 7) * 18 + Math.sin(index / 2.3) * 7;
  return [at('09:30') + index * 115_000, Math.round((100_000 + index * 1.4 + wave) * 100) / 100];
});

const FIGURES = {
  profit: {
    day: 112.35,
    open: 64,
    realized: 48.35,
    equity: 100_112.35,
    cash: 100_289.05,
    secured: 63_500,
    line: LINE,
  },
} satisfies Partial<StatusSnapshot>;

const POSITIONS = [
  {
    key: 'SPY-20260417-P-635',
    name: 'SPY 17 Apr 2026 635 put',
    quantity: -1,
    averagePrice: 4.1035,
    mark: 3.46,
    markedAt: NOON - 12_000,
    credit: 410.35,
    unrealized: 64,
    expiration: '2026-04-17',
    daysToExpiration: 28,
    foreign: false,
  },
  {
    key: 'TSLA',
    name: 'TSLA',
    quantity: 10,
    averagePrice: 371.2,
    mark: 368.42,
    markedAt: NOON - 40_000,
    credit: null,
    unrealized: -27.8,
    expiration: null,
    daysToExpiration: null,
    foreign: true,
  },
] satisfies StatusSnapshot['positions'];

const ORDERS = [
  {
    id: '2026-03-20/enter/put-write/SPY',
    name: 'SPY 17 Apr 2026 635 put',
    side: 'sell',
    quantity: 1,
    filled: 1,
    limit: 4.1,
    averagePrice: 4.11,
    state: 'filled',
    reason: '',
    updatedAt: at('10:01'),
  },
  {
    id: '2026-03-20/enter/put-write/TSLA',
    name: 'TSLA 17 Apr 2026 330 put',
    side: 'sell',
    quantity: 1,
    filled: 0,
    limit: 6.35,
    averagePrice: null,
    state: 'rejected',
    reason: '201: the margin of this order is not available',
    updatedAt: at('10:02'),
  },
] satisfies StatusSnapshot['orders'];

const DECISIONS = [
  {
    at: at('09:45'),
    symbol: 'SPY',
    strategy: 'put-write',
    outcome: 'trade',
    name: 'SPY 17 Apr 2026 635 put',
    score: 78.4,
    reasons: [
      'delta −0.24 is inside −0.30 to −0.15',
      'credit 410.00 on 63,500.00 at risk is 8.4 % a year',
      'spread 0.04 is 1.0 % of the mid',
      'IV rank is unknown: no credit was taken for it',
    ],
  },
  {
    at: at('09:46'),
    symbol: 'IWM',
    strategy: 'put-write',
    outcome: 'noTrade',
    name: '',
    score: 61.2,
    reasons: ['best score 61.2 is below 70', '34 of 96 puts were ruled out by their spread'],
  },
] satisfies StatusSnapshot['decisions'];

const LISTS = {
  positions: POSITIONS,
  orders: ORDERS,
  decisions: DECISIONS,
  tasks: [
    { name: 'monitor', title: 'Monitor positions', at: at('12:05'), state: 'next', note: '' },
    { name: 'option-data', title: 'Collect option chains', at: at('12:05'), state: 'next', note: '' },
    { name: 'sync', title: 'Synchronise positions', at: at('16:15'), state: 'next', note: '' },
    { name: 'statistics', title: 'Daily statistics', at: at('16:30'), state: 'next', note: '' },
    { name: 'monitor', title: 'Monitor positions', at: at('12:00'), state: 'done', note: '2 marks, no alert' },
    { name: 'execute', title: 'Send orders', at: at('10:00'), state: 'done', note: '2 sent, 1 filled' },
    { name: 'analyse', title: 'Analyse strategies', at: at('09:45'), state: 'done', note: '1 trade, 1 no trade' },
    { name: 'health', title: 'Health check', at: at('09:00'), state: 'missed', note: 'started at 09:05' },
  ],
  schedule: {
    paused: false,
    researchStoppedUntil: null,
    window: {
      type: 'weekend',
      from: at('18:00'),
      researchUntil: at('18:00') + 58.5 * 3_600_000,
      until: at('18:00') + 62 * 3_600_000,
    },
    budget: { type: 'weekend', totalHours: 62, reserveHours: 3.5, researchHours: 58.5, extended: true, usedHours: 0 },
    running: [
      { name: 'monitor', title: 'Monitor positions', since: NOON - 4000, estimateMinutes: 0.5, progress: null },
    ],
    ready: ['option-data'],
    plan: [
      { name: 'sync', title: 'Synchronise positions', start: at('16:15'), end: at('16:16') },
      { name: 'research', title: 'Search for better settings', start: at('18:00'), end: at('20:00') },
    ],
    blocked: [{ name: 'sync', title: 'Synchronise positions', reason: 'waits for load-history' }],
    durations: [
      { name: 'research', title: 'Search for better settings', estimateMinutes: 120, lastMinutes: 96 },
      { name: 'history', title: 'Load history', estimateMinutes: 2, lastMinutes: 2.6 },
    ],
    windows: [
      { type: 'overnight', from: at('09:00') - 15 * 3_600_000, utilisation: 0.82, completions: 9, interruptions: 1 },
    ],
  },
  connections: [
    { name: 'Broker', state: 'ok', detail: 'session ready, account D…4711', since: at('08:00') },
    { name: 'Market data', state: 'ok', detail: '62 of 100 lines', since: at('08:00') },
    { name: 'MQTT', state: 'warning', detail: 'retrying in 8 s', since: at('12:02') },
    { name: 'ntfy', state: 'off', detail: 'not configured', since: at('08:00') },
  ],
  data: [
    { symbol: 'SPY', spot: 652.18, contracts: 412, quotedAt: NOON - 9_000, complete: true },
    { symbol: 'TSLA', spot: 368.42, contracts: 388, quotedAt: NOON - 16 * 60_000, complete: true },
    { symbol: 'IWM', spot: 243.9, contracts: 96, quotedAt: NOON - 70_000, complete: false },
  ],
  alerts: [{ severity: 'warning', text: 'MQTT is not reachable', raisedAt: at('12:02') }],
} satisfies Partial<StatusSnapshot>;

/** A board that a test writes to. */
export class WrittenBoard implements Board {
  #current: StatusSnapshot;
  readonly #listeners = new Set<(snapshot: StatusSnapshot) => void>();

  constructor(current: StatusSnapshot = snapshot()) {
    this.#current = current;
  }

  get current(): StatusSnapshot {
    return this.#current;
  }

  onChange(listener: (snapshot: StatusSnapshot) => void): () => void {
    this.#listeners.add(listener);
    return () => this.#listeners.delete(listener);
  }

  change(changes: Partial<StatusSnapshot>): void {
    this.#current = { ...this.#current, sequence: this.#current.sequence + 1, ...changes };
    for (const listener of this.#listeners) listener(this.#current);
  }
}

/** Controls that remember what was asked of them and show it on the board, as the appliance does. */
export class WrittenControls implements Controls {
  readonly asked: string[] = [];
  /** What speaks against whatever may be refused. */
  obstacle: string | null = null;
  readonly #board: WrittenBoard;

  constructor(board: WrittenBoard) {
    this.#board = board;
  }

  async halt(reason: string, source: string): Promise<string> {
    this.asked.push(`halt by ${source}: ${reason}`);
    this.#board.change(halted(true));
    return 'Halted. No order works at the broker.';
  }

  async schedule({ action, task }: ScheduleCommand, source: string): Promise<Outcome> {
    this.asked.push(`${action}${task === null ? '' : ` ${task}`} by ${source}`);
    if (this.obstacle !== null) return { done: false, text: this.obstacle };
    this.#board.change({ schedule: { ...this.#board.current.schedule, paused: action === 'pause' } });
    return { done: true, text: `Done: ${action}.` };
  }

  async reconcile(accept: boolean, source: string): Promise<string> {
    this.asked.push(`${accept ? 'accept' : 'reconcile'} by ${source}`);
    return 'agreed: 1 position, 0 open orders';
  }

  async resume(source: string): Promise<Outcome> {
    this.asked.push(`resume by ${source}`);
    if (this.obstacle !== null) return { done: false, text: this.obstacle };
    this.#board.change({ trading: snapshot().trading, lights: snapshot().lights });
    return { done: true, text: 'Orders may be sent again.' };
  }
}

export const SILENT: Log = { debug() {}, info() {}, warn() {}, error() {}, child: () => SILENT };
