import type { Guard, GuardStanding } from '../../edges/guard/guard.ts';
import { standingIn } from '../../edges/guard/unix/status-line.ts';
import type { Clock } from '../../edges/system/clock.ts';
import type { Guard as GuardItself } from '../../guard/guard.ts';
import type { GuardStatus } from '../../guard/status.ts';

export interface NearGuardParts {
  /** Of the agent's own life. */
  readonly clock: Clock;
  /** Null while it is dead. */
  readonly guard: () => GuardItself | null;
  /** Calls back at each change; null = it is dead. */
  readonly watch: (listener: (status: GuardStatus | null) => void) => () => void;
}

/** As long as a line takes through a socket. */
const ON_THE_WAY_MS = 3;

/** What the agent sees of a guard that lives in the same process: what its control socket would say, a little later. */
export class NearGuard implements Guard {
  readonly #parts: NearGuardParts;
  readonly #listeners = new Set<(standing: GuardStanding) => void>();
  #standing = standingOf(null);
  #leave: () => void = () => undefined;

  constructor(parts: NearGuardParts) {
    this.#parts = parts;
  }

  get standing(): GuardStanding {
    return this.#standing;
  }

  async start(): Promise<void> {
    this.#standing = standingOf(this.#parts.guard()?.status() ?? null);
    let told = JSON.stringify(this.#standing);
    this.#leave = this.#parts.watch((status) => {
      const standing = standingOf(status);
      const line = JSON.stringify(standing);
      // A guard that goes on asking for evidence says the same for minutes.
      if (line === told) return;
      told = line;
      this.#parts.clock.after(ON_THE_WAY_MS, () => this.#set(standing));
    });
  }

  async stop(): Promise<void> {
    this.#leave();
  }

  async halt(reason: string, source: string): Promise<string | null> {
    const guard = this.#parts.guard();
    if (guard === null) return 'the guard does not answer';
    await guard.trip(`${reason} (${source})`);
    return null;
  }

  onChange(listener: (standing: GuardStanding) => void): () => void {
    this.#listeners.add(listener);
    return () => this.#listeners.delete(listener);
  }

  #set(standing: GuardStanding): void {
    this.#standing = standing;
    for (const listener of [...this.#listeners]) listener(standing);
  }
}

function standingOf(status: GuardStatus | null): GuardStanding {
  const standing = status === null ? null : standingIn({ status });
  if (standing !== null) return standing;
  const cause = 'nothing listens there';
  const closed = `the guard does not answer: ${cause}`;
  const nothing = { halted: null, working: null, unstored: null, redSwitch: 'unknown', switchNote: null } as const;
  return { state: 'unreachable', closed, cause, ...nothing, afterReset: 'active' };
}
