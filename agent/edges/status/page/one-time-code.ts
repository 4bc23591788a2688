import { randomInt } from 'node:crypto';
import type { EpochMs } from '../../../core/calendar/time.ts';

/** Without those that look alike. */
const LETTERS = 'ABCDEFGHJKLMNPQRSTUVWXYZ23456789';
const LENGTH = 8;
const VALID_MS = 15 * 60_000;

/** A word that a person types from one screen into another: it lets one browser in, once, and not for long. */
export class OneTimeCode {
  #code: string | null = null;
  #until: EpochMs = 0;

  /** As a person reads it; one that was issued before is worth nothing any more. */
  issue(now: EpochMs): string {
    const code = Array.from({ length: LENGTH }, () => LETTERS[randomInt(LETTERS.length)]).join('');
    this.#code = code;
    this.#until = now + VALID_MS;
    return `${code.slice(0, LENGTH / 2)}-${code.slice(LENGTH / 2)}`;
  }

  /** Whether that is the code, whatever it is typed like; then it is used up. */
  takes(text: string, now: EpochMs): boolean {
    if (this.#code === null || text.toUpperCase().replace(/[\s-]/g, '') !== this.#code) return false;
    this.#code = null;
    return now < this.#until;
  }
}
