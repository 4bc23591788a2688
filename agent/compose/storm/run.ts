import { type Letter, PROMISES, type Violation } from '../../lab/storm/invariants.ts';
import { eventText, type StormEvent } from '../../lab/storm/plan.ts';
import { shrink } from '../../lab/storm/shrink.ts';
import { eventsOf, type StormResult, type StormWish, storm } from './day.ts';

/** A seed that broke a promise, as short as it can be made. */
export interface FailedSeed {
  readonly seed: number;
  readonly violations: readonly (Violation & { readonly promise: string })[];
  /** The very same again when it was run a second time. */
  readonly replays: boolean;
  readonly digest: string;
  /** Of the whole plan: how many things went wrong. */
  readonly events: number;
  /** The shortest list that still breaks the same promise: place in the plan and text. */
  readonly shortest: readonly { readonly index: number; readonly text: string }[];
}

export interface SeedResult {
  readonly seed: number;
  readonly orders: number;
  readonly fills: number;
  readonly events: number;
  readonly seconds: number;
  readonly failed: FailedSeed | null;
}

export interface SeedWish extends StormWish {
  /** Places in the plan of what may happen; `null` = all of it. */
  readonly only: readonly number[] | null;
}

/** One seed from its plan to its judgement; when it fails, once more, and then ever shorter. */
export async function runSeed(wish: SeedWish): Promise<SeedResult & { readonly lines: readonly string[] }> {
  const plan = eventsOf(wish);
  const events = wish.only === null ? plan : plan.filter((_, index) => wish.only?.includes(index));
  const began = process.cpuUsage();
  const result = await survived(wish, events);
  const { user, system } = process.cpuUsage(began);
  const failed = result.violations.length === 0 ? null : await examined(wish, { plan, events, result });
  const { orders, fills, lines } = result;
  return { seed: wish.seed, orders, fills, lines, events: events.length, seconds: (user + system) / 1e6, failed };
}

async function examined(
  wish: SeedWish,
  { plan, events, result }: { plan: readonly StormEvent[]; events: readonly StormEvent[]; result: StormResult },
): Promise<FailedSeed> {
  const again = await survived(wish, events);
  const letters = lettersOf(result);
  const shortest = await shrink(events, async (part) => {
    const found = lettersOf(await survived(wish, part));
    return [...letters].some((letter) => found.has(letter));
  });
  return {
    seed: wish.seed,
    violations: result.violations.map((violation) => ({ ...violation, promise: PROMISES[violation.letter] })),
    replays: again.digest === result.digest,
    digest: result.digest,
    events: events.length,
    shortest: shortest.map((event) => ({ index: plan.indexOf(event), text: eventText(event) })),
  };
}

/** What breaks the bench itself is a broken promise as well. */
async function survived(wish: StormWish, events: readonly StormEvent[]): Promise<StormResult> {
  try {
    return await storm(wish, events);
  } catch (error) {
    const text = error instanceof Error ? (error.stack ?? error.message) : String(error);
    return { violations: [{ letter: 'z', at: null, text }], digest: text, orders: 0, fills: 0, lines: [] };
  }
}

function lettersOf({ violations }: StormResult): ReadonlySet<Letter> {
  return new Set(violations.map(({ letter }) => letter));
}
