import type { EpochMs } from '../../core/calendar/time.ts';
import type { Chain } from '../../core/market/chain.ts';
import { chainFlags, describeFlags } from '../../core/market/chain-flags.ts';
import { DATA_FAULTS, MOST_FLAGGED } from '../../core/risk/breaker-data.ts';
import type { Store } from '../../edges/store/store.ts';
import type { AlertBook } from './alert-book.ts';
import { count, type Workflow } from './occasion.ts';
import { dayRange } from './trading-day.ts';

export interface DataQualityParts {
  readonly store: Pick<Store, 'chains'>;
  readonly alerts: AlertBook;
  readonly symbols: readonly string[];
  readonly maxQuoteAgeMs: number;
  /** (ask − bid) ÷ mid above which a quote is called wide. */
  readonly wideSpread: number;
}

interface Quality {
  readonly chains: number;
  readonly incomplete: number;
  readonly rows: number;
  readonly flagged: Readonly<Record<string, number>>;
}

/** Goes through the chains of the day and says how good they were. */
export function dataQuality(parts: DataQualityParts): Workflow {
  return async ({ tradingDay, now, signal }) => {
    const day = dayRange(tradingDay);
    const notes: string[] = [];
    for (const symbol of parts.symbols) {
      signal.throwIfAborted();
      const quality = await qualityOf(parts, symbol, day);
      const fault = faultOf(quality);
      const key = `data-quality-${symbol}`;
      if (fault === null) await parts.alerts.resolve(key, now);
      else
        await parts.alerts.raise(key, {
          severity: 'warning',
          text: `Data of ${symbol} on ${tradingDay}: ${fault}`,
          at: now,
        });
      notes.push(`${symbol} ${count(quality.chains, 'chain')}${fault === null ? '' : ` (${fault})`}`);
    }
    return notes.join(', ');
  };
}

async function qualityOf(
  parts: DataQualityParts,
  symbol: string,
  day: { start: EpochMs; end: EpochMs },
): Promise<Quality> {
  const flagged: Record<string, number> = {};
  let chains = 0;
  let incomplete = 0;
  let rows = 0;
  for await (const chain of parts.store.chains(symbol, day.start, day.end)) {
    chains += 1;
    rows += chain.size;
    if (!chain.complete) incomplete += 1;
    countFlags(chain, parts, flagged);
  }
  return { chains, incomplete, rows, flagged };
}

function countFlags(chain: Chain, parts: DataQualityParts, flagged: Record<string, number>): void {
  const { maxQuoteAgeMs, wideSpread } = parts;
  const flags = chainFlags(chain, chain.takenAt, { maxQuoteAgeMs, wideSpread, wideFloor: 0 });
  for (let row = 0; row < chain.size; row++) {
    for (const fault of DATA_FAULTS) {
      if (((flags[row] as number) & fault) === 0) continue;
      const name = describeFlags(fault);
      flagged[name] = (flagged[name] ?? 0) + 1;
    }
  }
}

function faultOf({ chains, incomplete, rows, flagged }: Quality): string | null {
  if (chains === 0) return 'no chain was collected';
  const faults: string[] = [];
  if (incomplete * 2 > chains) faults.push(`${incomplete} of ${chains} chains incomplete`);
  for (const [name, n] of Object.entries(flagged)) {
    if (n > rows * MOST_FLAGGED) faults.push(`${Math.round((100 * n) / rows)} % of quotes ${name}`);
  }
  return faults.length === 0 ? null : faults.join(', ');
}
