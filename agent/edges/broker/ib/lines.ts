import type { Contract } from '@stoqey/ib/dist/api/contract/contract.js';
import type { EpochMs } from '../../../core/calendar/time.ts';
import type { ListedInstrument } from '../../../core/market/contract.ts';
import { CODE } from './codes.ts';
import type { Room } from './room.ts';
import type { Session } from './session.ts';
import { TickColumns } from './tick-columns.ts';

/** What was refused may be given later: the other login has ended, the subscription was bought. */
const ASKED_AGAIN_MS = 60_000;
/** Lines that somebody else used may be free again. */
const FEWER_FOR_MS = 30 * 60_000;
/** Option open interest; volume and the rest come unasked. */
const OPTION_TICKS = '101';

interface Line {
  readonly conId: number;
  readonly slot: number;
  readonly requestId: number;
  refusal: string | null;
  refusedAt: EpochMs;
  usedAt: EpochMs;
}

/**
 * The broker's market-data lines: one standing subscription per contract, shared by everybody who wants it. Contracts that
 * somebody claims stay; the others make room when a line is needed, the longest unused first.
 */
export class Lines {
  readonly columns: TickColumns;
  readonly #room: Room;
  readonly #contractOf: (listed: ListedInstrument) => Contract;
  readonly #byConId = new Map<number, Line>();
  readonly #byRequest = new Map<number, Line>();
  readonly #claims = new Map<string, ReadonlySet<number>>();
  readonly #waiting = new Set<() => void>();
  readonly #freeSlots: number[] = [];
  readonly #wanted: number;
  #most: number;
  #fewerSince: EpochMs = 0;

  constructor(room: Room, most: number, contractOf: (listed: ListedInstrument) => Contract) {
    this.#room = room;
    this.#wanted = most;
    this.#most = most;
    this.#contractOf = contractOf;
    this.columns = new TickColumns(most);
    for (let slot = most - 1; slot >= 0; slot -= 1) this.#freeSlots.push(slot);
  }

