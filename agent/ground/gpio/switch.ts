/** A level of a line with a pull-up: a closed contact pulls it to 0. */
export type Level = 0 | 1;

/**
 * The red switch has a contact that opens when it is pressed (normally closed) and one that closes (normally open).
 * Only one of the four combinations is good: a wire that broke and wires that touch look like neither.
 */
export type SwitchState = 'normal' | 'pressed' | 'broken' | 'shorted';

export interface Contacts {
  readonly normallyClosed: Level;
  readonly normallyOpen: Level;
}

export function switchState({ normallyClosed, normallyOpen }: Contacts): SwitchState {
  if (normallyClosed === 0) return normallyOpen === 1 ? 'normal' : 'shorted';
  return normallyOpen === 0 ? 'pressed' : 'broken';
}

/** Where the two contacts are read. Whoever uses it reads levels too: an edge may be lost. */
export interface KillSwitch {
  /** The levels now. Never throws: contacts that cannot be read are broken. */
  read(): SwitchState;
  /** Calls back after an edge on either line. */
  watch(onEdge: () => void): void;
  close(): void;
}
