import { newYorkDate } from '../../core/calendar/new-york.ts';
import { type IsoDate, MINUTE_MS } from '../../core/calendar/time.ts';
import type { Store, Write } from '../../edges/store/store.ts';
import type { Clock, Timer } from '../../edges/system/clock.ts';
import type { Log } from '../../edges/system/log.ts';

/** Bytes that a process has given to the disk since it began; `null` = the system does not say. */
export type WrittenBytes = () => number | null;

export interface WriteMeterParts {
  readonly store: Pick<Store, 'commit' | 'list'>;
  /** By the name under which they are counted. */
  readonly sources: Readonly<Record<WriterName, WrittenBytes>>;
  readonly clock: Pick<Clock, 'now' | 'after'>;
  /** Market seconds in one real second. */
  readonly speed: number;
  readonly log: Log;
  readonly onChange: () => void;
}

type WriterName = 'agent' | 'guard';

export interface Written {
  readonly tradingDay: IsoDate;
  readonly agent: number | null;
  /** `null` as well where it runs as a service of its own, whose figures are nobody else's. */
  readonly guard: number | null;
}

const WRITERS = ['agent', 'guard'] as const;
const PREFIX = 'written/';
/** What a crash may forget of it: counting must cost less than what it counts. */
const STORED_EVERY = 15;
/** Shown to this; what is less is no news. */
const NEWS_BYTES = 100_000;

/** How much of the card's life a trading day takes, also over restarts. */
export class WriteMeter {
  readonly #parts: WriteMeterParts;
  readonly #last: Record<WriterName, number> = { agent: 0, guard: 0 };
  #written: Written;
  #shown = Number.NEGATIVE_INFINITY;
  #samples = 0;
  #stopped = false;
  #timer: Timer | null = null;

  constructor(parts: WriteMeterParts) {
    this.#parts = parts;
    this.#written = { tradingDay: '', agent: null, guard: null };
  }

  get written(): Written {
    return this.#written;
  }

  /** Never rejects: nothing waits for it. */
  async start(): Promise<void> {
    const { store, clock, log } = this.#parts;
    const tradingDay = newYorkDate(clock.now());
    const range = { from: `${PREFIX}${tradingDay}/`, before: `${PREFIX}${tradingDay}0` };
    const kept = await store.list('counters', range).catch((error: unknown) => {
      log.warn({ error: String(error) }, 'what was written today before is not known');
      return [];
    });
    if (this.#stopped) return;
    const before = new Map(kept.map(([key, { value }]) => [key.split('/').at(-1), value]));
    this.#written = { tradingDay, agent: before.get('agent') ?? null, guard: before.get('guard') ?? null };
    this.#sample();
    this.#turn();
  }

  #turn(): void {
    const { clock, speed } = this.#parts;
    this.#timer = clock.after(MINUTE_MS * speed, () => {
      this.#turn();
      this.#sample();
      this.#samples += 1;
      if (this.#samples % STORED_EVERY === 0) void this.#keep();
    });
  }

  async stop(): Promise<void> {
    this.#stopped = true;
    const counts = this.#timer !== null;
    this.#timer?.cancel();
    if (!counts) return;
    this.#sample();
    await this.#keep();
  }

  #sample(): void {
    const { sources, clock, onChange } = this.#parts;
    const tradingDay = newYorkDate(clock.now());
    const before = tradingDay === this.#written.tradingDay ? this.#written : { agent: null, guard: null };
    const sum = (name: WriterName): number | null => {
      const now = sources[name]();
      if (now === null) return before[name];
      // A process that was started anew begins at nothing.
      const more = now < this.#last[name] ? now : now - this.#last[name];
      this.#last[name] = now;
      return (before[name] ?? 0) + more;
    };
    this.#written = { tradingDay, agent: sum('agent'), guard: sum('guard') };
    const all = (this.#written.agent ?? 0) + (this.#written.guard ?? 0);
    if (Math.abs(all - this.#shown) < NEWS_BYTES) return;
    this.#shown = all;
    onChange();
  }

  /** The days before go: the statistics of a day are not kept here. */
  async #keep(): Promise<void> {
    const { store, log } = this.#parts;
    const { tradingDay } = this.#written;
    try {
      const old = await store.list('counters', { from: PREFIX, before: `${PREFIX}${tradingDay}/` });
      const removals = old.map(([key]): Write => ({ table: 'counters', key, remove: true }));
      const puts = WRITERS.flatMap((name): Write[] => {
        const value = this.#written[name];
        return value === null ? [] : [{ table: 'counters', key: `${PREFIX}${tradingDay}/${name}`, put: { value } }];
      });
      await store.commit([...removals, ...puts], 'lazy');
    } catch (error) {
      log.debug({ error: String(error) }, 'the count of written bytes could not be stored');
    }
  }
}
