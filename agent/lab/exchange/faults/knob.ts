import type { Parameters } from './parameter.ts';

/** One way in which the exchange can be made to fail. All are off unless they are set. */
export interface Knob<P extends Parameters = Parameters> {
  readonly about: string;
  readonly takes: P;
  /** Names the parameters whose values tell several settings of this knob apart; without it a second replaces the first. */
  readonly keys?: readonly string[];
  /** On how many occasions it acts before it is off again; absent = until it is cleared. */
  readonly times?: number;
  /** It is cleared by itself when its `ms` have passed; 0 = not by itself. */
  readonly lasts?: true;
}

export function knob<const P extends Parameters>(knob: Knob<P>): Knob<P> {
  return knob;
}
