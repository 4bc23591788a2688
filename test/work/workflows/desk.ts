import { instantInNewYork } from '../../../agent/core/calendar/new-york.ts';
import type { QuietWindow } from '../../../agent/core/calendar/quiet-window.ts';
import type { EpochMs } from '../../../agent/core/calendar/time.ts';
import type { OptionContract } from '../../../agent/core/market/contract.ts';
import { money } from '../../../agent/core/market/money.ts';
import type { Fill } from '../../../agent/core/orders/fill.ts';
import type { Intent } from '../../../agent/core/orders/intent.ts';
import type { Account } from '../../../agent/core/portfolio/account.ts';
import type { MarginPreview } from '../../../agent/core/portfolio/margin-preview.ts';
import type { ReportedPosition } from '../../../agent/core/portfolio/position.ts';
import type { Observation } from '../../../agent/core/risk/observation.ts';
import { type Answer, answered } from '../../../agent/edges/broker/answer.ts';
import type { OrderTicket, ReportedOrder } from '../../../agent/edges/broker/broker.ts';
import type { Link } from '../../../agent/edges/broker/link.ts';
import type { Guard, GuardStanding } from '../../../agent/edges/guard/guard.ts';
import { MemoryStore } from '../../../agent/edges/store/memory/memory-store.ts';
import type { Store } from '../../../agent/edges/store/store.ts';
import { silentLog } from '../../../agent/edges/system/log.ts';
import { ManualClock } from '../../../agent/edges/system/manual/clock.ts';
import { AlertBook } from '../../../agent/work/workflows/alert-book.ts';
import { Blotter } from '../../../agent/work/workflows/blotter.ts';
import { Books } from '../../../agent/work/workflows/books.ts';
import { Halt } from '../../../agent/work/workflows/halt.ts';
import type { PlaceOrderParts } from '../../../agent/work/workflows/place-order.ts';
import { Reconciler } from '../../../agent/work/workflows/reconcile.ts';
import { RiskWatch } from '../../../agent/work/workflows/risk-watch.ts';
import { TradingSwitch } from '../../../agent/work/workflows/trading-switch.ts';
import { Turn } from '../../../agent/work/workflows/turn.ts';
import { LIMITS } from '../../core/risk/breaker-fixture.ts';

export const NOW = instantInNewYork('2026-03-20', '10:00');

export const PUT: OptionContract = {
  kind: 'option',
  symbol: 'SPY',
  tradingClass: 'SPY',
  expiration: '2026-04-24',
  strike: money(620),
  right: 'P',
  multiplier: 100,
};

export function intent(more: Partial<Intent> = {}): Intent {
  return {
    id: '260320-execute-putwrite-SPY.put',
    tradingDay: '2026-03-20',
    task: 'execute',
    strategy: 'put-write',
    instrument: PUT,
    conId: 7,
    side: 'sell',
    quantity: 2,
    limit: money(8.2),
    timeInForce: 'DAY',
    decidedAt: NOW,
    quotedAt: NOW,
    reason: 'test',
    ...more,
  };
}

export function fill(more: Partial<Fill> = {}): Fill {
  return {
    execId: '0001.01.01',
    orderRef: intent().id,
    permId: 900,
    instrument: PUT,
    conId: 7,
    side: 'sell',
    quantity: 2,
    price: money(8.2),
    at: NOW,
    ...more,
  };
}

export const MARGINS: MarginPreview = {
  initialMarginBefore: money(0),
  maintenanceMarginBefore: money(0),
  equityWithLoanBefore: money(200_000),
  initialMarginAfter: money(24_000),
  maintenanceMarginAfter: money(20_000),
  equityWithLoanAfter: money(200_000),
  commission: money(1.3),
  warning: '',
};

/** Shut for five minutes on both sides of 23:45. */
const QUIET: QuietWindow = { restartMinute: 23 * 60 + 45, minutesBefore: 5, minutesAfter: 5 };

export const FIGURES: Account = {
  id: 'DU1',
  netLiquidation: money(200_000),
  cash: money(200_000),
  buyingPower: money(400_000),
  excessLiquidity: money(200_000),
};

/** An account that holds nothing back. */
const WELL: Observation = {
  kind: 'account',
  netLiquidation: money(250_000),
  excessLiquidity: money(250_000),
  fault: null,
};

/** A broker whose answers a test sets, and which remembers what it was told. */
export class ScriptedBroker {
  link: Link = { state: 'ready', since: NOW, reason: '', accounts: ['DU1'], serverVersion: 193, dataLost: null };
  nextOrderId: number | null = 1;
  readonly told: string[] = [];
  /** The order ids of every what-if. */
  readonly previewed: number[] = [];
  placed: Answer<void> = answered(undefined);
  whatIf: Answer<MarginPreview> = answered(MARGINS);
  cancelled: Answer<void> = answered(undefined);
  open: Answer<readonly ReportedOrder[]> = answered([]);
  completed: Answer<readonly ReportedOrder[]> = answered([]);
  fills: Answer<readonly Fill[]> = answered([]);
  held: Answer<readonly ReportedPosition[]> = answered([]);
  figures: Answer<Account> = answered(FIGURES);
  onPlace: () => void = () => undefined;

