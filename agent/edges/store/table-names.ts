import type { TableName } from './store.ts';

/** Complete, because the compiler asks for every one. */
const TABLES: Readonly<Record<TableName, true>> = {
  intents: true,
  orders: true,
  fills: true,
  settlements: true,
  adoptions: true,
  foreignHoldings: true,
  positions: true,
  decisions: true,
  occurrences: true,
  taskStates: true,
  scheduleControl: true,
  scheduleEvents: true,
  windowUses: true,
  research: true,
  reports: true,
  dayStarts: true,
  statistics: true,
  alerts: true,
  tradingState: true,
  breakers: true,
  histories: true,
  futures: true,
  bars: true,
  volatility: true,
  actions: true,
  earnings: true,
  rates: true,
  imports: true,
  counters: true,
};

export function isTableName(name: string): name is TableName {
  return Object.hasOwn(TABLES, name);
}
