import type { Clock } from '../../edges/system/clock.ts';
import type { Guard } from '../../guard/guard.ts';
import type { MemorySwitch } from '../../lab/storm/memory-switch.ts';
import type { Trading } from '../trading.ts';

/** How long after a reset was refused it is tried again. */
const AGAIN_MS = 20_000;

export interface PersonParts {
  readonly clock: Clock;
  readonly contacts: MemorySwitch;
  /** Null while they do not live. */
  readonly guard: () => Guard | null;
  readonly trading: () => Trading | null;
}

/** Whoever comes after a press or a halt: resets the guard when it lets itself be reset, arms it, and resumes trading. */
export class Person {
  readonly #parts: PersonParts;
  #mending = false;

  constructor(parts: PersonParts) {
    this.#parts = parts;
  }

  mend(): void {
    if (this.#mending) return;
    this.#mending = true;
    void this.#mended().then((done) => {
      this.#mending = false;
      if (!done) this.#parts.clock.after(AGAIN_MS, () => this.mend());
    });
  }

  async #mended(): Promise<boolean> {
    const { contacts } = this.#parts;
    if (contacts.read() !== 'normal') return true;
    const guard = this.#parts.guard();
    const trading = this.#parts.trading();
    if (guard === null || trading === null) return false;
    if (guard.status().state === 'tripped' && (await guard.reset('storm', false)) !== null) return false;
    if (guard.status().state === 'prep' && (await guard.arm('storm')) !== null) return false;
    await trading.controls.resume('storm');
    return trading.board.current.trading.state === 'active';
  }
}
