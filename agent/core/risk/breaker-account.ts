import type { EpochMs } from '../calendar/time.ts';
import { tradingDayAt } from '../calendar/windows.ts';
import { formatMoney, type Money } from '../market/money.ts';
import { type Breaker, closed, isOpen, nextMorning, opened } from './breaker.ts';
import type { BreakerLimits } from './breaker-limits.ts';
import type { Breakers } from './risk-state.ts';

/** How far above the floor excess liquidity must be again, so that it does not flap. */
const RECOVERED = 1.25;

/** Counted from the first figure of the trading day, which begins at 8:00. */
export function dailyLoss(
  breaker: Breakers['dailyLoss'],
  netLiquidation: Money,
  { limits, now }: { limits: BreakerLimits; now: EpochMs },
): Breakers['dailyLoss'] {
  const tradingDay = tradingDayAt(now);
  const { start } = breaker;
  if (breaker.tradingDay !== tradingDay || start === null) return { ...breaker, tradingDay, start: netLiquidation };
  const loss = start - netLiquidation;
  if (loss <= 0 || loss < start * limits.dailyLoss.maxFraction) return breaker;
  const reason = `${formatMoney(loss as Money)} lost since the start of the day at ${formatMoney(start)} (${percent(loss / start)})`;
  return opened(breaker, { reason, clears: { rule: 'time', at: nextMorning(now), person: false }, at: now });
}

export function drawdown(
  breaker: Breakers['drawdown'],
  netLiquidation: Money,
  { limits, now }: { limits: BreakerLimits; now: EpochMs },
): Breakers['drawdown'] {
  if (isOpen(breaker)) return breaker;
  const { peak } = breaker;
  if (peak === null || netLiquidation > peak) return { ...breaker, peak: netLiquidation };
  const below = peak - netLiquidation;
  if (below <= 0 || below < peak * limits.drawdown.maxFraction) return breaker;
  const reason = `${formatMoney(netLiquidation)} is ${percent(below / peak)} below the peak of ${formatMoney(peak)}`;
  return opened(breaker, { reason, clears: { rule: 'person' }, at: now });
}

export function excessLiquidity(
  breaker: Breaker,
  figures: { readonly netLiquidation: Money; readonly excessLiquidity: Money },
  { limits, now }: { limits: BreakerLimits; now: EpochMs },
): Breaker {
  const { minFraction } = limits.excessLiquidity;
  const floor = Math.max(0, figures.netLiquidation * minFraction);
  const excess = figures.excessLiquidity;
  if (isOpen(breaker)) {
    const notBefore = breaker.clears?.rule === 'recovery' ? breaker.clears.notBefore : Number.POSITIVE_INFINITY;
    return now >= notBefore && excess > 0 && excess >= floor * RECOVERED ? closed(breaker, now) : breaker;
  }
  if (excess > 0 && excess >= floor) return breaker;
  const reason = `${formatMoney(excess)} is less than ${percent(minFraction)} of ${formatMoney(figures.netLiquidation)}`;
  return opened(breaker, { reason, clears: recovery(minFraction, 0), at: now });
}

/** The broker liquidates without asking: its word holds until the next morning, whatever the figures say by then. */
export function marginWarning(
  breaker: Breaker,
  reason: string,
  { limits, now }: { limits: BreakerLimits; now: EpochMs },
): Breaker {
  const clears = recovery(limits.excessLiquidity.minFraction, nextMorning(now));
  if (!isOpen(breaker)) return opened(breaker, { reason: `the broker warns: ${reason}`, clears, at: now });
  return breaker.clears?.rule === 'recovery' && breaker.clears.notBefore < clears.notBefore
    ? { ...breaker, clears }
    : breaker;
}

function recovery(minFraction: number, notBefore: EpochMs) {
  const when = `when excess liquidity is ${percent(minFraction * RECOVERED)} of the net liquidation value again`;
  return { rule: 'recovery', when, notBefore } as const;
}

function percent(fraction: number): string {
  return `${Math.round(fraction * 1000) / 10} %`;
}
