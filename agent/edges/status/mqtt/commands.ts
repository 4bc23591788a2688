import type { EpochMs } from '../../../core/calendar/time.ts';
import type { Clock } from '../../system/clock.ts';
import type { Log } from '../../system/log.ts';
import { type Controls, SCHEDULE_ACTIONS, type ScheduleCommand } from '../board.ts';

export interface CommandMessage {
  readonly verb: string;
  readonly payload: string;
  readonly retained: boolean;
}

export interface CommandResult {
  readonly verb: string;
  readonly transaction: string | null;
  readonly status: 'ok' | 'error';
  readonly message: string;
}

/** Of the schedule. calming = what lets less happen; all = also what lets more happen, if its sender says when it was sent. */
export type ScheduleReach = 'calming' | 'all';

interface CommandsOptions {
  readonly controls: Controls;
  /** `calming` */
  readonly schedule?: ScheduleReach;
  readonly clock: Clock;
  readonly log: Log;
}

interface Request {
  readonly transaction: string | null;
  readonly reason: string;
  readonly task: string | null;
  readonly dated: boolean;
  /** What speaks against it, or empty. */
  readonly against: string;
}

const OLDEST_MS = 30_000;
/** Clocks of two machines in one home are never quite the same. */
const FUTURE_MS = 5_000;
const LONGEST_PAYLOAD = 4096;
const LONGEST_REASON = 200;
const LONGEST_TASK = 80;
const REMEMBERED = 100;
/** More than a person presses. */
const REFUSALS = 20;
const REFUSALS_MS = 10_000;

type Action = ScheduleCommand['action'];

const CALMING: readonly Action[] = ['pause', 'skip', 'stop-research'];
const NEEDS_TASK: readonly Action[] = ['run', 'enable', 'disable'];

/** What may be asked for over MQTT: a halt always, of the schedule what the owner allows; never that halted trading goes on. */
export class Commands {
  readonly #options: CommandsOptions;
  readonly #done = new Map<string, CommandResult>();
  #halting: Promise<string> | null = null;
  #refusedAt: EpochMs[] = [];

  constructor(options: CommandsOptions) {
    this.#options = options;
  }

  /** The answer to publish; `null` for a message that deserves none. */
  async handle(message: CommandMessage): Promise<CommandResult | null> {
    const { verb, payload, retained } = message;
    // A retained message is a press of unknown age; an empty one is how somebody takes a retained message back.
    if (retained || payload === '') {
      this.#options.log.warn({ verb, retained }, 'a command over MQTT was dropped');
      return null;
    }
    const request = read(payload, this.#options.clock.now());
    const { transaction, reason } = request;
    const earlier = transaction === null ? undefined : this.#done.get(transaction);
    if (earlier !== undefined) return earlier;
    const action = SCHEDULE_ACTIONS.find((known) => known === verb);
    const against = this.#against(verb, action, request);
    if (against !== '') return this.#refuse(verb, transaction, against);
    const done = action === undefined ? await this.#halt(reason) : await this.#steer(action, request.task);
    return this.#remember({ verb, transaction, ...done });
  }

  /** What speaks against it, or empty. */
  #against(verb: string, action: Action | undefined, { against, task, dated }: Request): string {
    const reach = this.#options.schedule ?? 'calming';
    if (verb !== 'halt' && action === undefined) return `unknown command: over MQTT there are halt, ${this.#accepted}`;
    if (action === undefined || CALMING.includes(action)) return against;
    if (reach !== 'all') return `${verb} lets more happen: over MQTT that needs the setting mqtt.schedule: all`;
    if (against !== '') return against;
    if (!dated) return `${verb} needs ts, when it was sent, in seconds since 1970`;
    return NEEDS_TASK.includes(action) && task === null ? `${verb} needs the name of a task` : '';
  }

  get #accepted(): string {
    return (this.#options.schedule === 'all' ? SCHEDULE_ACTIONS : CALMING).join(', ');
  }

  async #steer(action: Action, task: string | null): Promise<Pick<CommandResult, 'status' | 'message'>> {
    try {
      const { done, text } = await this.#options.controls.schedule({ action, task }, 'mqtt');
      return { status: done ? 'ok' : 'error', message: text };
    } catch (error) {
      return { status: 'error', message: `${action} failed: ${error instanceof Error ? error.message : error}` };
    }
  }

  async #halt(reason: string): Promise<Pick<CommandResult, 'status' | 'message'>> {
    const { controls, log } = this.#options;
    try {
      this.#halting ??= controls.halt(reason, 'mqtt');
      return { status: 'ok', message: await this.#halting };
    } catch (error) {
      log.error({ error: String(error) }, 'a halt asked for over MQTT failed');
      return { status: 'error', message: `the halt failed: ${error instanceof Error ? error.message : error}` };
    } finally {
      this.#halting = null;
    }
  }

  #refuse(verb: string, transaction: string | null, message: string): CommandResult | null {
    const now = this.#options.clock.now();
    this.#refusedAt = this.#refusedAt.filter((at) => at > now - REFUSALS_MS);
    if (this.#refusedAt.length >= REFUSALS) return null;
    this.#refusedAt.push(now);
    this.#options.log.warn({ verb, message }, 'a command over MQTT was refused');
    return { verb: verb.slice(0, 40), transaction, status: 'error', message };
  }

  #remember(result: CommandResult): CommandResult {
    if (result.transaction === null) return result;
    this.#done.set(result.transaction, result);
    const [oldest] = this.#done.keys();
    if (this.#done.size > REMEMBERED && oldest !== undefined) this.#done.delete(oldest);
    return result;
  }
}

function read(payload: string, now: EpochMs): Request {
  const plain = { transaction: null, reason: 'pressed over MQTT', task: null, dated: false, against: '' };
  if (payload === 'PRESS') return plain;
  if (payload.length > LONGEST_PAYLOAD) return { ...plain, against: 'the message is too long' };
  const fields = parse(payload);
  if (fields === null) return { ...plain, against: 'neither PRESS nor a JSON object' };
  return {
    transaction: typeof fields.transaction === 'string' ? fields.transaction.slice(0, 80) : null,
    reason: typeof fields.reason === 'string' ? fields.reason.slice(0, LONGEST_REASON) : plain.reason,
    task: typeof fields.task === 'string' && fields.task !== '' ? fields.task.slice(0, LONGEST_TASK) : null,
    dated: fields.ts !== undefined,
    against: fields.ts === undefined ? '' : againstTime(fields.ts, now),
  };
}

/** `ts` is in seconds, as Home Assistant's `now().timestamp()` writes it. */
function againstTime(ts: unknown, now: EpochMs): string {
  if (typeof ts !== 'number' || !Number.isFinite(ts)) return 'ts is not a number of seconds since 1970';
  const age = now - ts * 1000;
  if (age > OLDEST_MS) return `the command is ${Math.round(age / 1000)} s old; 30 s is the most`;
  return age < -FUTURE_MS ? `the command is ${Math.round(-age / 1000)} s in the future: one clock is wrong` : '';
}

function parse(payload: string): Readonly<Record<string, unknown>> | null {
  try {
    const value: unknown = JSON.parse(payload);
    return typeof value === 'object' && value !== null && !Array.isArray(value) ? { ...value } : null;
  } catch {
    return null;
  }
}
