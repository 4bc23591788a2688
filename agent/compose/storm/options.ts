import { loadConfiguration } from '../../config/load.ts';
import { money } from '../../core/market/money.ts';
import { tradingOptions } from '../from-settings.ts';
import type { TradingOptions } from '../options.ts';

/** When orders are sent in a storm: more than once, because a second try is where an order would be doubled. */
export const BUSY_TIMES = ['10:00', '11:30', '13:30'] as const;

const SYMBOLS = ['SPY', 'TSLA', 'AAPL', 'KO'];
const MOST_ROWS = 8;
/** A week has one expiration at least; more of them only make longer lists. */
const DAYS = { minDays: 28, maxDays: 35 };
/** So that some orders are left for later in the day. */
const MOST_SECURED = money(260_000);

/** The defaults of the appliance, with few symbols and looks that are further apart: a storm is about orders. */
export async function stormOptions(): Promise<TradingOptions> {
  const checked = await loadConfiguration(null);
  if (!checked.ok) throw Object.assign(new Error('the defaults cannot be used'), { code: 'STORM_DEFAULTS' });
  const { settings } = checked.value;
  const options = tradingOptions({ ...settings, symbols: SYMBOLS, futures: [] }, { run: 'replay', speed: 1 });
  const seldom = { enabled: true, everyMinutes: 60 };
  return {
    ...options,
    selection: { ...options.selection, ...DAYS, most: MOST_ROWS },
    limits: { ...options.limits, maxSecuredTotal: MOST_SECURED },
    putWrite: {
      ...{ ...options.putWrite, minScore: 20, minVolume: 0, minOpenInterest: 0 },
      ...{ minDaysToExpiration: DAYS.minDays, maxDaysToExpiration: DAYS.maxDays },
    },
    times: {
      ...options.times,
      analyse: { enabled: true, times: ['09:45', '11:15', '13:15'] },
      execute: { enabled: true, times: [...BUSY_TIMES] },
      'collect-chains': seldom,
      'collect-futures': { enabled: false },
      monitor: seldom,
      'reprice-orders': { enabled: true, everyMinutes: 3 },
      'monitor-positions': seldom,
      'check-risk-limits': seldom,
      health: { enabled: true, everyMinutes: 240 },
    },
  };
}
