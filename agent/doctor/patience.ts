import type { Clock, Timer } from '../edges/system/clock.ts';

/** On a machine that is busy, what has arrived meanwhile is heard before somebody is called late. */
const HEARD_FIRST_MS = 50;

export function afterPatience(clock: Pick<Clock, 'after'>, patienceMs: number, work: () => void): Timer {
  let timer = clock.after(patienceMs - HEARD_FIRST_MS, () => {
    timer = clock.after(HEARD_FIRST_MS, work);
  });
  return { cancel: () => timer.cancel() };
}
