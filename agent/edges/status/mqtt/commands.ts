import type { EpochMs } from '../../../core/calendar/time.ts';
import type { Clock } from '../../system/clock.ts';
import type { Log } from '../../system/log.ts';
import type { Controls } from '../board.ts';

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

interface CommandsOptions {
  readonly controls: Controls;
  readonly clock: Clock;
  readonly log: Log;
}

interface Request {
  readonly transaction: string | null;
  readonly reason: string;
  /** What speaks against it, or empty. */
  readonly against: string;
}

const OLDEST_MS = 30_000;
/** Clocks of two machines in one home are never quite the same. */
const FUTURE_MS = 5_000;
const LONGEST_PAYLOAD = 4096;
const LONGEST_REASON = 200;
const REMEMBERED = 100;
/** More than a person presses. */
const REFUSALS = 20;
const REFUSALS_MS = 10_000;

/** Of the schedule: what lets less happen, never more. */
const CALMING = ['pause', 'skip', 'stop-research'] as const;
const UNKNOWN = `unknown command: over MQTT only halt, ${CALMING.join(', ')} are accepted`;

/** What may be asked for over MQTT: only what reduces risk. */
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
    const { transaction, reason, against } = read(payload, this.#options.clock.now());
    const earlier = transaction === null ? undefined : this.#done.get(transaction);
    if (earlier !== undefined) return earlier;
    const calming = CALMING.find((known) => known === verb);
    if (verb !== 'halt' && calming === undefined) return this.#refuse(verb, transaction, UNKNOWN);
    if (against !== '') return this.#refuse(verb, transaction, against);
    const done = calming === undefined ? await this.#halt(reason) : await this.#calm(calming);
    return this.#remember({ verb, transaction, ...done });
  }

  async #calm(action: (typeof CALMING)[number]): Promise<Pick<CommandResult, 'status' | 'message'>> {
    try {
      return { status: 'ok', message: await this.#options.controls.schedule({ action, task: null }, 'mqtt') };
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
  const plain = { transaction: null, reason: 'pressed over MQTT', against: '' };
  if (payload === 'PRESS') return plain;
  if (payload.length > LONGEST_PAYLOAD) return { ...plain, against: 'the message is too long' };
  const fields = parse(payload);
  if (fields === null) return { ...plain, against: 'neither PRESS nor a JSON object' };
  return {
    transaction: typeof fields.transaction === 'string' ? fields.transaction.slice(0, 80) : null,
    reason: typeof fields.reason === 'string' ? fields.reason.slice(0, LONGEST_REASON) : plain.reason,
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
