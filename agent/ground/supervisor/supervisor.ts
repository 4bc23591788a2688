import { writeSync } from 'node:fs';
import { every, type Timer } from '../time/clock.ts';
import { datagramsTo } from './datagram.ts';

/** Says one message to whoever started this process as a unit. */
export type Say = (message: string) => void;

/** The first descriptor that is handed over; those before it are input, output and errors. */
const FIRST_DESCRIPTOR = 3;
const OURS = ['LISTEN_PID', 'LISTEN_FDS', 'LISTEN_FDNAMES', 'NOTIFY_SOCKET', 'WATCHDOG_USEC', 'WATCHDOG_PID'];
const PER_MS = 1000;

/** systemd, when it has started this process as a unit of Type=notify; anywhere else nothing is said to nobody. */
export class Supervisor {
  /** Without a sign of life for so long it kills us; `null` = it does not look. */
  readonly patienceMs: number | null;
  readonly #say: Say;

  constructor(patienceMs: number | null, say: Say) {
    this.patienceMs = patienceMs;
    this.#say = say;
  }

  ready(status: string): void {
    this.#say(`READY=1\nSTATUS=${inOneLine(status)}\n`);
  }

  alive(status: string): void {
    this.#say(`WATCHDOG=1\nSTATUS=${inOneLine(status)}\n`);
  }

  /** While the event loop turns. One sign that is late does not cost a life. */
  keepAlive(status: () => string): Timer | null {
    const { patienceMs } = this;
    return patienceMs === null ? null : every(patienceMs / 4, () => this.alive(status()));
  }

  /** Without a sign of life. */
  status(status: string): void {
    this.#say(`STATUS=${inOneLine(status)}\n`);
  }

  stopping(): void {
    this.#say('STOPPING=1\n');
  }
}

/**
 * From the environment, out of which it takes everything that is meant for this process and not for its children.
 * A unit with `OpenFile=/run/systemd/notify:notify:graceful` hands over a socket to write to; before systemd 253 there is no
 * such thing, and it takes native code to reach the socket that is named.
 */
export async function supervisorOf(env: NodeJS.ProcessEnv, pid: number): Promise<Supervisor> {
  const patience = patienceMs(env, pid);
  const descriptor = handedOver(env, pid);
  const socket = env.NOTIFY_SOCKET;
  for (const name of OURS) delete env[name];
  if (descriptor !== null) return new Supervisor(patience, (message) => write(descriptor, message));
  if (socket === undefined) return new Supervisor(patience, () => undefined);
  return new Supervisor(patience, await datagramsTo(socket));
}

function patienceMs(env: NodeJS.ProcessEnv, pid: number): number | null {
  const forUs = env.WATCHDOG_PID === undefined || Number(env.WATCHDOG_PID) === pid;
  const ms = Number(env.WATCHDOG_USEC) / PER_MS;
  return forUs && ms > 0 ? ms : null;
}

function handedOver(env: NodeJS.ProcessEnv, pid: number): number | null {
  const index = Number(env.LISTEN_PID) === pid ? (env.LISTEN_FDNAMES ?? '').split(':').indexOf('notify') : -1;
  return index < 0 ? null : FIRST_DESCRIPTOR + index;
}

/** Nobody is helped by an error here: whoever listens kills us if it hears nothing. */
function write(descriptor: number, message: string): void {
  try {
    writeSync(descriptor, message);
  } catch {}
}

function inOneLine(text: string): string {
  return text.replace(/[\r\n]+/g, ' ');
}
