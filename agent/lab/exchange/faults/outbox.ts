import type { Clock, Timer } from '../../../edges/system/clock.ts';
import type { Ending } from './line.ts';
import type { Message } from './message.ts';
import type { Switchboard } from './switchboard.ts';

interface OutboxEnds {
  readonly clientId: () => number | null;
  readonly write: (bytes: Buffer) => void;
  readonly writePiece: (bytes: Buffer, written: () => void) => void;
  readonly end: (how: Ending) => void;
}

interface OutboxParts {
  readonly board: Switchboard;
  readonly clock: Clock;
  readonly ends: OutboxEnds;
}

/** Messages on their way to one client: in what order, in what pieces, and whether at all. */
export class Outbox {
  readonly #board: Switchboard;
  readonly #clock: Clock;
  readonly #ends: OutboxEnds;
  readonly #lanes = new Map<object, number>();
  readonly #timers = new Set<Timer>();
  #shuffled: Message[] = [];
  #merged: Buffer[] = [];
  #frozen: Buffer[] = [];
  #pieces: Buffer[] = [];
  #writing = false;
  #closed = false;
  #sent = 0;
  /** Bytes that had gone out when the fault that counts them came. */
  #sentBefore = 0;

  constructor({ board, clock, ends }: OutboxParts) {
    this.#board = board;
    this.#clock = clock;
    this.#ends = ends;
  }

  /** Sends, after what delays and disorders it. */
  send(message: Message): void {
    const late = this.#board.isQuiet ? null : this.#latency(message.id);
    if (late === null) this.#inOrder(message);
    else this.later(late, () => this.#inOrder(message));
  }

  /** Sends bytes that are no message. */
  raw(bytes: Buffer): void {
    this.#piece(bytes);
  }

  later(delayMs: number, work: () => void): void {
    const timer = this.#clock.after(delayMs, () => {
      this.#timers.delete(timer);
      if (!this.#closed) work();
    });
    this.#timers.add(timer);
  }

  /** Everything that waited for a fault to end. */
  thaw(): void {
    const frozen = this.#frozen;
    this.#frozen = [];
    for (const bytes of frozen) this.#piece(bytes);
  }

  /** From here on bytes are counted. */
  count(): void {
    this.#sentBefore = this.#sent;
  }

  close(): void {
    this.#closed = true;
    for (const timer of this.#timers) timer.cancel();
    this.#timers.clear();
  }

  /** When a message goes out, counted from now; those of one delay keep their order. */
  #latency(id: number): number | null {
    const settings = this.#board.use(
      'latency',
      ({ message, way }) => way === 'out' && (message === 0 || message === id),
    );
    if (settings === null) return null;
    const now = this.#clock.elapsed();
    const due = Math.max(now + delayOf(settings, this.#board), this.#lanes.get(settings) ?? 0);
    this.#lanes.set(settings, due);
    return due - now;
  }

  #inOrder(message: Message): void {
    const settings = this.#board.isQuiet ? null : this.#board.get('reorder');
    if (settings === null && this.#shuffled.length === 0) {
      this.#merge(message.frame);
      return;
    }
    this.#shuffled.push(message);
    if (this.#shuffled.length === 1) this.later(settings?.ms ?? 0, () => this.#shuffle());
    if (settings === null || this.#shuffled.length >= settings.window) this.#shuffle();
  }

  #shuffle(): void {
    const messages = this.#shuffled;
    this.#shuffled = [];
    for (let left = messages.length; left > 0; left -= 1) {
      const [message] = messages.splice(Math.floor(this.#board.random() * left), 1);
      if (message !== undefined) this.#merge(message.frame);
    }
  }

  #merge(frame: Buffer): void {
    const settings = this.#board.isQuiet ? null : this.#board.get('mergeFrames');
    if (settings === null && this.#merged.length === 0) {
      this.#piece(frame);
      return;
    }
    this.#merged.push(frame);
    if (this.#merged.length === 1) this.later(settings?.ms ?? 0, () => this.#flush());
    if (settings === null || this.#merged.length >= settings.frames) this.#flush();
  }

  #flush(): void {
    const frames = this.#merged;
    this.#merged = [];
    if (frames.length > 0) this.#piece(Buffer.concat(frames));
  }

  #piece(bytes: Buffer): void {
    if (this.#closed) return;
    if (this.#board.isQuiet && !this.#writing) {
      this.#sent += bytes.length;
      this.#ends.write(bytes);
      return;
    }
    const frozen = this.#board.get('freeze', ({ side, client }) => side !== 'read' && this.#isOf(client));
    if (frozen !== null || this.#frozen.length > 0) this.#frozen.push(bytes);
    else this.#cut(bytes);
  }

  #cut(bytes: Buffer): void {
    const limit = this.#board.get('dropAfterBytes', ({ client }) => this.#isOf(client));
    const left = limit === null ? Number.POSITIVE_INFINITY : limit.bytes - (this.#sent - this.#sentBefore);
    if (limit === null || bytes.length < left) {
      this.#write(bytes);
      return;
    }
    const isMine = this.#board.use('dropAfterBytes', (one) => one === limit) !== null;
    this.#write(isMine ? bytes.subarray(0, Math.max(0, left)) : bytes);
    if (!isMine) return;
    this.#closed = true;
    this.#ends.writePiece(Buffer.alloc(0), () => this.#ends.end(limit.end));
  }

  #write(bytes: Buffer): void {
    this.#sent += bytes.length;
    const most = this.#board.get('chunking')?.bytes ?? 0;
    if (most === 0 && !this.#writing) {
      this.#ends.write(bytes);
      return;
    }
    for (let at = 0; at < bytes.length; ) {
      const size = most === 0 ? bytes.length : 1 + Math.floor(this.#board.random() * most);
      this.#pieces.push(bytes.subarray(at, at + size));
      at += size;
    }
    this.#next();
  }

  #next(): void {
    if (this.#writing || this.#closed) return;
    const piece = this.#pieces.shift();
    if (piece === undefined) return;
    this.#writing = true;
    this.#ends.writePiece(piece, () => {
      this.#writing = false;
      this.#next();
    });
  }

  #isOf(client: number): boolean {
    return client < 0 || client === this.#ends.clientId();
  }
}

/** Milliseconds, drawn from the distribution that is set. */
export function delayOf(
  { ms, spread, dist }: { readonly ms: number; readonly spread: number; readonly dist: string },
  board: Switchboard,
): number {
  if (dist === 'fixed' || spread === 0) return ms;
  const drawn = board.random();
  return Math.round(ms + (dist === 'uniform' ? drawn : -Math.log(1 - drawn)) * spread);
}
