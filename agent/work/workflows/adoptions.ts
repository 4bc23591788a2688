import type { EpochMs } from '../../core/calendar/time.ts';
import { type Instrument, instrumentKey } from '../../core/market/contract.ts';
import { type Money, ZERO } from '../../core/market/money.ts';
import type { Finding } from '../../core/portfolio/finding.ts';
import type { ForeignHolding } from '../../core/portfolio/foreign-holding.ts';
import type { ReportedPosition } from '../../core/portfolio/position.ts';
import type { Adoption } from '../../edges/store/records.ts';
import { type Store, timeKey, type Write } from '../../edges/store/store.ts';

/** Records of what our books follow: in the batch in which they follow it. */
export function adoptionWrites(findings: readonly Finding[], by: string, at: EpochMs): Write[] {
  return findings.map(({ kind, symbol, text, evidence, fills }, i): Write => {
    const put: Adoption = { at, kind, symbol, text, evidence, by, fills: fills.map(({ execId }) => execId) };
    return { table: 'adoptions', key: `${timeKey(at)}/${String(i).padStart(3, '0')}`, put };
  });
}

/** What is held for somebody else, over restarts. */
export class ForeignBook {
  readonly #store: Pick<Store, 'list'>;
  #holdings: readonly ForeignHolding[] | null = null;

  constructor(store: Pick<Store, 'list'>) {
    this.#store = store;
  }

  async all(): Promise<readonly ForeignHolding[]> {
    this.#holdings ??= (await this.#store.list('foreignHoldings')).map(([, holding]) => holding);
    return this.#holdings;
  }

  /** What has to be written so that these are remembered and no others. */
  changes(next: readonly ForeignHolding[]): Write[] {
    const before = byKey(this.#holdings ?? []);
    const after = byKey(next);
    const gone = [...before.keys()].filter((key) => !after.has(key));
    const changed = [...after].filter(([key, holding]) => !same(before.get(key), holding));
    return [
      ...gone.map((key): Write => ({ table: 'foreignHoldings', key, remove: true })),
      ...changed.map(([key, put]): Write => ({ table: 'foreignHoldings', key, put })),
    ];
  }

  /** They have been written. */
  keep(next: readonly ForeignHolding[]): void {
    this.#holdings = next;
  }
}

/** Somebody else's part as it is shown, at the broker's price. */
export function shownHoldings(
  holdings: readonly ForeignHolding[],
  reported: readonly ReportedPosition[],
): ReportedPosition[] {
  const prices = new Map<string, Money>(reported.map((each) => [instrumentKey(each.instrument), each.averagePrice]));
  const priceOf = (instrument: Instrument): Money => prices.get(instrumentKey(instrument)) ?? ZERO;
  return holdings
    .filter(({ quantity }) => quantity !== 0)
    .map(({ instrument, conId, quantity }) => ({ instrument, conId, quantity, averagePrice: priceOf(instrument) }));
}

function byKey(holdings: readonly ForeignHolding[]): Map<string, ForeignHolding> {
  return new Map(holdings.map((holding) => [instrumentKey(holding.instrument), holding]));
}

function same(a: ForeignHolding | undefined, b: ForeignHolding): boolean {
  return a !== undefined && a.quantity === b.quantity && a.seen.join() === b.seen.join();
}
