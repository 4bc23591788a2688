import type { EpochMs } from '../../core/calendar/time.ts';
import type { ResearchWindow } from '../../core/calendar/windows.ts';
import type { WindowUse } from '../../edges/store/schedule-records.ts';

interface Activity {
  readonly anything: boolean;
  readonly research: boolean;
}

/** How a research window is used: time is added up whenever what runs may have changed. */
export class WindowLedger {
  #use: WindowUse | null = null;
  #countedTo: EpochMs = 0;

  get current(): WindowUse | null {
    return this.#use;
  }

  /** Goes on with what was stored of this window. */
  resume(use: WindowUse | null, now: EpochMs): void {
    this.#use = use;
    this.#countedTo = now;
  }

  /** Counts what ran since the last call. Returns the window that has ended, if one has. */
  count(now: EpochMs, window: ResearchWindow, ran: Activity): WindowUse | null {
    const use = this.#use;
    if (use !== null) {
      const passed = Math.min(now, use.researchUntil) - Math.max(this.#countedTo, use.from);
      if (passed > 0 && (ran.anything || ran.research)) {
        this.#use = {
          ...use,
          busyMs: use.busyMs + passed,
          researchMs: use.researchMs + (ran.research ? passed : 0),
        };
      }
    }
    this.#countedTo = now;
    if (use?.from === window.from) return null;
    const ended = this.#use;
    const { type, from, researchUntil, until } = window;
    const nothing = { researchMs: 0, busyMs: 0, completions: 0, interruptions: 0, overruns: 0 };
    this.#use = { type, from, researchUntil, until, ...nothing };
    return ended;
  }

  /** The clock was set: the time between is nobody's. */
  skipTo(now: EpochMs): void {
    this.#countedTo = now;
  }

  ended(how: 'completions' | 'interruptions' | 'overruns', at: EpochMs): void {
    const use = this.#use;
    if (use === null || at < use.from || at > use.until) return;
    this.#use = { ...use, [how]: use[how] + 1 };
  }
}
