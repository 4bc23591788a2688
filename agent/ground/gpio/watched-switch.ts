import { inWords, isGood, type KillSwitch, type SwitchState } from './switch.ts';

/** The red switch as it was read last, and since when it has been good. */
export class WatchedSwitch {
  readonly #contacts: KillSwitch;
  readonly #now: () => number;
  state: SwitchState = 'unknown';
  #goodSince: number | null = null;

  /** @param now milliseconds of a clock that is never set */
  constructor(contacts: KillSwitch, now: () => number) {
    this.#contacts = contacts;
    this.#now = now;
  }

  read(): SwitchState {
    this.state = this.#contacts.read();
    if (isGood(this.state)) this.#goodSince ??= this.#now();
    else if (this.state !== 'unknown') this.#goodSince = null;
    return this.state;
  }

  /** Why it has not been good for so many milliseconds, or null. */
  objection(forMs: number): string | null {
    if (this.#goodSince === null || !isGood(this.state)) return `the red switch is ${this.text}`;
    const isSettled = this.#now() - this.#goodSince >= forMs;
    return isSettled ? null : `the red switch has not been normal for ${forMs} ms yet`;
  }

  /** Why it cannot be read, or null. */
  get trouble(): string | null {
    return this.#contacts.trouble;
  }

  /** State and trouble, in words. */
  get text(): string {
    return inWords(this.state, this.trouble);
  }

  watch(onEdge: () => void): void {
    this.#contacts.watch(onEdge);
  }

  close(): void {
    this.#contacts.close();
  }
}
