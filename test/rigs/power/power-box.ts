import { mkdtempSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as wait } from 'node:timers/promises';
import type { BooksAnswer, OrderRow } from '../../../agent/edges/status/inquiries.ts';
import type { StatusSnapshot } from '../../../agent/edges/status/snapshot.ts';
import type { Cut, Moment } from './cut-plan.ts';
import { type Found, lookAt } from './disk-look.ts';
import { Exchange, freePort, SPEED } from './exchange.ts';
import { CLIENT_ID, type Guest, newDisk } from './guest-image.ts';
import { LatchLedger } from './latch-ledger.ts';
import { Life } from './life.ts';
import type { GuardLine, GuestLine } from './lines.ts';
import { NbdServer } from './nbd-server.ts';
import { type CutBlocks, type DiskHabits, VolatileDisk } from './volatile-disk.ts';
import { WriteLedger } from './write-ledger.ts';

export interface CutReport extends CutBlocks {
  /** Orders that worked at the exchange in that moment. */
  readonly working: number;
  /** Batches of records since the last cut: promised to be kept, and under way. */
  readonly promised: number;
  readonly unpromised: number;
  readonly latch: string;
  /** Everything that is not as it must be. */
  readonly wrongs: readonly string[];
  readonly found: Found;
}

const LOOK_MS = 20;
const CONSOLE = 4_000;
const PATIENCE_MS = 90_000;
/** So long is waited for what a cut is to come with; then it comes all the same. */
const QUIET_MS = { orders: 5_000, press: 3_000, halt: 5_000, start: 20_000, quiet: 2_000 };
const NOTHING = { working: new Map<string, string>(), completed: new Map<string, string>(), executions: new Map() };
const SETTLED = new Set(['agreed', 'waiting']);

/** The box with its disk in a machine whose power can be cut, and the exchange, which nothing happens to. */
export class PowerBox {
  readonly exchange: Exchange;
  /** Whether it goes on after a cut. */
  isAlive = true;
  readonly #scratch: string;
  readonly #guest: Guest;
  readonly #disk: VolatileDisk;
  readonly #server: NbdServer;
  readonly #pagePort: number;
  readonly #records = new WriteLedger();
  readonly #latch = new LatchLedger();
  #life: Life | null = null;
  #guard: GuardLine | null = null;
  #rearmed: string | null = '';
  #onAt = 0;
  /** That the exchange has accepted on the days before. */
  #ordersBefore = 0;
  #date: string | null = null;

  private constructor(
    scratch: string,
    guest: Guest,
    parts: { exchange: Exchange; pagePort: number; disk: VolatileDisk },
  ) {
    this.#scratch = scratch;
    this.#guest = guest;
    this.exchange = parts.exchange;
    this.#pagePort = parts.pagePort;
    this.#disk = parts.disk;
    this.#server = new NbdServer(parts.disk);
  }

  static async make(guest: Guest, folder: string, habits: DiskHabits = {}): Promise<PowerBox> {
    const scratch = mkdtempSync(join(folder, 'box-'));
    const disk = new VolatileDisk(newDisk(scratch), habits);
    const box = new PowerBox(scratch, guest, {
      exchange: await Exchange.make(scratch),
      pagePort: await freePort(),
      disk,
    });
    await box.#server.start(box.#socket);
    return box;
  }

  get life(): Life {
    if (this.#life === null) throw new Error('the box has no power');
    return this.#life;
  }

  /** Whether the latch on the disk says that it is halted. */
  get isTripped(): boolean {
    return this.#latch.state === 'tripped';
  }

  get bytesWritten(): number {
    return this.#disk.bytesWritten;
  }

  /** @param date the exchange opens on that day as soon as the program of the machine begins; not said = it is open */
  turnOn(date: string | null = null): void {
    this.#server.restoreSupply();
    this.#date = date;
    this.#onAt = date === null ? this.exchange.now() : 0;
    this.#guard = null;
    this.#life = new Life({
      ...{ guest: this.#guest, socket: this.#socket, gatewayPort: this.exchange.port, pagePort: this.#pagePort },
      heard: (line) => this.#hear(line),
    });
  }

