import { newYorkDate } from '../../../core/calendar/new-york.ts';
import { type EpochMs, epochDay, type IsoDate } from '../../../core/calendar/time.ts';
import { CALL, type Chain, emptyChain, PUT } from '../../../core/market/chain.ts';
import type { ListedInstrument } from '../../../core/market/contract.ts';
import type { Money } from '../../../core/market/money.ts';
import { type Answer, answered, unanswered } from '../answer.ts';
import type { ChainSelection, ListedOptions } from '../market-data.ts';
import { chooseRows, compareRows, expirationsWithin, fairShares, type Row } from './chain-selection.ts';
import type { Lines } from './lines.ts';
import type { Listings } from './listings.ts';
import { offline, type Room } from './room.ts';

/** A selection that nobody has asked for during this time gives its lines back. */
const IDLE_MS = 30 * 60_000;
/** So far the price may move before the rows nearest to it are chosen anew. */
const DRIFT = 0.01;
/** Part of the lines that is left to single quotes. */
const RESERVE = 0.05;

interface Standing {
  readonly symbol: string;
  readonly selection: string;
  readonly underlying: ListedInstrument;
  readonly day: IsoDate;
  /** The price of the underlying around which the rows were chosen. */
  readonly anchor: Money;
  /** The most wanted first. */
  readonly rows: readonly Row[];
  /** The broker told all there is to choose from. */
  readonly listedInFull: boolean;
  askedAt: EpochMs;
}

/** Chains from standing subscriptions: chosen once, kept while the selection stays the same, copied when asked for. */
export class Chains {
  readonly #room: Room;
  readonly #listings: Listings;
  readonly #lines: Lines;
  readonly #roundTrip: () => Promise<unknown>;
  /** By symbol: whoever asks for another part of a chain gets the lines of the part asked for before. */
  readonly #standing = new Map<string, Standing>();

  /** @param roundTrip resolves when everything that the broker has sent so far has been heard */
  constructor(room: Room, listings: Listings, lines: Lines, roundTrip: () => Promise<unknown>) {
    this.#room = room;
    this.#listings = listings;
    this.#lines = lines;
    this.#roundTrip = roundTrip;
  }

