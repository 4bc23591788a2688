import { chmodSync, lstatSync, unlinkSync } from 'node:fs';
import { createServer, type Server, type Socket } from 'node:net';
import { every, type Timer } from '../time/clock.ts';
import { onJsonLine } from './json-lines.ts';

const LONGEST_LINE = 4_096;
const MOST_UNREAD = 1 << 20;
/** A watcher that hears nothing for a few of these knows that nobody is there any more, or that he is stuck. */
const SIGN_OF_LIFE_MS = 1_000;
const MOST_CALLERS_OF_A_DOOR = 16;

export interface Door {
  readonly path: string;
  /** Of the socket file: who may call. */
  readonly mode: number;
  readonly hear: (caller: Socket, value: unknown) => void;
}

/** Callers of one door; mute = have not said a line yet. */
interface Inside {
  readonly all: Set<Socket>;
  readonly mute: Set<Socket>;
}

/** Unix sockets on which callers say lines of JSON. */
export class LineServer {
  readonly #servers: Server[] = [];
  readonly #callers = new Set<Socket>();
  readonly #watchers = new Set<Socket>();
  readonly #told: () => object;
  #pulse: Timer | null = null;

  /** @param told what watchers are told, at least once a second */
  constructor(told: () => object) {
    this.#told = told;
  }

  async start(doors: readonly Door[]): Promise<void> {
    for (const door of doors) await this.#open(door);
    this.#pulse = every(SIGN_OF_LIFE_MS, () => this.tellWatchers());
  }

  stop(): void {
    this.#pulse?.cancel();
    for (const caller of this.#callers) caller.destroy();
    for (const server of this.#servers) server.close();
  }

  /** From now on this caller is told what all watchers are told. */
  watches(caller: Socket): void {
    this.#watchers.add(caller);
    caller.once('close', () => this.#watchers.delete(caller));
  }

  /** Whoever does not read is left. */
  tellWatchers(): void {
    if (this.#watchers.size === 0) return;
    const line = `${JSON.stringify(this.#told())}\n`;
    for (const watcher of this.#watchers) {
      if (watcher.writableLength > MOST_UNREAD) watcher.destroy();
      else watcher.write(line);
    }
  }

  #open({ path, mode, hear }: Door): Promise<void> {
    removeSocket(path);
    const inside: Inside = { all: new Set(), mute: new Set() };
    const server = createServer((caller) => this.#serve(caller, hear, inside));
    this.#servers.push(server);
    return new Promise((resolve, reject) => {
      server.once('error', reject);
      server.listen(path, () => {
        chmodSync(path, mode);
        resolve();
      });
    });
  }

  #serve(caller: Socket, hear: Door['hear'], { all, mute }: Inside): void {
    const sets = [this.#callers, all, mute];
    for (const set of sets) set.add(caller);
    caller.on('error', () => undefined).on('close', () => sets.map((set) => set.delete(caller)));
    if (all.size > MOST_CALLERS_OF_A_DOOR) this.#makeRoom(caller, { all, mute });
    onJsonLine(caller, LONGEST_LINE, (value) => {
      if (caller.destroyed) return;
      mute.delete(caller);
      // One that asks and asks, and does not read, must not fill the memory.
      if (caller.writableLength > MOST_UNREAD) caller.destroy();
      else hear(caller, value);
    });
  }

  /** Whoever has something to say is kept out neither by those who only stand in the door nor by those who have been told. */
  #makeRoom(caller: Socket, { all, mute }: Inside): void {
    const others = [...all].filter((other) => other !== caller);
    const idle = others.find((other) => mute.has(other)) ?? others.find((other) => !this.#watchers.has(other));
    const [longest = caller] = idle === undefined ? others : [idle];
    for (const set of [this.#callers, all, mute]) set.delete(longest);
    longest.destroy();
  }
}

/** One that a process before this one left. Anything but a socket stays and makes listening fail. */
function removeSocket(path: string): void {
  try {
    if (lstatSync(path).isSocket()) unlinkSync(path);
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== 'ENOENT') throw error;
  }
}
