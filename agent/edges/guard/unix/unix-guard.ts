import { connect, type Socket } from 'node:net';
import { onJsonLine, sendJsonLine } from '../../../ground/control/json-lines.ts';
import type { Clock, Timer } from '../../system/clock.ts';
import type { Log } from '../../system/log.ts';
import type { Guard, GuardStanding } from '../guard.ts';
import { standingIn } from './status-line.ts';

export interface UnixGuardOptions {
  /** Of the guard's open control socket. */
  readonly path: string;
  /** Real time, also where the market's runs faster. */
  readonly clock: Clock;
  readonly log: Log;
}

/** It gives a sign of life every second. */
const SILENCE_MS = 3_000;
const AGAIN_MS = 250;
const PATIENCE_MS = 2_000;
const LONGEST_LINE = 1 << 24;

/** The guard on the other side of its control socket: watched all the time, and told to halt on the same connection. */
export class UnixGuard implements Guard {
  readonly #options: UnixGuardOptions;
  readonly #listeners = new Set<(standing: GuardStanding) => void>();
  #standing = unreachable('not asked yet', { afterReset: 'reducing', switchNote: null });
  #socket: Socket | null = null;
  #silence: Timer | null = null;
  #again: Timer | null = null;
  /** A halt that has not been seen to arrive. */
  #owed: { readonly reason: string; readonly source: string } | null = null;
  #waiting: ((failure: string | null) => void)[] = [];
  #running = false;

  constructor(options: UnixGuardOptions) {
    this.#options = options;
  }

  get standing(): GuardStanding {
    return this.#standing;
  }

  start(): Promise<void> {
    this.#running = true;
    return new Promise((resolve) => {
      const done = (): void => {
        leave();
        patience.cancel();
        resolve();
      };
      const leave = this.onChange(({ state }) => state !== 'unreachable' && done());
      const patience = this.#options.clock.after(PATIENCE_MS, done);
      this.#connect();
    });
  }

  async stop(): Promise<void> {
    this.#running = false;
    this.#silence?.cancel();
    this.#again?.cancel();
    this.#socket?.destroy();
    this.#socket = null;
    this.#tell('the program ends');
  }

  halt(reason: string, source: string): Promise<string | null> {
    this.#owed = { reason, source };
    return new Promise((resolve) => {
      const patience = this.#options.clock.after(PATIENCE_MS, () => tell(`no answer within ${PATIENCE_MS / 1000} s`));
      const tell = (failure: string | null): void => {
        patience.cancel();
        resolve(failure);
      };
      this.#waiting.push(tell);
      if (this.#socket === null && this.#running) this.#connect();
      else this.#payDebt();
    });
  }

  onChange(listener: (standing: GuardStanding) => void): () => void {
    this.#listeners.add(listener);
    return () => this.#listeners.delete(listener);
  }

  #connect(): void {
    this.#again?.cancel();
    const socket = connect(this.#options.path);
    this.#socket = socket;
    let trouble = 'it hung up';
    const lose = (): void => {
      if (this.#socket === socket) this.#lose(trouble);
    };
    socket.on('error', (error) => {
      trouble = error.message;
    });
    socket.on('close', lose);
    socket.on('connect', () => {
      this.#listenFor(socket);
      this.#payDebt();
      sendJsonLine(socket, { do: 'watch' });
    });
    onJsonLine(socket, LONGEST_LINE, (line) => this.#socket === socket && this.#hear(socket, line));
    this.#listenFor(socket);
  }

  #hear(socket: Socket, line: unknown): void {
    this.#listenFor(socket);
    const standing = standingIn(line);
    if (standing === null) return void socket.destroy();
    if (standing.state === 'tripped') this.#tell(null);
    this.#set(standing);
  }

  #listenFor(socket: Socket): void {
    this.#silence?.cancel();
    this.#silence = this.#options.clock.after(SILENCE_MS, () => {
      if (this.#socket !== socket) return;
      socket.destroy();
      this.#lose(`silent for ${SILENCE_MS / 1000} s`);
    });
  }

  #lose(cause: string): void {
    this.#socket = null;
    this.#silence?.cancel();
    if (!this.#running) return;
    if (this.#standing.state !== 'unreachable') this.#options.log.error({ cause }, 'the guard does not answer');
    this.#set(unreachable(cause, this.#standing));
    this.#again = this.#options.clock.after(AGAIN_MS, () => this.#connect());
  }

  #payDebt(): void {
    if (this.#owed === null || this.#socket === null || this.#socket.connecting) return;
    sendJsonLine(this.#socket, { do: 'halt', reason: this.#owed.reason, by: this.#owed.source });
  }

  /** @param failure `null` = the halt has arrived */
  #tell(failure: string | null): void {
    if (failure === null) this.#owed = null;
    for (const tell of this.#waiting.splice(0)) tell(failure);
  }

  #set(standing: GuardStanding): void {
    const before = this.#standing;
    this.#standing = standing;
    if (JSON.stringify(before) === JSON.stringify(standing)) return;
    for (const listener of [...this.#listeners]) listener(standing);
  }
}

/** @param before what stays so whether it answers or not */
function unreachable(cause: string, before: Pick<GuardStanding, 'afterReset' | 'switchNote'>): GuardStanding {
  const { afterReset, switchNote } = before;
  const nothing = { halted: null, working: null, unstored: null, redSwitch: 'unknown' } as const;
  return {
    state: 'unreachable',
    closed: `the guard does not answer: ${cause}`,
    cause,
    ...nothing,
    afterReset,
    switchNote,
  };
}
