import { setTimeout as wait } from 'node:timers/promises';
import { instantInNewYork } from '../../agent/core/calendar/new-york.ts';
import { BookTail } from './book-tail.ts';
import { Box, type BoxWish, CLIENT_ID, EXECUTION } from './box.ts';
import type { Kill, Moment } from './kill-plan.ts';
import { reconciled, until } from './recovered.ts';
import { storedBooks, wrongs } from './verdict.ts';

export interface KilledDay {
  readonly date: string;
  readonly orders: number;
  readonly executions: number;
  readonly kills: readonly Killed[];
  readonly wrongs: readonly string[];
}

export interface Killed {
  readonly kill: Kill;
  /** Orders that worked at the exchange in that moment. */
  readonly working: number;
  /** From the start of the last process to books that agree; `null` = the next kill came before. */
  readonly recoveryMs: number | null;
}

export interface DayWish extends Pick<BoxWish, 'folder' | 'seed'> {
  readonly date: string;
  readonly kills: readonly Kill[];
  readonly tell: (line: string) => void;
}

const OPEN = '09:33';
/** Slow enough that an order works for some seconds. */
const SPEED = 20;
/** So long is waited for something to happen to an order; then the kill comes all the same. */
const QUIET_MS = 3_000;
/** Market time. */
const ORDERED_WITHIN_MS = 60_000;
/** Market time, longer than a step of the price waits for its turn. */
const BETWEEN_STEPS_MS = 90_000;

/** A morning of trading in which processes are killed, and how the books stand when the last order has ended. */
export async function killedDay(wish: DayWish): Promise<KilledDay> {
  const { date, kills, tell } = wish;
  const box = await Box.make({ ...wish, from: `${date}T${OPEN}`, speed: SPEED });
  const tail = new BookTail(box.bookPath);
  try {
    await box.start();
    tail.start();
    await reconciled(box, 0);
    const killed: Killed[] = [];
    for (const [index, kill] of kills.entries()) {
      const done = await strike(box, { date, kill, tail, waits: kills[index + 1]?.moment.kind !== 'any' });
      tell(killText(done));
      killed.push(done);
    }
    return { date, kills: killed, ...(await settled(box, date)) };
  } finally {
    tail.stop();
    await box.stop();
  }
}

async function strike(
  box: Box,
  { date, kill, tail, waits }: { date: string; kill: Kill; tail: BookTail; waits: boolean },
): Promise<Killed> {
  await moment(box, { date, tail, when: kill.moment });
  const { working } = tail;
  const at = box.now();
  await box.kill(kill.who);
  await wait(kill.downMs);
  const started = performance.now();
  if (kill.who !== 'guard') box.startAgent();
  if (kill.who !== 'agent') await box.startGuard();
  if (!waits) return { kill, working, recoveryMs: null };
  await reconciled(box, at);
  const recoveryMs = performance.now() - started;
  await sameOrders(box);
  return { kill, working, recoveryMs };
}

/** While they work and are filled: what the agent says of them is what another client is told. */
async function sameOrders(box: Box): Promise<void> {
  await until('the same orders work here and at the exchange', async () => {
    const { working } = await box.second.books(CLIENT_ID);
    const ours = (await box.orders())?.filter((order) => order.working).map(({ id }) => id) ?? [];
    const theirs = [...working.values()];
    return ours.toSorted().join() === theirs.toSorted().join() || `${ours} here, ${theirs} at the exchange`;
  });
}

async function moment(box: Box, { date, tail, when }: { date: string; tail: BookTail; when: Moment }): Promise<void> {
  // Before that there are none.
  if (when.kind !== 'any') while (box.now() < instantInNewYork(date, EXECUTION)) await wait(1);
  if (when.kind === 'order') await tail.order(when.nth, AbortSignal.timeout(QUIET_MS));
  await wait(when.ms);
}

/** No order works any more; then nothing can change, and agent, disk and exchange must say the same. */
async function settled(box: Box, date: string): Promise<Pick<KilledDay, 'orders' | 'executions' | 'wrongs'>> {
  const lastOrders = instantInNewYork(date, EXECUTION) + ORDERED_WITHIN_MS;
  await until('all orders were sent', async () => box.now() > lastOrders || 'not yet');
  // Between the steps of a price none works for a moment, and the next is on its way.
  let noneSince = Number.POSITIVE_INFINITY;
  await until('no order has worked for a while', async () => {
    const { size } = (await box.second.books(CLIENT_ID)).working;
    noneSince = size > 0 ? Number.POSITIVE_INFINITY : Math.min(noneSince, box.now());
    return box.now() - noneSince >= BETWEEN_STEPS_MS || `${size} work`;
  });
  const now = box.now();
  await box.compare();
  await until('the books agree at the end', async () => {
    const books = await box.books();
    return (books !== null && books.at >= now && books.state === 'agreed') || `books ${books?.state}: ${books?.reason}`;
  });
  const trading = (await box.status())?.trading;
  await box.stopAgent();
  const told = await box.second.books(CLIENT_ID);
  const stored = await storedBooks(box.storePath);
  const found = wrongs(stored, told, date);
  if (trading?.state !== 'active') found.push(`trading is ${trading?.state}: ${trading?.reason}`);
  const orders = stored.intents.filter(({ tradingDay }) => tradingDay === date).length;
  return { orders, executions: told.executions.size, wrongs: found };
}

function killText({ kill, working, recoveryMs }: Killed): string {
  const { who, moment: when, downMs } = kill;
  const at = when.kind === 'order' ? `order ${when.nth} + ${when.ms} ms` : `${when.kind} + ${when.ms} ms`;
  const recovered = recoveryMs === null ? 'killed again before' : `recovered in ${Math.round(recoveryMs)} ms`;
  return `${who} killed at ${at}, ${working} orders working, down for ${downMs} ms, ${recovered}`;
}