  async chain(selection: ChainSelection, now: EpochMs): Promise<Answer<Chain>> {
    const none = offline(this.#room);
    if (none !== null) return none;
    const deadline = this.#room.clock.now() + this.#room.requests.timeoutMs;
    const options = await this.#listings.options(selection.symbol);
    if (!options.ok) return options;
    const underlying = await this.#listings.list({ kind: 'stock', symbol: selection.symbol });
    if (!underlying.ok) return underlying;
    const spot = await this.#spot(underlying.value, deadline);
    if (spot === null) return this.#noSpot(underlying.value);
    const standing = await this.#stand(selection, now, { options: options.value, underlying: underlying.value, spot });
    if (standing.rows.length === 0 && !standing.listedInFull) {
      return unanswered('unknown', `the contracts of ${selection.symbol} were not told in time`);
    }
    const rows = this.#subscribe(standing);
    const conIds = rows.map((row) => row.listed.conId);
    await this.#lines.settled(conIds, deadline);
    await this.#roundTrip();
    return offline(this.#room) ?? answered(this.#copy(options.value, standing, rows));
  }

  async #spot(underlying: ListedInstrument, deadline: EpochMs): Promise<Money | null> {
    if (this.#lines.open(underlying) === null) return null;
    const { conId } = underlying;
    await this.#lines.settled([conId], deadline);
    const first = this.#lines.slotOf(conId);
    if (first !== null && this.#lines.columns.spot(first) === null) await this.#roundTrip();
    const slot = this.#lines.slotOf(conId);
    return slot === null ? null : this.#lines.columns.spot(slot);
  }

  #noSpot(underlying: ListedInstrument): Answer<never> {
    const none = offline(this.#room);
    if (none !== null) return none;
    const refusal = this.#lines.refusalOf(underlying.conId);
    const { symbol } = underlying.instrument;
    if (refusal !== null) return unanswered('refused', `no price of ${symbol}: ${refusal}`);
    return unanswered('unknown', `no price of ${symbol} in time`);
  }

  /** The standing choice, or a new one when there is none, the day is another or the price has moved away. */
  async #stand(
    selection: ChainSelection,
    now: EpochMs,
    known: { options: ListedOptions; underlying: ListedInstrument; spot: Money },
  ): Promise<Standing> {
    const wanted = JSON.stringify(selection);
    const day = newYorkDate(now);
    const before = this.#standing.get(selection.symbol);
    const same = before?.selection === wanted && before.day === day;
    if (same && before.listedInFull && Math.abs(known.spot / before.anchor - 1) <= DRIFT) {
      before.askedAt = now;
      return before;
    }
    const strips = await this.#strips(selection, known.options, now);
    const standing: Standing = {
      symbol: selection.symbol,
      selection: wanted,
      underlying: known.underlying,
      day,
      anchor: known.spot,
      rows: chooseRows(strips.found, selection, known.spot),
      listedInFull: strips.complete,
      askedAt: now,
    };
    this.#standing.set(selection.symbol, standing);
    return standing;
  }

  async #strips(
    selection: ChainSelection,
    options: ListedOptions,
    now: EpochMs,
  ): Promise<{ found: Row[][]; complete: boolean }> {
    const expirations = expirationsWithin(options, selection, now);
    const wanted = expirations.flatMap((expiration) =>
      selection.rights.map((right) => ({ options, expiration, right })),
    );
    const answers = await Promise.all(wanted.map((strip) => this.#listings.strip(strip)));
    const found = answers.map((answer) =>
      (answer.ok ? answer.value : []).flatMap((listed): Row[] =>
        listed.instrument.kind === 'option' ? [{ listed, option: listed.instrument }] : [],
      ),
    );
    return { found, complete: answers.every((answer) => answer.ok || answer.failure === 'refused') };
  }

  /** Divides the lines among all standing selections and subscribes to this one's part of them. */
  #subscribe(standing: Standing): Row[] {
    const now = standing.askedAt;
    // Somebody else may have asked for another part while this one was chosen: the last to subscribe has it.
    this.#standing.set(standing.symbol, standing);
    for (const [symbol, other] of this.#standing) {
      if (now - other.askedAt <= IDLE_MS) continue;
      this.#standing.delete(symbol);
      this.#lines.claim(symbol, []);
    }
    const all = [...this.#standing.values()];
    const lines = Math.floor(this.#lines.most * (1 - RESERVE));
    const shares = fairShares(
      all.map((each) => each.rows.length + 1),
      lines,
    );
    let own: Row[] = [];
    for (const [index, each] of all.entries()) {
      const part = each.rows.slice(0, Math.max(0, (shares[index] as number) - 1));
      this.#lines.claim(each.symbol, [each.underlying.conId, ...part.map((row) => row.listed.conId)]);
      if (each === standing) own = part;
    }
    this.#lines.open(standing.underlying);
    return own.filter((row) => this.#lines.open(row.listed) !== null).toSorted(compareRows);
  }

  #copy(options: ListedOptions, standing: Standing, rows: readonly Row[]): Chain {
    const { columns } = this.#lines;
    const chain = emptyChain(options.symbol, rows.length);
    const spotSlot = this.#lines.slotOf(standing.underlying.conId);
    chain.takenAt = this.#room.clock.now();
    chain.spot = spotSlot === null ? null : columns.spot(spotSlot);
    chain.spotAt = spotSlot === null ? 0 : columns.quotedAt(spotSlot);
    chain.multiplier = options.multiplier;
    chain.complete = standing.listedInFull;
    for (const [i, { listed, option }] of rows.entries()) {
      chain.conId[i] = listed.conId;
      chain.expiration[i] = epochDay(option.expiration);
      chain.strike[i] = option.strike;
      chain.right[i] = option.right === 'C' ? CALL : PUT;
      const slot = this.#lines.slotOf(listed.conId);
      if (slot === null || !columns.answered(slot)) chain.complete = false;
      if (slot === null) continue;
      chain.bid[i] = columns.value(slot, 'bid');
      chain.ask[i] = columns.value(slot, 'ask');
      chain.last[i] = columns.value(slot, 'last');
      chain.volume[i] = columns.value(slot, 'volume');
      chain.openInterest[i] = columns.value(slot, option.right === 'C' ? 'callInterest' : 'putInterest');
      chain.quotedAt[i] = columns.quotedAt(slot);
      chain.impliedVolatility[i] = columns.impliedVolatility[slot] as number;
      chain.delta[i] = columns.delta[slot] as number;
      chain.gamma[i] = columns.gamma[slot] as number;
      chain.theta[i] = columns.theta[slot] as number;
      chain.vega[i] = columns.vega[slot] as number;
    }
    return chain;
  }
}
