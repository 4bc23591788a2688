import { newYorkText } from '../../../core/calendar/new-york.ts';
import type { ExchangeView } from '../exchange-view.ts';
import {
  FAULT_NAMES,
  type FaultName,
  faultText,
  isFaultName,
  KNOBS,
  knobText,
  type Nearest,
  parseFault,
  readFault,
} from './fault.ts';
import { readSchedule } from './fault-file.ts';
import { FaultSchedule, type ScheduledFault } from './fault-schedule.ts';
import { randomFaults } from './random-faults.ts';
import type { ActiveFault, Switchboard } from './switchboard.ts';

export interface ControlParts {
  readonly board: Switchboard;
  readonly exchange: ExchangeView;
  readonly nearest: Nearest;
}

export type ControlAnswer =
  | { readonly ok: true; readonly [name: string]: unknown }
  | { readonly ok: false; readonly error: string };

type Call = Readonly<Record<string, unknown>>;

const HOUR_MS = 3_600_000;
const SHOWN_EXECUTIONS = 1000;

/** Answers calls that steer the faults of a running exchange. */
export class ControlCalls {
  readonly #parts: ControlParts;
  readonly #schedules: FaultSchedule[] = [];

  constructor(parts: ControlParts) {
    this.#parts = parts;
  }

  answer(call: unknown): ControlAnswer {
    if (typeof call !== 'object' || call === null) return refused('a call is an object with "do"');
    const given = call as Call;
    switch (given.do) {
      case 'list':
        return { ok: true, knobs: this.#knobs() };
      case 'set':
        return this.#set(given);
      case 'clear':
        return this.#clear(given.name);
      case 'status':
        return { ok: true, ...this.#status() };
      case 'book':
        return { ok: true, ...this.#book() };
      case 'schedule':
        return this.#schedule(given.entries);
      case 'random':
        return this.#random(given);
      default:
        return refused('"do" must be list, set, clear, status, book, schedule or random');
    }
  }

  stop(): void {
    for (const schedule of this.#schedules) schedule.stop();
  }

  #knobs(): unknown {
    const on = this.#parts.board.list();
    return FAULT_NAMES.map((name) => ({
      name,
      takes: knobText(name),
      about: KNOBS[name].about,
      on: on.filter(({ fault }) => fault.name === name).map(({ fault }) => faultText(fault)),
    }));
  }

  #set({ name, value, forMs }: Call): ControlAnswer {
    const { board, exchange, nearest } = this.#parts;
    if (typeof name !== 'string') return refused('set needs the name of a fault');
    const fault = value === undefined ? parseFault(name, nearest) : readFault(name, value, nearest);
    if ('problem' in fault) return refused(fault.problem);
    if (forMs !== undefined && !(typeof forMs === 'number' && forMs >= 1)) return refused('forMs must be from 1');
    const until = forMs === undefined ? null : exchange.clock.now() + (forMs as number);
    return { ok: true, active: shown(board.set(fault, until)) };
  }

  #clear(name: unknown): ControlAnswer {
    const { board, nearest } = this.#parts;
    if (name === undefined) return { ok: true, cleared: board.clear() };
    if (typeof name === 'string' && isFaultName(name)) return { ok: true, cleared: board.clear(name as FaultName) };
    const problem = readFault(String(name), {}, nearest);
    return refused('problem' in problem ? problem.problem : 'clear needs the name of a fault');
  }

  #status(): Call {
    const { board, exchange } = this.#parts;
    const now = exchange.clock.now();
    return { now, newYork: newYorkText(now), active: board.list().map(shown) };
  }

  /** What the exchange itself holds to be true, whatever its clients were told. */
  #book(): Call {
    const { book } = this.#parts.exchange;
    return {
      open: book.openOrders(),
      completed: book.completedOrders(),
      executions: book.executions().slice(-SHOWN_EXECUTIONS),
      positions: book.accounts.flatMap((account) => book.positions(account)).filter(({ quantity }) => quantity !== 0),
    };
  }

  #schedule(entries: unknown): ControlAnswer {
    const { exchange, nearest } = this.#parts;
    const read = readSchedule(entries, { now: exchange.clock.now(), nearest });
    return 'problem' in read ? refused(read.problem) : this.#begin(read);
  }

  #random({ seed, forMs = HOUR_MS, perHour }: Call): ControlAnswer {
    if (typeof seed !== 'number' || !Number.isSafeInteger(seed)) return refused('random needs a seed, a whole number');
    if (typeof forMs !== 'number' || !(forMs >= 1)) return refused('forMs must be from 1');
    if (perHour !== undefined && !(typeof perHour === 'number' && perHour > 0))
      return refused('perHour must be above 0');
    const from = this.#parts.exchange.clock.now();
    const often = perHour === undefined ? {} : { perHour: perHour as number };
    return this.#begin(randomFaults(seed, { from, until: from + forMs, ...often }));
  }

  #begin(entries: readonly ScheduledFault[]): ControlAnswer {
    const { board, exchange } = this.#parts;
    const schedule = new FaultSchedule(entries, { board, clock: exchange.clock });
    schedule.start();
    this.#schedules.push(schedule);
    return { ok: true, scheduled: entries.length };
  }
}

function shown({ fault, since, until, occasions, acted }: ActiveFault): Call {
  return { fault: faultText(fault), since, until, occasions, acted };
}

function refused(error: string): ControlAnswer {
  return { ok: false, error };
}
