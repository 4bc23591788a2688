import type { LatchRecord } from '../../../agent/guard/latch.ts';
import type { GuardLine } from './lines.ts';

type State = LatchRecord['state'];

/** What the guard has said to be on the disk, and what may have come there since without a word. */
export class LatchLedger {
  #promised: Pick<LatchRecord, 'state' | 'at'> | null = null;
  #underWay: readonly State[] = [];

  /** The last that is known to be stored. */
  get state(): State | null {
    return this.#promised?.state ?? null;
  }

  said({ state, since, stored }: GuardLine): void {
    if (!stored) return;
    // What was asked for has not arrived yet: the guard tells of something else.
    if (this.#underWay.length > 0 && this.#underWay.at(-1) !== state) return;
    this.#promised = { state, at: since };
    this.#underWay = [];
  }

  /** Somebody has asked for it; the last of them is where it ends. */
  asked(...states: readonly State[]): void {
    this.#underWay = states;
  }

  /** What is not as it was promised. From now on the disk counts as it is. */
  compare({ state, cause, at }: LatchRecord): string[] {
    const promised = this.#promised;
    const isNew = this.#underWay.includes(state);
    const isOld = promised === null || (promised.state === state && promised.at === at);
    this.#underWay = [];
    this.#promised = { state, at };
    if (cause.startsWith('the latch cannot be read')) return [cause];
    return isNew || isOld
      ? []
      : [`the latch is ${state} (${cause}, ${at}), stored was ${promised.state}, ${promised.at}`];
  }
}
