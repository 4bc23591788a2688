import { createHash, randomBytes, timingSafeEqual } from 'node:crypto';
import type { EpochMs } from '../../../core/calendar/time.ts';
import type { Clock } from '../../system/clock.ts';
import { OneTimeCode } from './one-time-code.ts';

export interface Session {
  readonly id: string;
  /** Must come back in every form: another site cannot read it. */
  readonly csrf: string;
  usedAt: EpochMs;
  /** Said once on the next page. */
  notice: string;
}

export interface Attempt {
  readonly address: string;
  readonly sessionId: string | null;
  readonly csrf: string | null;
  readonly token: string | null;
}

export type Grant =
  | { readonly granted: true; readonly session: Session; readonly fresh: boolean }
  | { readonly granted: false; readonly status: 401 | 403 | 429; readonly reason: string };

const SESSIONS = 50;
export const SESSION_MS = 30 * 86_400_000;
const WRONG_TOKENS = 5;
const WRONG_TOKENS_MS = 60_000;
const ADDRESSES = 500;

/** Who may change something: whoever brought the token once, and comes from our own forms since. */
export class Access {
  readonly #token: Buffer;
  readonly #clock: Clock;
  readonly #sessions = new Map<string, Session>();
  readonly #wrong = new Map<string, EpochMs[]>();
  readonly #code = new OneTimeCode();

  constructor(token: string, clock: Clock) {
    this.#token = digest(token);
    this.#clock = clock;
  }

  session(id: string | null): Session | null {
    const session = id === null ? undefined : this.#sessions.get(id);
    if (session === undefined) return null;
    const now = this.#clock.now();
    if (now - session.usedAt > SESSION_MS) {
      this.#sessions.delete(session.id);
      return null;
    }
    session.usedAt = now;
    return session;
  }

  check({ address, sessionId, csrf, token }: Attempt): Grant {
    if (token !== null) return this.#checkToken(address, token);
    const session = this.session(sessionId);
    if (session === null) return refuse(401, 'Please enter the token that was printed when Wheelhouse started.');
    if (csrf === null || !equal(digest(csrf), digest(session.csrf))) {
      return refuse(403, 'This form is out of date. Go back, reload the page and try again.');
    }
    return { granted: true, session, fresh: false };
  }

  /** What lets one more browser in, once, as the token does. */
  issueCode(): string {
    return this.#code.issue(this.#clock.now());
  }

  end(session: Session): void {
    this.#sessions.delete(session.id);
  }

  /** Compared first: whoever has the token can halt, however many wrong ones others have sent from the same address. */
  #checkToken(address: string, token: string): Grant {
    if (equal(digest(token.trim()), this.#token)) return { granted: true, session: this.#begin(), fresh: true };
    const since = this.#clock.now() - WRONG_TOKENS_MS;
    const wrong = (this.#wrong.get(address) ?? []).filter((at) => at > since);
    if (wrong.length >= WRONG_TOKENS)
      return refuse(429, 'Too many wrong tokens. For a minute only the right one is answered.');
    // Guessing it costs as much as guessing the token.
    if (this.#code.takes(token, this.#clock.now())) return { granted: true, session: this.#begin(), fresh: true };
    this.#wrong.delete(address);
    this.#wrong.set(address, [...wrong, this.#clock.now()]);
    dropOldest(this.#wrong, ADDRESSES);
    return refuse(401, 'That is not the token. It was printed when Wheelhouse started.');
  }

  #begin(): Session {
    const session = { id: secret(), csrf: secret(), usedAt: this.#clock.now(), notice: '' };
    this.#sessions.set(session.id, session);
    dropOldest(this.#sessions, SESSIONS);
    return session;
  }
}

function refuse(status: 401 | 403 | 429, reason: string): Grant {
  return { granted: false, status, reason };
}

/** Equal length for whatever was typed, so that comparing tells nothing. */
function digest(text: string): Buffer {
  return createHash('sha256').update(text).digest();
}

function equal(a: Buffer, b: Buffer): boolean {
  return timingSafeEqual(a, b);
}

function secret(): string {
  return randomBytes(24).toString('base64url');
}

function dropOldest(map: Map<string, unknown>, most: number): void {
  for (const key of map.keys()) {
    if (map.size <= most) return;
    map.delete(key);
  }
}
