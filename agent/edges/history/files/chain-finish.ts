import { newYorkDay } from '../../../core/calendar/new-york.ts';
import { epochDay, isoDate } from '../../../core/calendar/time.ts';
import { barAtOrBefore, type DailyBars } from '../../../core/market/bars.ts';
import { type Chain, MISSING } from '../../../core/market/chain.ts';
import { type CorporateAction, type Split, splitRatio } from '../../../core/market/corporate-action.ts';
import type { Money } from '../../../core/market/money.ts';
import { splitBetween } from '../../../core/market/split-detection.ts';
import type { KnownHistory } from '../history.ts';
import { sessionOf } from './moments.ts';
import type { Tally } from './tally.ts';

interface Known {
  readonly bars: DailyBars;
  readonly splits: readonly Split[];
}

/** What a chain still needs that is not in its rows: the close as its spot, and whether it is in other shares than the last. */
export class ChainFinish {
  readonly #known: KnownHistory;
  readonly #tally: Tally;
  readonly #findSplits: boolean;
  readonly #ofSymbol = new Map<string, Known>();
  readonly #before = new Map<string, Chain>();

  constructor(known: KnownHistory, tally: Tally, findSplits: boolean) {
    this.#known = known;
    this.#tally = tally;
    this.#findSplits = findSplits;
  }

  /** The chain with its spot, and the split that was found with it. */
  async finish(chain: Chain, line: number): Promise<{ readonly chain: Chain; readonly split: Split | null }> {
    const known = await this.#of(chain.symbol);
    const filled = withClose(chain, known.bars);
    if (!this.#findSplits) return { chain: filled, split: null };
    const before = this.#before.get(chain.symbol);
    if (filled.spot !== null) this.#before.set(chain.symbol, filled);
    const split = before === undefined ? null : splitOf(before, filled, known.splits);
    if (split === null) return { chain: filled, split: null };
    if (split.detected) this.#tally.flag('split', line, `${split.to} for ${split.from} on ${split.date}`);
    return { chain: this.#withoutOldPrices(filled, line), split };
  }

  /** A last price may be of the day before, in the old shares, and nothing says which is. */
  #withoutOldPrices(chain: Chain, line: number): Chain {
    const prices = chain.last.filter((last) => last !== MISSING).length;
    if (prices > 0) this.#tally.blank('splitDay', line, prices);
    return { ...chain, last: new Int32Array(chain.size).fill(MISSING) };
  }

  async #of(symbol: string): Promise<Known> {
    const found = this.#ofSymbol.get(symbol);
    if (found !== undefined) return found;
    const [bars, actions] = await Promise.all([this.#known.bars(symbol), this.#known.actions(symbol)]);
    const known = { bars, splits: actions.filter(isSplit) };
    this.#ofSymbol.set(symbol, known);
    return known;
  }
}

function isSplit(action: CorporateAction): action is Split {
  return action.kind === 'split';
}

/** The close may be known only to whoever looks after it. */
function withClose(chain: Chain, bars: DailyBars): Chain {
  if (chain.spot !== null) return chain;
  const day = newYorkDay(chain.takenAt);
  const session = sessionOf(day);
  const row = barAtOrBefore(bars, day);
  if (session === null || chain.takenAt < session.close || bars.day[row] !== day) return chain;
  return { ...chain, spot: (bars.close[row] ?? null) as Money | null, spotAt: session.close };
}

/** A split that was told of between two chains, else one that their strikes tell of. */
function splitOf(before: Chain, after: Chain, splits: readonly Split[]): Split | null {
  const from = newYorkDay(before.takenAt);
  const to = newYorkDay(after.takenAt);
  const told = splits.find(({ date }) => epochDay(date) > from && epochDay(date) <= to);
  if (told !== undefined) return told;
  const ratio = splitBetween(before, after);
  const shares = ratio === null ? null : splitRatio(ratio);
  return shares === null ? null : { kind: 'split', date: isoDate(to), ...shares, detected: true };
}
