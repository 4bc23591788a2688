import { newYorkDate } from '../calendar/new-york.ts';
import type { EpochMs } from '../calendar/time.ts';
import { describeInstrument, type OptionContract } from '../market/contract.ts';
import type { Money } from '../market/money.ts';
import type { Fill } from '../orders/fill.ts';
import { type BookRow, bothSides, changeOf } from './book-rows.ts';
import type { Finding } from './finding.ts';

const LARGEST = 20;
/** Ratios that change the deliverable of an option instead of its strike, or that positions alone do not prove. */
const FRACTIONS = [3 / 2, 4 / 3, 5 / 4, 1 / 2, 1 / 3, 1 / 4, 1 / 5, 1 / 8, 1 / 10, 1 / 15, 1 / 20];
const PRICE_TOLERANCE = 0.05;
const CENT = 100;

/** One of our rows and the row that it has become. */
interface Move {
  readonly from: BookRow;
  readonly to: BookRow;
}

/**
 * Of one symbol: a split, or `null`. Adopted when every row of ours has become exactly what a whole-number split makes of
 * it and at least one of them is an option: its new strike proves the ratio. Whatever else looks like a corporate action
 * halts: contracts with another deliverable are not traded here.
 */
export function splitOf(rows: readonly BookRow[], now: EpochMs): Finding | null {
  const ours = rows.filter(({ here }) => here !== 0);
  if (ours.length === 0 || ours.every((row) => changeOf(row) === 0)) return null;
  for (let ratio = 2; ratio <= LARGEST; ratio += 1) {
    const moves = movesBy(ours, rows, ratio);
    if (moves === null || !ours.some(({ instrument }) => instrument.kind === 'option')) continue;
    return adopted(moves, ratio, now);
  }
  const suspected = adjustedOptions(ours, rows) ?? sharesOnly(ours);
  if (suspected === null) return null;
  const { symbol } = (ours[0] as BookRow).instrument;
  const text = `${symbol} looks like a split or another corporate action (${suspected}): look into the broker's statement`;
  return finding({ rows: rows.filter((row) => changeOf(row) !== 0), text, effect: 'halt', fills: [] });
}

function movesBy(ours: readonly BookRow[], rows: readonly BookRow[], ratio: number): readonly Move[] | null {
  const moves: Move[] = [];
  for (const from of ours) {
    const to = from.instrument.kind === 'option' ? optionAfter(from.instrument, rows, ratio) : from;
    const gone = from === to || from.there === 0;
    if (to === undefined || !gone || from.foreign !== 0 || to.foreign !== 0) return null;
    if (to !== from && to.here !== 0) return null;
    if (to.there !== from.here * ratio) return null;
    moves.push({ from, to });
  }
  return moves;
}

function optionAfter(option: OptionContract, rows: readonly BookRow[], ratio: number): BookRow | undefined {
  const strike = Math.round(option.strike / ratio / CENT) * CENT;
  return rows.find(({ instrument }) => {
    if (instrument.kind !== 'option' || instrument.strike !== strike) return false;
    const { right, expiration, multiplier, tradingClass } = instrument;
    const same = right === option.right && expiration === option.expiration;
    return same && multiplier === option.multiplier && tradingClass === option.tradingClass;
  });
}

/** An option of ours is gone and the same expiration stands there with another class or deliverable. */
function adjustedOptions(ours: readonly BookRow[], rows: readonly BookRow[]): string | null {
  for (const { instrument, there } of ours) {
    if (instrument.kind !== 'option' || there !== 0) continue;
    const other = rows.find((row) => {
      if (row.instrument.kind !== 'option' || row.here !== 0 || changeOf(row) === 0) return false;
      const { right, expiration, multiplier, tradingClass } = row.instrument;
      const adjusted = multiplier !== instrument.multiplier || tradingClass !== instrument.tradingClass;
      return adjusted && right === instrument.right && expiration === instrument.expiration;
    });
    if (other !== undefined) return `${describeInstrument(instrument)} has become ${other.key.trim()}`;
  }
  return null;
}

/** Shares alone: more of them, cheaper by the same ratio. */
function sharesOnly(ours: readonly BookRow[]): string | null {
  const shares = ours.find(({ instrument }) => instrument.kind === 'stock');
  if (shares === undefined || shares.ourPrice === null || shares.theirPrice === null || shares.theirPrice <= 0)
    return null;
  const ratios = [...Array.from({ length: LARGEST - 1 }, (_, i) => i + 2), ...FRACTIONS];
  const { here, foreign, there, ourPrice, theirPrice } = shares;
  const fits = ratios.some((ratio) => {
    const cheaper = Math.abs(ourPrice / theirPrice / ratio - 1) < PRICE_TOLERANCE;
    return cheaper && there === Math.trunc((here + foreign) * ratio);
  });
  return fits ? bothSides(shares) : null;
}

function adopted(moves: readonly Move[], ratio: number, now: EpochMs): Finding {
  const { symbol } = (moves[0] as Move).from.instrument;
  const text = `${symbol}: split ${ratio} for 1, quantities and strikes changed by it`;
  const fills = moves.flatMap((move) => splitFills(move, ratio, now));
  const rows = [...new Set(moves.flatMap(({ from, to }) => [from, to]))];
  return finding({ rows, text, effect: 'adopt', fills });
}

function finding(about: { rows: readonly BookRow[]; text: string } & Pick<Finding, 'effect' | 'fills'>): Finding {
  const { rows, text, effect, fills } = about;
  const { symbol } = (rows[0] as BookRow).instrument;
  return {
    kind: 'split',
    symbol,
    keys: rows.map(({ key }) => key),
    text,
    evidence: rows.map(bothSides),
    effect,
    fills,
  };
}

/**
 * Out at our average price, in at that divided by the ratio: nothing is earned or lost. What does not divide is spread
 * over two prices 1/10,000 dollar apart, so that the sum is exact.
 */
function splitFills({ from, to }: Move, ratio: number, now: EpochMs): Fill[] {
  const price = from.ourPrice ?? (0 as Money);
  const count = Math.abs(from.here);
  const low = Math.floor(price / ratio);
  const dearer = price * count - low * count * ratio;
  const [out, back] = from.here > 0 ? (['sell', 'buy'] as const) : (['buy', 'sell'] as const);
  const fill = (
    part: string,
    row: BookRow,
  ): Pick<Fill, 'execId' | 'orderRef' | 'permId' | 'at' | 'instrument' | 'conId'> => ({
    execId: `split.${from.key.replaceAll(' ', '')}.${newYorkDate(now)}.${part}.01`,
    ...{ orderRef: '', permId: 0, at: now, instrument: row.instrument, conId: row.conId },
  });
  return [
    { ...fill('1out', from), side: out, quantity: count, price },
    { ...fill('2in', to), side: back, quantity: count * ratio - dearer, price: low as Money },
    { ...fill('3in', to), side: back, quantity: dearer, price: (low + 1) as Money },
  ].filter(({ quantity }) => quantity > 0);
}
