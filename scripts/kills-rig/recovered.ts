import { setTimeout as wait } from 'node:timers/promises';
import type { Box } from './box.ts';

const LOOK_MS = 10;
const PATIENCE_MS = 30_000;
const SETTLED = new Set(['agreed', 'waiting']);

/** The books were compared after that moment, they agree, and an order would pass. */
export async function reconciled(box: Box, since: number): Promise<void> {
  await until('the books agree and the guard is open', async () => {
    const books = await box.books();
    if (books === null || books.at < since || !SETTLED.has(books.state)) return `books ${books?.state} at ${books?.at}`;
    const guard = (await box.status())?.guard;
    return guard?.open === true || `guard ${guard?.state}: ${guard?.detail}`;
  });
}

/** @param holds or what keeps it from it */
export async function until(what: string, holds: () => Promise<true | string>): Promise<void> {
  const end = performance.now() + PATIENCE_MS;
  for (;;) {
    const answer = await holds();
    if (answer === true) return;
    if (performance.now() > end) throw new Error(`not in ${PATIENCE_MS / 1000} s: ${what}; ${answer}`);
    await wait(LOOK_MS);
  }
}
