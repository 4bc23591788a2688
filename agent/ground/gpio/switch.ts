/** A level of a line with a pull-up: a closed contact pulls it to 0. */
export type Level = 0 | 1;

/**
 * The red switch has a contact that opens when it is pressed (normally closed) and one that closes (normally open).
 * Only one of the four combinations is good: a wire that broke and wires that touch look like neither.
 *   opened   a press or a broken wire, too fresh to say which
 *   unknown  nothing can be said of it yet: no reason to halt, and none to let an order pass
 *   none     there is no switch, and the configuration says so
 */
export type SwitchState = 'normal' | 'pressed' | 'broken' | 'shorted' | 'opened' | 'unknown' | 'none';

export interface Contacts {
  readonly normallyClosed: Level;
  readonly normallyOpen: Level;
}

/** Whether orders may pass. */
export function isGood(state: SwitchState): boolean {
  return state === 'normal' || state === 'none';
}

/** @param trouble why the contacts cannot be read, or null */
export function inWords(state: SwitchState, trouble: string | null): string {
  return trouble === null ? state : `${state} (${trouble})`;
}

/** Whether it halts. */
export function trips(state: SwitchState): boolean {
  return !isGood(state) && state !== 'unknown';
}

export function switchState({ normallyClosed, normallyOpen }: Contacts): 'normal' | 'pressed' | 'broken' | 'shorted' {
  if (normallyClosed === 0) return normallyOpen === 1 ? 'normal' : 'shorted';
  return normallyOpen === 0 ? 'pressed' : 'broken';
}

/** Of a stand-in: `0 1` is normal, `1 0` pressed, `1 1` broken, `0 0` shorted, first the normally closed contact; else broken. */
export function stateOfText(text: string): SwitchState {
  const [, closed, open] = /^([01])\s+([01])\s*$/.exec(text) ?? [];
  if (closed === undefined || open === undefined) return 'broken';
  return switchState({ normallyClosed: Number(closed) as Level, normallyOpen: Number(open) as Level });
}

/** Where the two contacts are read. Whoever uses it reads levels too: an edge may be lost. */
export interface KillSwitch {
  /** The levels now. Never throws: contacts that cannot be read are broken. */
  read(): SwitchState;
  /** Why it cannot be read, in words, or null. */
  readonly trouble: string | null;
  /** Calls back after an edge on either line. */
  watch(onEdge: () => void): void;
  close(): void;
}
