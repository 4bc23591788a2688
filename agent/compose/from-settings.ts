import packageJson from '../../package.json' with { type: 'json' };
import type { Settings } from '../config/schema.ts';
import type { QuietWindow } from '../core/calendar/quiet-window.ts';
import { MINUTE_MS } from '../core/calendar/time.ts';
import { IBKR_TIERED, SCHWAB_ONLINE } from '../core/market/fee-tables.ts';
import type { FeeRate, FeeTable } from '../core/market/fees.ts';
import { money, ZERO } from '../core/market/money.ts';
import type { PutWriteOptions } from '../core/strategy/put-write.ts';
import { SCORE_MODEL } from '../core/strategy/score.ts';
import { breakerLimits } from './breaker-options.ts';
import type { TradingOptions } from './options.ts';

const FEES = { ibkrTiered: IBKR_TIERED, schwabOnline: SCHWAB_ONLINE };
const MULTIPLIERS = { ES: 50, NQ: 20, RTY: 50 };
/** Lines kept free for underlyings, futures and the quotes of positions. */
const SPARE_LINES_PER_SYMBOL = 3;
const SPARE_LINES = 4;
/** Of the first look, before the volatility is known. */
const FIRST_LOOK = { minMoneyness: 0.8, maxMoneyness: 1 };

export interface RunFacts {
  readonly run: TradingOptions['run'];
  readonly speed: number;
}

/** What trading needs to be told, from the configuration. */
export function tradingOptions(settings: Settings, { run, speed }: RunFacts): TradingOptions {
  const { symbols, futures, broker, orders, risk, strategy } = settings;
  const putWrite = putWriteOptions(settings);
  const lines = broker.marketDataLines - SPARE_LINES;
  return {
    ...{ version: packageJson.version, run, speed, symbols },
    futures: Object.fromEntries(futures.map((symbol) => [symbol, MULTIPLIERS[symbol]])),
    selection: {
      rights: ['P'],
      minDays: putWrite.minDaysToExpiration,
      maxDays: putWrite.maxDaysToExpiration,
      ...FIRST_LOOK,
      most: Math.max(1, Math.floor(lines / symbols.length) - SPARE_LINES_PER_SYMBOL),
    },
    putWrite,
    limits: {
      maxQuoteAgeMs: putWrite.maxQuoteAgeMs,
      maxSecuredPerSymbol: money(risk.maxSecuredPerSymbolDollars),
      maxSecuredTotal: money(risk.maxSecuredTotalDollars),
      maxContractsPerOrder: risk.maxContractsPerOrder,
      maxOrdersPerDay: risk.maxOrdersPerDay,
      maxLimitDistance: risk.maxLimitDistanceFraction,
    },
    breakers: breakerLimits(settings),
    quietWindow: quietWindow(settings),
    repricing: {
      steps: orders.priceSteps,
      stepMs: orders.priceStepMinutes * MINUTE_MS,
      concession: orders.maxConcessionFraction,
    },
    fees: feeTable(settings),
    model: { ...SCORE_MODEL, weights: strategy.putWrite.weights },
    account: { mode: broker.mode, id: broker.account },
    pennyClasses: new Set(settings.pennyClasses),
    times: strategy.putWrite.enabled ? settings.schedule : withoutTrading(settings.schedule),
  };
}

function quietWindow({ broker }: Settings): QuietWindow {
  const { gatewayRestartsAt, quietMinutesBefore, quietMinutesAfter } = broker;
  const [hours, minutes] = (gatewayRestartsAt ?? '').split(':').map(Number);
  const restartMinute = gatewayRestartsAt === null ? null : (hours ?? 0) * 60 + (minutes ?? 0);
  return { restartMinute, minutesBefore: quietMinutesBefore, minutesAfter: quietMinutesAfter };
}

function putWriteOptions({ strategy: { putWrite } }: Settings): PutWriteOptions {
  return {
    minDelta: putWrite.minDelta,
    maxDelta: putWrite.maxDelta,
    minDaysToExpiration: putWrite.minDaysToExpiration,
    maxDaysToExpiration: putWrite.maxDaysToExpiration,
    minBid: money(putWrite.minBidDollars),
    maxSpread: putWrite.maxSpreadFraction,
    minOpenInterest: putWrite.minOpenInterest,
    minVolume: putWrite.minVolume,
    maxQuoteAgeMs: putWrite.maxQuoteAgeMinutes * MINUTE_MS,
    minScore: putWrite.minScore,
  };
}

/** A rate of the configuration applies from its day on, to every price and volume. */
function feeTable({ fees, feeRates }: Settings): FeeTable {
  const table = FEES[fees];
  const newer = feeRates.map(({ name, from, basis, dollars }): FeeRate => {
    const bracket = { priceFrom: ZERO, volumeFrom: 0, microDollars: Math.round(dollars * 1e9) / 1e3 };
    return { name, from, basis, brackets: [bracket], orderMinimum: ZERO };
  });
  return { ...table, rates: [...table.rates, ...newer] };
}

function withoutTrading(schedule: Settings['schedule']): Settings['schedule'] {
  const { analyse, execute, ...rest } = schedule;
  return { ...rest, analyse: { ...analyse, enabled: false }, execute: { ...execute, enabled: false } };
}
