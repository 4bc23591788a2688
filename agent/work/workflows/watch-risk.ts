import type { EpochMs } from '../../core/calendar/time.ts';
import { formatMoney } from '../../core/market/money.ts';
import type { RiskLimits } from '../../core/risk/limits.ts';
import { securedCash } from '../../core/risk/secured.ts';
import type { AlertBook } from './alert-book.ts';
import type { Books } from './books.ts';
import type { Marks } from './marks.ts';
import { count, type Workflow } from './occasion.ts';
import type { RiskWatch } from './risk-watch.ts';

export interface WatchRiskParts {
  readonly books: Books;
  readonly marks: Pick<Marks, 'account'>;
  readonly limits: RiskLimits;
  readonly alerts: AlertBook;
  readonly risk: Pick<RiskWatch, 'look'>;
}

const ALERT = 'risk-limits';

/** Holds what is held and working against cash and limits: a fill, a stranger's order or a loss can break them at any time. */
export function watchRisk(parts: WatchRiskParts): Workflow {
  return async ({ now }) => {
    const broken = brokenLimits(parts);
    if (broken.length === 0) await parts.alerts.resolve(ALERT, now);
    else await raise(parts.alerts, broken, now);
    const holds = await parts.risk.look();
    const held =
      holds.length === 0
        ? ''
        : `; ${count(holds.length, 'breaker')} open: ${holds.map(({ title }) => title).join(', ')}`;
    return `${broken.length === 0 ? 'within all limits' : broken.join('; ')}${held}`;
  };
}

function raise(alerts: AlertBook, broken: readonly string[], at: EpochMs): Promise<void> {
  return alerts.raise(ALERT, { severity: 'critical', text: `Risk limits: ${broken.join('; ')}`, at });
}

function brokenLimits({ books, marks, limits }: WatchRiskParts): string[] {
  const secured = securedCash(books.holdings, books.working);
  const broken: string[] = [];
  const cash = marks.account?.cash ?? null;
  if (secured.total > 0 && cash === null) broken.push('short puts are held and the cash is not known');
  if (cash !== null && secured.total > cash) {
    broken.push(`puts claim ${formatMoney(secured.total)} and the cash is ${formatMoney(cash)}`);
  }
  if (secured.total > limits.maxSecuredTotal) {
    broken.push(`puts claim ${formatMoney(secured.total)}, above ${formatMoney(limits.maxSecuredTotal)}`);
  }
  for (const [symbol, claim] of secured.bySymbol) {
    if (claim <= limits.maxSecuredPerSymbol) continue;
    broken.push(`puts on ${symbol} claim ${formatMoney(claim)}, above ${formatMoney(limits.maxSecuredPerSymbol)}`);
  }
  return broken;
}