  async preview(orderId: number): Promise<Answer<MarginPreview>> {
    this.previewed.push(orderId);
    return this.whatIf;
  }

  async place(orderId: number, ticket: OrderTicket): Promise<Answer<void>> {
    this.told.push(`place ${orderId} ${ticket.orderRef}`);
    this.onPlace();
    return this.placed;
  }

  async cancel(orderId: number): Promise<Answer<void>> {
    if (this.cancelled.ok) this.told.push(`cancel ${orderId}`);
    return this.cancelled;
  }

  onEvent(): () => void {
    return () => undefined;
  }

  async time(): Promise<Answer<EpochMs>> {
    return answered(NOW);
  }

  async openOrders(): Promise<Answer<readonly ReportedOrder[]>> {
    return this.open;
  }

  async completedOrders(): Promise<Answer<readonly ReportedOrder[]>> {
    return this.completed;
  }

  async executions(): Promise<Answer<readonly Fill[]>> {
    return this.fills;
  }

  async account(): Promise<Answer<Account>> {
    return this.figures;
  }

  async positions(): Promise<Answer<readonly ReportedPosition[]>> {
    return this.held;
  }
}

export const ARMED: GuardStanding = {
  state: 'armed',
  closed: null,
  cause: 'test',
  halted: null,
  working: null,
  unstored: null,
  redSwitch: 'normal',
  switchNote: null,
  afterReset: 'active',
};

/** A guard whose word a test sets, and which remembers the halts that it was told of. */
export class ScriptedGuard implements Guard {
  standing: GuardStanding = ARMED;
  failure: string | null = null;
  readonly told: string[] = [];
  readonly #listeners = new Set<(standing: GuardStanding) => void>();

  async start(): Promise<void> {}
  async stop(): Promise<void> {}

  async halt(reason: string, source: string): Promise<string | null> {
    this.told.push(`${reason} (${source})`);
    return this.failure;
  }

  onChange(listener: (standing: GuardStanding) => void): () => void {
    this.#listeners.add(listener);
    return () => this.#listeners.delete(listener);
  }

  say(changes: Partial<GuardStanding>): void {
    this.standing = { ...this.standing, ...changes };
    for (const listener of this.#listeners) listener(this.standing);
  }
}

export interface Desk extends PlaceOrderParts {
  readonly tradingSwitch: TradingSwitch;
  readonly broker: ScriptedBroker;
  readonly store: Store;
  readonly clock: ManualClock;
  readonly reconciler: Reconciler;
  readonly alerts: AlertBook;
  readonly halt: Halt;
  readonly risk: RiskWatch;
  readonly books: Books;
  readonly guard: ScriptedGuard;
  readonly doubts: string[];
  readonly impossible: string[];
}

/** Everything that an order passes on its way out and back, on a store that a second desk may share. */
export async function desk(shared?: Store): Promise<Desk> {
  const store = shared ?? new MemoryStore();
  await store.start();
  const clock = new ManualClock(NOW);
  const broker = new ScriptedBroker();
  const doubts: string[] = [];
  const impossible: string[] = [];
  const onChange = (): void => undefined;
  const alerts = new AlertBook({ store, onChange });
  const onOpened = (): void => void halt.enforce();
  const watched = { store, alerts, clock, limits: LIMITS, onChange, onOpened, log: silentLog };
  const risk: RiskWatch = new RiskWatch({ ...watched, broker });
  risk.observe(WELL);
  const tradingSwitch = new TradingSwitch({ store, holds: () => risk.holds, onChange });
  await tradingSwitch.load(NOW);
  const onImpossible = async (reason: string): Promise<void> => {
    impossible.push(reason);
    await halt.alarm(reason);
  };
  const blotter = new Blotter({ store, log: silentLog, onChange, onImpossible });
  await blotter.load();
  const turn = new Turn();
  const accountObstacle = (accounts: readonly string[]): string | null =>
    accounts[0] === 'DU1' ? null : 'wrong account';
  const obstacle = (): string | null => reconciler.obstacle;
  const guard = new ScriptedGuard();
  const halt = new Halt({ broker, blotter, tradingSwitch, risk, guard, alerts, clock, log: silentLog, turn, obstacle });
  const afterwards = (): Promise<unknown> => halt.enforce();
  const compared = {
    broker,
    blotter,
    store,
    alerts,
    clock,
    turn,
    onChange,
    accountObstacle,
    onHalt: onImpossible,
    afterwards,
  };
  const reconciler: Reconciler = new Reconciler({ ...compared, log: silentLog });
  const unreconciled = (): string | null => reconciler.obstacle;
  const onDoubt = (reason: string): void => void doubts.push(reason);
  return {
    broker,
    store,
    clock,
    halt,
    risk,
    blotter,
    tradingSwitch,
    guard,
    guardClosed: () => guard.standing.closed,
    reconciler,
    alerts,
    turn,
    books: new Books(blotter, reconciler),
    doubts,
    impossible,
    quietWindow: QUIET,
    unreconciled,
    onDoubt,
  };
}