  /** Smaller for a while when the broker says that it gives fewer. */
  get most(): number {
    if (this.#room.clock.now() - this.#fewerSince >= FEWER_FOR_MS) this.#most = this.#wanted;
    return this.#most;
  }

  attach(session: Session): void {
    const slotOf = (id: number): number => this.#heard(id);
    const now = (): EpochMs => this.#room.clock.now();
    session.listen('tickPrice', (id, type, price) => {
      const slot = slotOf(id);
      if (slot < 0) return;
      const before = this.columns.answered(slot);
      this.columns.price(slot, type, price, now());
      if (!before && this.columns.answered(slot)) this.#wake();
    });
    session.listen('tickSize', (id, type, size) => {
      const slot = slotOf(id);
      if (slot >= 0) this.columns.size(slot, type, size, now());
    });
    session.listen('tickString', (id, type, value) => {
      const slot = slotOf(id);
      if (slot >= 0) this.columns.text(slot, type, value, now());
    });
    session.listen('tickOptionComputation', (id, type, _attribute, impliedVolatility, delta, ...rest) => {
      const [, , gamma, vega, theta] = rest;
      const slot = slotOf(id);
      if (slot >= 0) this.columns.model(slot, { type, impliedVolatility, delta, gamma, vega, theta });
    });
    session.listen('marketDataType', (id, type) => {
      const line = this.#byRequest.get(id);
      if (line !== undefined) this.columns.kind(line.slot, type);
    });
  }

  /** All subscriptions are gone, with their session or by word of the broker. */
  forget(): void {
    for (const line of [...this.#byConId.values()]) this.#drop(line);
    this.#wake();
  }

  /** As `forget`, of subscriptions that the broker still holds. */
  cancelAll(): void {
    for (const line of this.#byConId.values()) this.#cancel(line);
    this.forget();
  }

  /** Replaces what one owner wants kept; an empty list gives its claim up. */
  claim(owner: string, conIds: readonly number[]): void {
    if (conIds.length === 0) this.#claims.delete(owner);
    else this.#claims.set(owner, new Set(conIds));
  }

  /** Subscribes unless that has been done. Null = no line is free. */
  open(listed: ListedInstrument): number | null {
    const now = this.#room.clock.now();
    this.#giveUpRefused(listed.conId, now);
    const known = this.#byConId.get(listed.conId);
    if (known !== undefined) {
      known.usedAt = now;
      return known.slot;
    }
    while (this.#byConId.size >= this.most) if (!this.#evict()) return null;
    const slot = this.#freeSlots.pop();
    if (slot === undefined) return null;
    this.columns.clear(slot);
    const line: Line = {
      conId: listed.conId,
      slot,
      requestId: this.#room.requests.newId(),
      refusal: null,
      refusedAt: 0,
      usedAt: now,
    };
    this.#byConId.set(line.conId, line);
    this.#byRequest.set(line.requestId, line);
    const contract = this.#contractOf(listed);
    const ticks = listed.instrument.kind === 'option' ? OPTION_TICKS : '';
    const sent = this.#room.requests.tell('marketData', `quotes of ${listed.conId}`, (api) => {
      if (this.#byRequest.has(line.requestId)) api.reqMktData(line.requestId, contract, ticks, false, false);
    });
    void sent.then((answer) => {
      if (answer.ok || this.#byRequest.get(line.requestId) !== line) return;
      this.#drop(line);
      this.#wake();
    });
    return slot;
  }

  slotOf(conId: number): number | null {
    return this.#byConId.get(conId)?.slot ?? null;
  }

  /** Why the broker sends nothing for a contract, or null. */
  refusalOf(conId: number): string | null {
    return this.#byConId.get(conId)?.refusal ?? null;
  }

  /** Resolves when each of them has answered, been refused or lost its line, or at the deadline. */
  async settled(conIds: readonly number[], deadline: EpochMs): Promise<void> {
    await this.#when(deadline, () =>
      conIds.every((conId) => {
        const line = this.#byConId.get(conId);
        return line === undefined || line.refusal !== null || this.columns.answered(line.slot);
      }),
    );
  }

  /** @returns whether the id belongs to a line */
  failed(requestId: number, code: number, reason: string): boolean {
    const line = this.#byRequest.get(requestId);
    if (line === undefined) return code === CODE.noSubscriptionToCancel;
    line.refusal = `${code} ${reason}`;
    line.refusedAt = this.#room.clock.now();
    // What it had before is no market any more.
    this.columns.clear(line.slot);
    if (code === CODE.noLineLeft) {
      this.#drop(line);
      this.#most = Math.max(1, this.#byConId.size);
      this.#fewerSince = this.#room.clock.now();
    }
    this.#wake();
    return true;
  }

  #when(deadline: EpochMs, condition: () => boolean): Promise<void> {
    if (condition()) return Promise.resolve();
    return new Promise((resolve) => {
      const finish = (): void => {
        timer.cancel();
        this.#waiting.delete(check);
        resolve();
      };
      const check = (): void => {
        if (condition()) finish();
      };
      const timer = this.#room.clock.at(deadline, finish);
      this.#waiting.add(check);
    });
  }

  /** Ticks that flow take a refusal back: some codes are only about a part of the data. */
  #heard(requestId: number): number {
    const line = this.#byRequest.get(requestId);
    if (line === undefined) return -1;
    line.refusal = null;
    return line.slot;
  }

  #giveUpRefused(conId: number, now: EpochMs): void {
    const line = this.#byConId.get(conId);
    if (line === undefined || line.refusal === null || now - line.refusedAt < ASKED_AGAIN_MS) return;
    this.#drop(line);
    this.#cancel(line);
  }

  #evict(): boolean {
    let oldest: Line | null = null;
    for (const line of this.#byConId.values()) {
      if (this.#claimed(line.conId)) continue;
      if (oldest === null || line.usedAt < oldest.usedAt) oldest = line;
    }
    if (oldest === null) return false;
    this.#drop(oldest);
    this.#cancel(oldest);
    return true;
  }

  #cancel({ requestId }: Line): void {
    void this.#room.requests.tell('marketData', 'end of quotes', (api) => api.cancelMktData(requestId));
  }

  #claimed(conId: number): boolean {
    for (const claim of this.#claims.values()) if (claim.has(conId)) return true;
    return false;
  }

  #drop(line: Line): void {
    this.#byConId.delete(line.conId);
    this.#byRequest.delete(line.requestId);
    this.#freeSlots.push(line.slot);
  }

  #wake(): void {
    for (const check of [...this.#waiting]) check();
  }
}