  /** The timetable runs, the books were compared with the exchange's since it was turned on, and the same orders work on both sides. */
  async recovered(): Promise<void> {
    await this.life.ready();
    await this.booksAgree(this.#onAt, SETTLED);
    if (this.isTripped) return this.#stillHalted();
    await this.until(
      'the guard lets orders pass',
      async () => this.#guard?.closed === null || `${this.#guard?.closed}`,
    );
    await this.until('the same orders work here and at the exchange', async () => {
      const { working } = await this.exchange.second.books(CLIENT_ID);
      const rows = (await this.life.get<{ orders: readonly OrderRow[] }>('/api/orders'))?.orders ?? [];
      const ours = rows.filter((order) => order.working).map(({ id }) => id);
      const theirs = [...working.values()];
      return ours.toSorted().join() === theirs.toSorted().join() || `${ours} here, ${theirs} at the exchange`;
    });
  }

  async booksAgree(since: number, states: ReadonlySet<string>): Promise<void> {
    await this.until('the books agree', async () => {
      const books = await this.life.get<BooksAnswer>('/api/books');
      return (
        (books !== null && books.at >= since && states.has(books.state)) || `books ${books?.state}: ${books?.reason}`
      );
    });
  }

  async trading(): Promise<StatusSnapshot['trading'] | null> {
    return (await this.life.get<StatusSnapshot>('/api/status'))?.trading ?? null;
  }

  /** What a person does after a halt, with the red switch released. */
  async rearm(): Promise<void> {
    this.life.send({ kind: 'contacts', levels: '0 1' });
    await this.until('the guard is armed', async () => {
      if (this.#guard?.state === 'armed') return true;
      this.#rearmed = '';
      this.#latch.asked('prep', 'armed');
      this.life.send({ kind: 'rearm' });
      await this.until('the guard answers', async () => this.#rearmed !== '' || 'nothing');
      return this.#rearmed === null || this.#rearmed;
    });
    await this.until('trading is active', async () => {
      const answer = await this.life.post('/resume');
      const { state } = (await this.trading()) ?? {};
      return state === 'active' || `${state}: ${answer}`;
    });
  }

  async cut(cut: Cut): Promise<CutReport> {
    if (cut.phase === 'press' || cut.phase === 'halt') this.#latch.asked('tripped');
    if (cut.phase === 'press') this.life.send({ kind: 'contacts', levels: '1 0' });
    // Whether it is ever answered is another question.
    if (cut.phase === 'halt') this.life.post('/halt').catch(() => undefined);
    await this.#reach(cut.moment, QUIET_MS[cut.phase]);
    this.#server.loseSupply();
    const working = this.exchange.isOpen ? this.exchange.tail.working : 0;
    const { trouble } = this.life;
    await this.life.cut();
    const blocks = this.#disk.cut(cut.keeps, cut.seed);
    const found = await lookAt(this.#disk.medium, this.#scratch);
    const { promised, unpromised } = this.#records;
    if (trouble !== null) this.isAlive = false;
    return {
      ...blocks,
      ...{ working, promised, unpromised, found, latch: found.latch.state },
      wrongs: [...(trouble === null ? [] : [trouble.message]), ...(await this.#wrongs(found))],
    };
  }

  async stop(): Promise<void> {
    await this.#life?.cut();
    await this.exchange.close();
    await this.#server.stop();
    rmSync(this.#scratch, { recursive: true, force: true });
  }

  /** @param holds or what keeps it from it */
  async until(what: string, holds: () => Promise<true | string>): Promise<void> {
    const end = performance.now() + PATIENCE_MS;
    for (;;) {
      if (this.life.trouble !== null) throw this.life.trouble;
      const answer = await holds();
      if (answer === true) return;
      if (performance.now() > end)
        throw new Error(`not in time: ${what}; ${answer}\n${this.life.console().slice(-CONSOLE)}`);
      await wait(LOOK_MS);
    }
  }

  get #socket(): string {
    return join(this.#scratch, 'disk.sock');
  }

  async #stillHalted(): Promise<void> {
    await this.until('it is halted and nothing works', async () => {
      const { working } = await this.exchange.second.books(CLIENT_ID);
      const state = (await this.trading())?.state;
      const { state: guard, halted } = this.#guard ?? {};
      const holds = guard === 'tripped' && halted === 'confirmed' && state === 'halted' && working.size === 0;
      return holds || `guard ${guard} ${halted}, trading ${state}, ${working.size} orders work`;
    });
  }

  /** Of an exchange that closes, the guard goes on counting. */
  async closeExchange(): Promise<void> {
    const { working, completed } = await this.exchange.second.books(CLIENT_ID);
    this.#ordersBefore += new Set([...working.keys(), ...completed.keys()]).size;
    await this.exchange.close();
  }

  async #reach(moment: Moment, patienceMs: number): Promise<void> {
    if (moment.kind === 'any') return wait(moment.ms);
    if (moment.kind === 'latch') {
      await this.until('the halt is stored', async () => this.isTripped || 'not yet');
      return wait(moment.ms);
    }
    const late = new AbortController();
    const patience = setTimeout(() => late.abort(), patienceMs);
    if (moment.kind === 'order') {
      await this.exchange.tail.order(moment.nth, late.signal);
      clearTimeout(patience);
      return wait(moment.ms);
    }
    const { promise, resolve } = Promise.withResolvers<void>();
    late.signal.addEventListener('abort', () => resolve());
    let left = moment.nth;
    this.#server.onFlush = (side) => {
      if (side === 'asked') left -= 1;
      if (left > 0 || side !== moment.side) return false;
      resolve();
      return true;
    };
    await promise;
    clearTimeout(patience);
  }

  async #wrongs({ records, closed, latch, ordersCounted }: Found): Promise<string[]> {
    const { working, completed, executions } = this.exchange.isOpen
      ? await this.exchange.second.books(CLIENT_ID)
      : NOTHING;
    const references = [
      ...working.values(),
      ...completed.values(),
      ...[...executions.values()].map((of) => of.orderRef),
    ];
    const accepted = this.#ordersBefore + new Set([...working.keys(), ...completed.keys()]).size;
    const unknown = [...new Set(references)].filter((reference) => records?.has(`intents/${reference}`) !== true);
    return [
      ...(closed === null ? [] : [`the store does not open: ${closed}`]),
      ...this.#records.compare(records ?? new Map()),
      ...unknown.map((reference) => `the exchange has "${reference}", of which no intent is stored`),
      ...this.#latch.compare(latch),
      ...(ordersCounted >= accepted ? [] : [`the guard has counted ${ordersCounted} of ${accepted} orders`]),
    ];
  }

  async #begin(): Promise<void> {
    const { life } = this;
    if (this.#date !== null) await this.exchange.open(this.#date);
    life.send({ kind: 'begin', market: this.exchange.now(), speed: SPEED });
  }

  #hear(line: GuestLine): void {
    if (line.kind === 'cache' && line.mode !== 'write back') throw new Error(`the disk has no cache: ${line.mode}`);
    if (line.kind === 'hello') void this.#begin();
    if (line.kind === 'writes') this.#records.wrote(line);
    if (line.kind === 'stored') this.#records.stored(line.batch);
    if (line.kind === 'rearmed') this.#rearmed = line.refusal;
    if (line.kind !== 'guard') return;
    this.#guard = line;
    this.#latch.said(line);
  }
}
