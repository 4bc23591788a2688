import type { EpochMs } from '../../../core/calendar/time.ts';
import type { BookPosition } from '../book.ts';
import { AccountDesk } from './account-desk.ts';
import { ContractDesk } from './contract-desk.ts';
import { ExecutionDesk } from './execution-desk.ts';
import type { Floor } from './floor.ts';
import { GeneralDesk } from './general-desk.ts';
import { HistoryDesk } from './history-desk.ts';
import { MarketDataDesk } from './market-data-desk.ts';
import { OrderDesk } from './order-desk.ts';
import type { Peer } from './peer.ts';
import { PositionDesk } from './position-desk.ts';

/** Everything that serves one client. */
export class ClientDesks {
  readonly #general: GeneralDesk;
  readonly #orders: OrderDesk;
  readonly #marketData: MarketDataDesk;
  readonly #account: AccountDesk;
  readonly #positions: PositionDesk;
  readonly #history: HistoryDesk;
  readonly #routes: ReadonlyMap<number, (body: Buffer) => void>;
  #accountChanged = false;

  constructor(peer: Peer, floor: Floor) {
    const { exchange, catalogue, lines } = floor;
    this.#general = new GeneralDesk(peer, exchange);
    this.#orders = new OrderDesk(peer, exchange, catalogue);
    this.#marketData = new MarketDataDesk(peer, { exchange, catalogue, lines });
    this.#account = new AccountDesk(peer, exchange);
    this.#positions = new PositionDesk(peer, exchange);
    this.#history = new HistoryDesk(peer, exchange, catalogue);
    this.#routes = new Map([
      ...this.#general.routes(),
      ...this.#orders.routes(),
      ...this.#marketData.routes(),
      ...this.#account.routes(),
      ...this.#positions.routes(),
      ...this.#history.routes(),
      ...new ContractDesk(peer, exchange, catalogue).routes(),
      ...new ExecutionDesk(peer, exchange).routes(),
    ]);
  }

  /** What a client hears when it has started, in the order of a real gateway. */
  welcome(): void {
    this.#general.tellAccounts();
    this.#general.tellNextId();
    this.#orders.tellOwn();
    this.#general.tellFarms();
  }

  route(messageId: number): ((body: Buffer) => void) | undefined {
    return this.#routes.get(messageId);
  }

  step(changed: ReadonlySet<number>, at: EpochMs): void {
    this.#marketData.step(changed);
    this.#history.step(changed);
    this.#account.step(at);
    this.#positions.step(at);
  }

  tellPosition(position: BookPosition): void {
    this.#accountChanged = true;
    this.#positions.tellPosition(position);
  }

  settle(at: EpochMs): void {
    if (!this.#accountChanged) return;
    this.#accountChanged = false;
    this.#account.tellChanges(at);
    this.#positions.tellPnl();
  }

  close(): void {
    this.#marketData.close();
  }
}
