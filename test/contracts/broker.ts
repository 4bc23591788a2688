import { marketDataFacts } from './broker-market-data.ts';
import { orderFacts } from './broker-orders.ts';
import type { NewTrader } from './broker-stage.ts';

/** What every broker must do that stands on the simulated exchange, over a wire or without one. */
export function brokerContract(name: string, newTrader: NewTrader): void {
  marketDataFacts(name, newTrader);
  orderFacts(name, newTrader);
}
