import type { Socket } from 'node:net';
import { after, monotonicMs, type Timer } from '../time/clock.ts';
import { FrameRun } from '../wire/frame-run.ts';
import type { Budget } from './budget.ts';

/** A frame that waits for its turn. */
export interface Waiting {
  readonly frame: Buffer;
  /** What it is about, if it may be taken out of the queue; else null. */
  readonly key: number | null;
  readonly since: number;
  /** Asked about in the moment before it leaves; may be taken out. */
  guarded: boolean;
  /** Not to be sent yet. */
  held: boolean;
  gone: boolean;
}

export interface OutboundHooks {
  /** Asked in the moment before the bytes of a guarded frame leave: why they may not, or null. */
  readonly objection: (waiting: Waiting) => string | null;
  /** A guarded frame that will not be sent. */
  readonly refused: (waiting: Waiting, reason: string) => void;
  /** The bytes of a guarded frame have left. */
  readonly sent: (waiting: Waiting) => void;
  /** Something has left, or could not. */
  readonly moved: () => void;
}

const MOST_UNSENT = 1 << 16;
const MOST_WAITING_BYTES = 1 << 21;
const MOST_WAITING = 2_000;

/**
 * Frames for a socket: in the order of arrival, within the budget, cancels before everything else. A cancel never overtakes
 * what it cancels into nothing: that is taken out of the queue.
 */
export class Outbound {
  readonly #socket: Socket;
  readonly #run: FrameRun;
  readonly #budget: Budget;
  readonly #hooks: OutboundHooks;
  #cancels: Buffer[] = [];
  #queue: Waiting[] = [];
  #bytes = 0;
  #timer: Timer | null = null;

  constructor(socket: Socket, budget: Budget, hooks: OutboundHooks) {
    this.#socket = socket;
    this.#run = new FrameRun(socket);
    this.#budget = budget;
    this.#hooks = hooks;
    socket.on('drain', () => this.pump());
  }

  /** Nothing more should be taken in. */
  get full(): boolean {
    return this.#bytes > MOST_WAITING_BYTES || this.#queue.length + this.#cancels.length > MOST_WAITING;
  }

  /** When it is its turn; what can leave at once does so with the next `flush`. */
  push(frame: Buffer): void {
    const isNext = this.#queue.length === 0 && this.#cancels.length === 0;
    if (isNext && this.#socket.writableLength <= MOST_UNSENT && this.#mayGo('frame')) this.#run.push(frame);
    else this.#wait({ frame, key: null, since: 0, guarded: false, held: false, gone: false });
  }

  /** When it is its turn, and not before it is let go. */
  hold(frame: Buffer, key: number): Waiting {
    return this.#wait({ frame, key, since: monotonicMs(), guarded: true, held: true, gone: false });
  }

  /** @param key null = of all that is guarded */
  cancel(frame: Buffer, key: number | null): void {
    this.refuse((waiting) => key === null || waiting.key === key, 'it was cancelled before it was sent');
    this.#cancels.push(frame);
    this.#bytes += frame.length;
    this.pump();
  }

  /** Takes guarded frames out. */
  refuse(wanted: (waiting: Waiting) => boolean, reason: string): void {
    const out = this.#queue.filter((waiting) => waiting.guarded && wanted(waiting));
    if (out.length === 0) return;
    for (const waiting of out) {
      waiting.gone = true;
      this.#bytes -= waiting.frame.length;
    }
    this.#queue = this.#queue.filter((waiting) => !waiting.gone);
    for (const waiting of out) this.#hooks.refused(waiting, reason);
    this.pump();
  }

  /** Past queue and budget. */
  urgent(frame: Buffer): void {
    this.#budget.spend(monotonicMs());
    this.#run.push(frame);
    this.flush();
  }

  /** Whoever sends is gone: cancels still go out, nothing else does. */
  finish(reason: string): void {
    this.refuse(() => true, reason);
    for (const frame of this.#cancels.splice(0)) this.urgent(frame);
    this.#queue = [];
    this.#bytes = 0;
    this.#timer?.cancel();
  }

  pump(): void {
    this.#advance();
    this.flush();
  }

  /** Hands to the system what has left. */
  flush(): void {
    this.#run.flush();
  }

  #wait(waiting: Waiting): Waiting {
    this.#queue.push(waiting);
    this.#bytes += waiting.frame.length;
    return waiting;
  }

  #advance(): void {
    this.#timer?.cancel();
    this.#timer = null;
    while (this.#cancels.length > 0) {
      if (!this.#mayGo('cancel')) return;
      const next = this.#cancels.shift() as Buffer;
      this.#bytes -= next.length;
      this.#run.push(next);
    }
    const objection = this.#send();
    if (objection !== null) this.refuse((waiting) => this.#hooks.objection(waiting) !== null, objection);
    this.#hooks.moved();
  }

  /** Sends from the head on. Returns what speaks against the frame that then stands there, or null. */
  #send(): string | null {
    let sent = 0;
    let objection: string | null = null;
    for (; sent < this.#queue.length; sent += 1) {
      const next = this.#queue[sent] as Waiting;
      if (next.held || this.#socket.writableLength > MOST_UNSENT) break;
      objection = next.guarded ? this.#hooks.objection(next) : null;
      if (objection !== null || !this.#mayGo('frame')) break;
      this.#bytes -= next.frame.length;
      this.#run.push(next.frame);
      if (next.guarded) this.#hooks.sent(next);
    }
    this.#queue.splice(0, sent);
    return objection;
  }

  #mayGo(kind: 'frame' | 'cancel'): boolean {
    const now = monotonicMs();
    const wait = this.#budget.waitMs(kind, now);
    if (wait === 0) {
      this.#budget.spend(now);
      return true;
    }
    this.#timer = after(wait, () => this.pump());
    return false;
  }
}
